import Admission
import Diagnostics
import Documents
import Values

/// What a test says about requests beyond the objects: `Values` and `UserInfo` files.
struct TestValues {
    /// Operations by `policy/resource name`; the key without a policy holds for all.
    private var operations: [String: Operation] = [:]
    /// Labels by namespace.
    private(set) var namespaceLabels: [(namespace: String, labels: Node)] = []
    private(set) var namespaces: [Node] = []
    private var username: String?
    private var groups: [String]?

    mutating func read(values node: Node) {
        if let operation = Self.operation(node["globalValues"]) { operations[""] = operation }
        for policy in node["policies"]?.elements ?? NodeElements(node) where policy.isMap {
            let name = policy["name"]?.string ?? ""
            for resource in policy["resources"]?.elements ?? NodeElements(node) where resource.isMap {
                guard let operation = Self.operation(resource["values"]) else { continue }
                operations["\(name)/\(resource["name"]?.string ?? "")"] = operation
            }
        }
        for entry in node["namespaceSelector"]?.elements ?? NodeElements(node) {
            if let name = entry["name"]?.string, let labels = entry["labels"] {
                namespaceLabels.append((name, labels))
            }
        }
        namespaces += Array(node["namespaces"]?.elements ?? NodeElements(node)).filter(\.isMap)
    }

    mutating func read(userInfo node: Node) {
        guard let user = node["userInfo"] else { return }
        username = user["username"]?.string ?? username
        if let list = user["groups"] { groups = list.elements.compactMap(\.string) }
    }

    private static func operation(_ values: Node?) -> Operation? {
        let text = values?["request.operation"]?.string ?? values?["request"]?["operation"]?.string
        return Operation.allCases.first { $0.name.description == text }
    }

    func options(policies: [String], resource: String) -> ManifestRequestOptions {
        var options = ManifestRequestOptions()
        let named = policies.compactMap { operations["\($0)/\(resource)"] }.first
        options.operation = named ?? operations[""] ?? .create
        // Kyverno's runner says nothing of a user unless the test does.
        options.username = username ?? ""
        options.groups = groups ?? []
        return options
    }
}
