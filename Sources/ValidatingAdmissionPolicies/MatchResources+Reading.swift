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
        let before = errors.count
        checkSelector(value, field)
        do throws(LabelSelectorError) {
            return try LabelSelector(value)
        } catch {
            // Most has been said already, in the API server's words.
            if errors.count == before {
                let inner = error.field.isEmpty ? field : "\(field).\(error.field)"
                report(.invalid, inner, error.message, at: error.node ?? value)
            }
            return nil
        }
    }

    private mutating func resourceRule(_ node: Node, _ path: String) -> ResourceRule {
        allow(
            ["apiGroups", "apiVersions", "operations", "resourceNames", "resources", "scope"], in: node, path)
        let names = resourceNames(node, path)
        let operations = operations(node, path)
        let groups = required("apiGroups", in: node, path)
        let versions = required("apiVersions", in: node, path)
        for (index, version) in versions.enumerated() where version.text.isEmpty {
            report(.required, "\(path).apiVersions[\(index)]", at: version.node)
        }
        for (name, list, what) in [("apiGroups", groups, "API groups"), ("apiVersions", versions, "API versions")] {
            refuseOthers(list, "\(path).\(name)", what)
        }
        let resources = required("resources", in: node, path)
        checkResources(resources, "\(path).resources")
        let scope = choice("scope", in: node, path, ResourceRule.Scope.self) ?? .any
        return ResourceRule(
            groups: groups.map(\.text), versions: versions.map(\.text), resources: resources.map(\.text),
            operations: operations, scope: scope, resourceNames: names)
    }

    private mutating func resourceNames(_ node: Node, _ path: String) -> [String] {
        var seen: Set<String> = []
        let names = strings("resourceNames", in: node, path)
        for (index, name) in names.enumerated() {
            let field = "\(path).resourceNames[\(index)]"
            report(problems: NameFormat.pathSegment(Array(name.text.utf8)), field, at: name.node)
            if !seen.insert(name.text).inserted { report(.duplicate, field, at: name.node) }
        }
        return names.map(\.text)
    }

    private mutating func operations(_ node: Node, _ path: String) -> OperationSet {
        var operations: OperationSet = []
        let list = required("operations", in: node, path)
        refuseOthers(list, "\(path).operations", "operations")
        for (index, operation) in list.enumerated() {
            var text = operation.text
            if text == "*" {
                operations = .all
            } else if let known = text.withUTF8({ Operation(utf8: $0) }) {
                operations.insert(OperationSet(known))
            } else {
                let known = ["*"] + Operation.allCases.map { $0.name.description }
                reportNotSupported("\(path).operations[\(index)]", text, known, at: operation.node)
            }
        }
        return operations
    }

    private mutating func required(_ name: String, in node: Node, _ path: String) -> [(node: Node, text: String)] {
        let list = strings(name, in: node, path)
        if list.isEmpty, node[name]?.count ?? 0 == 0 { report(.required, "\(path).\(name)", at: node[name] ?? node) }
        return list
    }

    /// `*` stands for all and alone.
    private mutating func refuseOthers(_ list: [(node: Node, text: String)], _ field: String, _ what: String) {
        guard list.count > 1, let star = list.first(where: { $0.text == "*" }) else { return }
        report(.invalid, field, "if '*' is present, must not specify other \(what)", at: star.node)
    }

    /// As the API server does it: what an entry covers is told of the entries after it only.
    private mutating func checkResources(_ list: [(node: Node, text: String)], _ path: String) {
        var wildResources: Set<Substring> = []
        var wildSubresources: Set<Substring> = []
        var single: Node?
        var endsPlain = false
        for (index, entry) in list.enumerated() {
            let (text, field) = (entry.text, "\(path)[\(index)]")
            guard !text.isEmpty else {
                report(.required, field, at: entry.node)
                continue
            }
            if text == "*" { single = entry.node }
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count > 1 else {
                endsPlain = text != "*"
                continue
            }
            if wildResources.contains(parts[0]) {
                report(
                    .invalid, field, "if '\(parts[0])/*' is present, must not specify \(text)", at: entry.node)
            }
            if wildSubresources.contains(parts[1]) {
                report(
                    .invalid, field, "if '*/\(parts[1])' is present, must not specify \(text)", at: entry.node)
            }
            if parts[1] == "*" { wildResources.insert(parts[0]) }
            if parts[0] == "*" { wildSubresources.insert(parts[1]) }
        }
        if list.count > 1, let all = list.first(where: { $0.text == "*/*" }) {
            report(.invalid, path, "if '*/*' is present, must not specify other resources", at: all.node)
        }
        if let single, endsPlain {
            report(
                .invalid, path, "if '*' is present, must not specify other resources without subresources", at: single)
        }
    }
}
