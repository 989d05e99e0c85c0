package import Admission
package import PolicyEngine
package import Values

extension FieldReader {
    /// Reads `matchConstraints` or a binding's `matchResources`.
    ///
    /// - Parameter others: fields that there may be besides, which the caller reads.
    package mutating func matchResources(
        _ node: Node, _ path: String, besides others: [String] = []
    ) -> MatchResources {
        allow(
            ["namespaceSelector", "objectSelector", "resourceRules", "excludeResourceRules", "matchPolicy"] + others,
            in: node, path)
        var match = MatchResources()
        match.resourceRules = objects("resourceRules", in: node, path).map { resourceRule($0.node, $0.path) }
        match.excludeResourceRules = objects("excludeResourceRules", in: node, path)
            .map { resourceRule($0.node, $0.path) }
        match.matchPolicy = choice("matchPolicy", in: node, path, MatchResources.MatchPolicy.self) ?? .equivalent
        match.namespaceSelector = selector("namespaceSelector", in: node, path) ?? .everything
        match.objectSelector = selector("objectSelector", in: node, path) ?? .everything
        return match
    }

    /// Mutating policies cannot be about DELETE.
    package mutating func refuseDelete(_ match: Node, _ path: String) {
        for rule in match["resourceRules"]?.elements ?? NodeElements(match) {
            for operation in rule["operations"]?.elements ?? NodeElements(rule) {
                guard let text = operation.string, !Self.mutable.contains(text) else { continue }
                reportNotSupported("\(path).resourceRules.operations", text, Self.mutable, at: operation)
            }
        }
    }

    private static let mutable = ["*", "CONNECT", "CREATE", "UPDATE"]

    package mutating func selector(_ name: String, in node: Node, _ path: String) -> LabelSelector? {
        guard let value = map(name, in: node, path) else { return nil }
        let field = "\(path).\(name)"
        allow(["matchLabels", "matchExpressions"], in: value, field)
        do throws(LabelSelectorError) {
            return try LabelSelector(value)
        } catch {
            let inner = error.field.isEmpty ? field : "\(field).\(error.field)"
            report(.invalid, inner, error.message, at: error.node ?? value)
            return nil
        }
    }

    private mutating func resourceRule(_ node: Node, _ path: String) -> ResourceRule {
        allow(
            ["apiGroups", "apiVersions", "operations", "resourceNames", "resources", "scope"], in: node, path)
        let groups = required("apiGroups", in: node, path)
        let versions = required("apiVersions", in: node, path)
        let resources = required("resources", in: node, path)
        let names = strings("resourceNames", in: node, path).map(\.text)
        var operations: OperationSet = []
        for operation in required("operations", in: node, path) {
            var text = operation.text
            if text == "*" {
                operations = .all
            } else if let known = text.withUTF8({ Operation(utf8: $0) }) {
                operations.insert(OperationSet(known))
            } else {
                let known = ["*"] + Operation.allCases.map { $0.name.description }
                reportNotSupported("\(path).operations", text, known, at: operation.node)
            }
        }
        for (name, list) in [("apiGroups", groups), ("apiVersions", versions)]
        where list.count > 1 && list.contains(where: { $0.text == "*" }) {
            report(
                .invalid, "\(path).\(name)", "if '*' is present, must not specify other \(Self.words[name] ?? name)",
                at: list[0].node)
        }
        checkResources(resources, "\(path).resources")
        let scope = choice("scope", in: node, path, ResourceRule.Scope.self) ?? .any
        return ResourceRule(
            groups: groups.map(\.text), versions: versions.map(\.text), resources: resources.map(\.text),
            operations: operations, scope: scope, resourceNames: names)
    }

    private static let words = ["apiGroups": "API groups", "apiVersions": "API versions"]

    private mutating func required(_ name: String, in node: Node, _ path: String) -> [(node: Node, text: String)] {
        let list = strings(name, in: node, path)
        if list.isEmpty, node[name]?.count ?? 0 == 0 { report(.required, "\(path).\(name)", at: node[name] ?? node) }
        for (index, entry) in list.enumerated() where entry.text.isEmpty && name != "apiGroups" {
            report(.required, "\(path).\(name)[\(index)]", at: entry.node)
        }
        return list
    }

    private mutating func checkResources(_ list: [(node: Node, text: String)], _ path: String) {
        let all = Set(list.map(\.text))
        for (index, entry) in list.enumerated() {
            let parts = entry.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard entry.text != "*/*", entry.text != "*" else { continue }
            let base = String(parts[0])
            var covering: String?
            if parts.count > 1 {
                covering = ["*/*", "\(base)/*", "*/\(parts[1])"].first { $0 != entry.text && all.contains($0) }
            } else if all.contains("*") {
                covering = "*"
            }
            if let covering {
                report(
                    .invalid, "\(path)[\(index)]", "if '\(covering)' is present, must not specify \(entry.text)",
                    at: entry.node)
            }
        }
        if list.count > 1, let wildcard = list.first(where: { $0.text == "*/*" }) {
            report(.invalid, path, "if '*/*' is present, must not specify other resources", at: wildcard.node)
        }
    }
}
