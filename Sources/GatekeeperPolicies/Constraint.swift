import Admission
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// A constraint: a ConstraintTemplate put into force, read but not joined with its template.
struct Constraint: Sendable {
    var root: Node
    var kind: String
    var name: String
    var match: ConstraintMatch
    /// What it does where it is enforced here; empty if it is not.
    var actions: ValidationActions
    var actionNames: [String]
}

extension FieldReader {
    private enum Action: String, CaseIterable {
        case deny, warn, dryrun

        /// A dry run's findings are in Gatekeeper's audit only.
        var action: (ValidationActions, String) {
            switch self {
            case .deny: (.deny, "Deny")
            case .warn: (.warn, "Warn")
            case .dryrun: (.audit, "Audit")
            }
        }
    }

    mutating func constraint(_ root: Node, kind: String, at point: EnforcementPoint) -> Constraint? {
        allow(["apiVersion", "kind", "metadata", "spec", "status"], in: root, "")
        guard let name = objectName(root) else { return nil }
        var constraint = Constraint(
            root: root, kind: kind, name: name, match: ConstraintMatch(), actions: .deny, actionNames: ["Deny"])
        // Gatekeeper takes a constraint without spec as one on everything.
        guard let spec = map("spec", in: root, "") else { return constraint }
        allow(["enforcementAction", "match", "parameters", "scopedEnforcementActions"], in: spec, "spec")
        if let match = map("match", in: spec, "spec") { constraint.match = self.match(match) }
        (constraint.actions, constraint.actionNames) = actions(spec, point)
        return constraint
    }

    private mutating func actions(_ spec: Node, _ point: EnforcementPoint) -> (ValidationActions, [String]) {
        guard let node = string("enforcementAction", in: spec, "spec"), let text = node.string, !text.isEmpty else {
            return (.deny, ["Deny"])
        }
        if let action = Action(rawValue: text) { return (action.action.0, [action.action.1]) }
        guard text == "scoped" else {
            reportNotSupported("spec.enforcementAction", text, Action.allCases.map(\.rawValue) + ["scoped"], at: node)
            return ([], [])
        }
        var actions: ValidationActions = []
        var names: [String] = []
        let scoped = objects("scopedEnforcementActions", in: spec, "spec")
        if scoped.isEmpty { report(.required, "spec.scopedEnforcementActions", at: spec) }
        for (entry, path) in scoped {
            allow(["action", "enforcementPoints"], in: entry, path)
            let action = choice("action", in: entry, path, Action.self)
            var isHere = false
            for (place, path) in objects("enforcementPoints", in: entry, path) {
                allow(["name"], in: place, path)
                let known = choice("name", in: place, path, EnforcementPoint.self)
                if known == point || known == .all { isHere = true }
            }
            guard isHere, let (option, name) = action?.action, actions.isDisjoint(with: option) else { continue }
            actions.formUnion(option)
            names.append(name)
        }
        return (actions, names)
    }

    private mutating func match(_ node: Node) -> ConstraintMatch {
        let path = "spec.match"
        allow(
            [
                "kinds", "scope", "namespaces", "excludedNamespaces", "labelSelector", "namespaceSelector", "name",
                "source",
            ], in: node, path)
        var match = ConstraintMatch()
        match.kinds = objects("kinds", in: node, path).map { entry, path in
            allow(["apiGroups", "kinds", "apiVersions"], in: entry, path)
            return ConstraintMatch.Kinds(
                groups: strings("apiGroups", in: entry, path).map(\.text),
                kinds: strings("kinds", in: entry, path).map(\.text),
                versions: strings("apiVersions", in: entry, path).map(\.text))
        }
        match.scope = choice("scope", in: node, path, ConstraintMatch.Scope.self) ?? .any
        match.source = choice("source", in: node, path, ConstraintMatch.Source.self) ?? .all
        match.namespaces = patterns("namespaces", in: node, path)
        match.excludedNamespaces = patterns("excludedNamespaces", in: node, path)
        match.labelSelector = selector("labelSelector", in: node, path) ?? .everything
        match.namespaceSelector = selector("namespaceSelector", in: node, path) ?? .everything
        if let name = string("name", in: node, path), let text = name.string, !text.isEmpty {
            match.name = pattern(text, "\(path).name", at: name)
        }
        return match
    }

    private mutating func patterns(_ name: String, in node: Node, _ path: String) -> [NamePattern] {
        let list = strings(name, in: node, path)
        if list.count > GatekeeperLimits.maximumEntries, let node = node[name] {
            report(
                .tooMany, "\(path).\(name)", "must have at most \(GatekeeperLimits.maximumEntries) items", at: node)
        }
        return list.prefix(GatekeeperLimits.maximumEntries).enumerated().map { index, entry in
            pattern(entry.text, "\(path).\(name)[\(index)]", at: entry.node)
        }
    }

    /// A star is allowed at either end only.
    private mutating func pattern(_ text: String, _ field: String, at node: Node) -> NamePattern {
        let inner = text.dropFirst().dropLast()
        if inner.contains("*") || text.isEmpty {
            report(.invalid, field, "must be a name, with `*` at most at its ends", at: node)
        }
        return NamePattern(text)
    }
}
