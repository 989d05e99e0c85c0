import Admission
import Diagnostics
import PolicyEngine
import Values

extension FieldReader {
    /// Reads a binding; what can be read is kept even where other fields are wrong.
    ///
    /// - Parameter mutates: whether it binds a mutating policy: without actions, and not about DELETE.
    mutating func binding(_ root: Node, mutates: Bool = false) -> BindingDefinition? {
        allow(["apiVersion", "kind", "metadata", "spec"], in: root, "")
        clusterMetadata(root)
        guard let name = objectName(root), let spec = specification(root) else { return nil }
        allow(
            ["policyName", "paramRef", "matchResources"] + (mutates ? [] : ["validationActions"]), in: spec, "spec")
        let policyName = string("policyName", in: spec, "spec")
        if let policyName, !policyName.utf8.isEmpty {
            report(problems: NameFormat.subdomain(Array(policyName.utf8)), "spec.policyName", at: policyName)
        } else {
            report(.required, "spec.policyName", at: policyName ?? spec)
        }
        let reference = paramRef(spec)
        let match = map("matchResources", in: spec, "spec").map { matchResources($0, "spec.matchResources") }
        let (actions, actionNames) = mutates ? (.deny, []) : actions(spec)
        if mutates, let rules = spec["matchResources"] { refuseDelete(rules, "spec.matchResources") }
        guard let policyName, let policy = policyName.string, !policy.isEmpty else { return nil }
        return BindingDefinition(
            root: root, name: name, policyName: policy, policyNameNode: policyName, paramRef: reference, match: match,
            actions: actions, actionNames: actionNames)
    }

    private mutating func paramRef(_ spec: Node) -> BindingDefinition.ParamRef? {
        let path = "spec.paramRef"
        guard let node = map("paramRef", in: spec, "spec") else { return nil }
        allow(["name", "namespace", "selector", "parameterNotFoundAction"], in: node, path)
        let name = string("name", in: node, path)?.string ?? ""
        if let place = node["name"] {
            report(problems: NameFormat.pathSegment(Array(name.utf8)), "\(path).name", at: place)
        }
        let namespace = string("namespace", in: node, path)?.string ?? ""
        let hasSelector = node["selector"].map { !$0.isNull } ?? false
        let selector = selector("selector", in: node, path)
        if !name.isEmpty, hasSelector {
            let detail = "name and selector are mutually exclusive"
            report(.forbidden, "\(path).name", detail, at: node["name"] ?? node)
            report(.forbidden, "\(path).selector", detail, at: node["selector"] ?? node)
        } else if name.isEmpty, !hasSelector {
            report(.required, path, "one of name or selector must be specified", at: node)
        }
        let action = notFoundAction(node, path)
        return BindingDefinition.ParamRef(
            name: name, namespace: namespace, selector: selector, notFoundAction: action)
    }

    private mutating func notFoundAction(_ node: Node, _ path: String) -> BindingDefinition.NotFoundAction? {
        let field = "\(path).parameterNotFoundAction"
        let value = string("parameterNotFoundAction", in: node, path)
        guard let value, let text = value.string, !text.isEmpty else {
            if value != nil || node["parameterNotFoundAction"]?.isNull ?? true {
                report(
                    .required, field, at: value ?? node,
                    help: "say whether requests are to pass (`Allow`) or fail (`Deny`) while there is no param")
            }
            return nil
        }
        if let action = BindingDefinition.NotFoundAction(rawValue: text) { return action }
        // The API server's list is not in the order of the alphabet here.
        report(
            .notSupported, field, #"supported values: "Deny", "Allow""#, at: value,
            help: closestMatch(to: text, among: ["Deny", "Allow"]).map { "did you mean `\($0)`?" })
        return nil
    }

    private mutating func actions(_ spec: Node) -> (ValidationActions, [String]) {
        let field = "spec.validationActions"
        let list = strings("validationActions", in: spec, "spec")
        if spec["validationActions"]?.count ?? 0 == 0 {
            report(
                .required, field, "at least one validation action is required",
                at: spec["validationActions"] ?? spec)
        }
        var actions: ValidationActions = []
        var names: [String] = []
        for (index, entry) in list.enumerated() {
            let known: [String: ValidationActions] = ["Deny": .deny, "Warn": .warn, "Audit": .audit]
            if let action = known[entry.text] {
                actions.formUnion(action)
            } else {
                reportNotSupported("\(field)[\(index)]", entry.text, Array(known.keys), at: entry.node)
            }
            if names.contains(entry.text) { report(.duplicate, "\(field)[\(index)]", at: entry.node) }
            names.append(entry.text)
        }
        if actions.isSuperset(of: [.deny, .warn]) {
            report(
                .invalid, field,
                "must not contain both Deny and Warn (repeating the same validation failure information in the API "
                    + "response and headers serves no purpose)", at: spec["validationActions"] ?? spec)
        }
        return (actions, names)
    }
}
