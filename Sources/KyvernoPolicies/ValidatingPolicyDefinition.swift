import Admission
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// A ValidatingPolicy or NamespacedValidatingPolicy, read but not compiled.
struct ValidatingPolicyDefinition: Sendable {
    var root: Node
    var kind: String
    var name: String
    /// Empty for cluster-scoped policies.
    var namespace: String
    var match: MatchResources
    var matchConditions: [PolicyDefinition.Named]
    var variables: [PolicyDefinition.Named]
    var validations: [PolicyDefinition.Validation]
    var auditAnnotations: [PolicyDefinition.Named]
    var actions: ValidationActions
    var actionNames: [String]
    var failurePolicy: FailurePolicy
    var mode: EvaluationMode
    /// Resources whose Pod template is judged in place of a Pod; empty without generated rules.
    var podControllers: [String]
    /// What an ImageValidatingPolicy says about images.
    var images: ImageRulesDefinition?
}

/// `spec.evaluation.mode`.
enum EvaluationMode: String, CaseIterable {
    case kubernetes = "Kubernetes"
    case json = "JSON"
    case envoy = "Envoy"
    case http = "HTTP"
}

extension FieldReader {
    /// Reads a policy; what can be read is kept even where other fields are wrong.
    mutating func validatingPolicy(_ root: Node, kind: String) -> ValidatingPolicyDefinition? {
        allow(["apiVersion", "kind", "metadata", "spec", "status"], in: root, "")
        guard let name = objectName(root), let spec = specification(root) else { return nil }
        let isAboutImages = kind.hasSuffix("ImageValidatingPolicy")
        allow(
            [
                "matchConstraints", "matchConditions", "variables", "validations", "validationActions",
                "auditAnnotations", "failurePolicy", "autogen", "evaluation", "webhookConfiguration",
            ] + (isAboutImages ? Self.imageFields : []), in: spec, "spec")
        let mode = evaluationMode(spec)
        let constraints = map("matchConstraints", in: spec, "spec")
        let match = constraints.map { matchResources($0, "spec.matchConstraints") } ?? MatchResources()
        if mode == .kubernetes, match.resourceRules.isEmpty, constraints?["resourceRules"]?.count ?? 0 == 0 {
            report(.required, "spec.matchConstraints.resourceRules", at: constraints ?? spec)
        }
        let (actions, actionNames) = validationActions(spec)
        let validations = objects("validations", in: spec, "spec").compactMap { validation($0.node, $0.path) }
        if validations.isEmpty, spec["validations"]?.count ?? 0 == 0 { report(.required, "spec.validations", at: spec) }
        return ValidatingPolicyDefinition(
            root: root, kind: kind, name: name, namespace: namespace(root, kind: kind), match: match,
            matchConditions: matchConditions(spec), variables: variables(spec), validations: validations,
            auditAnnotations: auditAnnotations(spec), actions: actions, actionNames: actionNames,
            failurePolicy: choice("failurePolicy", in: spec, "spec", FailurePolicy.self) ?? .fail, mode: mode,
            podControllers: mode == .kubernetes ? podControllers(spec, match, constraints) : [],
            images: isAboutImages ? imageRules(spec) : nil)
    }

    private mutating func namespace(_ root: Node, kind: String) -> String {
        guard kind.hasPrefix("Namespaced"), let metadata = root["metadata"] else { return "" }
        let namespace = string("namespace", in: metadata, "metadata")?.string ?? ""
        return namespace.isEmpty ? "default" : namespace
    }

    private mutating func evaluationMode(_ spec: Node) -> EvaluationMode {
        let path = "spec.evaluation"
        guard let node = map("evaluation", in: spec, "spec") else { return .kubernetes }
        allow(["mode", "admission", "background"], in: node, path)
        return choice("mode", in: node, path, EvaluationMode.self) ?? .kubernetes
    }

    private mutating func validationActions(_ spec: Node) -> (ValidationActions, [String]) {
        let field = "spec.validationActions"
        let known: [String: ValidationActions] = ["Deny": .deny, "Warn": .warn, "Audit": .audit]
        var actions: ValidationActions = []
        var names: [String] = []
        for (index, entry) in strings("validationActions", in: spec, "spec").enumerated() {
            guard let action = known[entry.text] else {
                reportNotSupported("\(field)[\(index)]", entry.text, Array(known.keys), at: entry.node)
                continue
            }
            actions.formUnion(action)
            names.append(entry.text)
        }
        return names.isEmpty ? (.deny, ["Deny"]) : (actions, names)
    }

    /// The workloads that a policy on Pods covers too.
    ///
    /// As in Kyverno a policy has generated rules only if it is about Pods and nothing else, without any selector.
    private mutating func podControllers(_ spec: Node, _ match: MatchResources, _ constraints: Node?) -> [String] {
        var wanted = Autogen.resources
        if let node = map("autogen", in: spec, "spec") {
            allow(["podControllers", "validatingAdmissionPolicy"], in: node, "spec.autogen")
            if let controllers = map("podControllers", in: node, "spec.autogen") {
                allow(["controllers"], in: controllers, "spec.autogen.podControllers")
                if controllers["controllers"] != nil {
                    // A name that is no resource (`Deployment` instead of `deployments`) generates nothing there.
                    let names = strings("controllers", in: controllers, "spec.autogen.podControllers").map(\.text)
                    wanted = Autogen.resources.filter(names.contains)
                }
            }
        }
        guard match.namespaceSelector.isEmpty, match.objectSelector.isEmpty, match.excludeResourceRules.isEmpty,
            match.resourceRules.count == 1, let rule = match.resourceRules.first,
            let node = constraints?["resourceRules"]?.element(at: 0), node["resourceNames"]?.count ?? 0 == 0,
            rule.groups == [""], rule.resources == ["pods"],
            node["apiVersions"]?.elements.map({ $0.string ?? "" }) == ["v1"]
        else { return [] }
        return wanted
    }
}
