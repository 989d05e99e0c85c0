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
    /// Where the policy says that it is not about admission.
    var notAtAdmission: Node?
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
        let mode = evaluationMode(spec, ["mode", "admission", "background"])
        let constraints = map("matchConstraints", in: spec, "spec")
        let match = constraints.map { matchResources($0, "spec.matchConstraints") } ?? MatchResources()
        if mode == .kubernetes, match.resourceRules.isEmpty, constraints?["resourceRules"]?.count ?? 0 == 0 {
            report(.required, "spec.matchConstraints.resourceRules", at: constraints ?? spec)
        }
        var (actions, actionNames) = validationActions(spec)
        let notAtAdmission = notAtAdmission(spec)
        // What a background scan finds is reported, and nobody is refused.
        if notAtAdmission != nil { (actions, actionNames) = (.audit, ["Audit"]) }
        let validations = objects("validations", in: spec, "spec").compactMap { validation($0.node, $0.path) }
        if validations.isEmpty, spec["validations"]?.count ?? 0 == 0 { report(.required, "spec.validations", at: spec) }
        let home = namespace(root, kind: kind)
        return ValidatingPolicyDefinition(
            root: root, kind: kind, name: name, namespace: home, match: match,
            matchConditions: matchConditions(spec), variables: variables(spec), validations: validations,
            auditAnnotations: auditAnnotations(spec, policy: name), actions: actions, actionNames: actionNames,
            failurePolicy: choice("failurePolicy", in: spec, "spec", FailurePolicy.self) ?? .fail, mode: mode,
            podControllers: mode == .kubernetes
                ? podControllers(spec, match, constraints, "validatingAdmissionPolicy") : [],
            images: isAboutImages ? imageRules(spec, namespace: home) : nil, notAtAdmission: notAtAdmission)
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
}
