import Admission
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// A MutatingPolicy or NamespacedMutatingPolicy, read but not compiled.
struct MutatingPolicyDefinition: Sendable {
    /// Which objects that exist already a policy changes.
    struct Targets: Sendable {
        /// nil if the policy names none: then its own constraints say it.
        var match: MatchResources?
        /// An expression that gives the objects.
        var expression: ExpressionText?
        var conditions: [PolicyDefinition.Named] = []
        /// Where the policy says that it changes such objects.
        var node: Node
    }

    var root: Node
    var kind: String
    var name: String
    /// Empty for cluster-scoped policies.
    var namespace: String
    var match: MatchResources
    var matchConditions: [PolicyDefinition.Named]
    var variables: [PolicyDefinition.Named]
    var steps: [MutationStep.Definition]
    var auditAnnotations: [PolicyDefinition.Named]
    var failurePolicy: FailurePolicy
    var reinvocationPolicy: ReinvocationPolicy
    var mode: EvaluationMode
    /// Resources whose Pod template is changed in place of a Pod; empty without generated rules.
    var podControllers: [String]
    /// nil for policies that change the object of a request.
    var targets: Targets?
    /// Whether atomic lists, maps and objects are replaced as a whole.
    var replacesAtomics: Bool
    /// Where the policy says that it is not about admission.
    var notAtAdmission: Node?
}

extension FieldReader {
    /// Reads a policy; what can be read is kept even where other fields are wrong.
    mutating func mutatingPolicy(_ root: Node, kind: String) -> MutatingPolicyDefinition? {
        allow(["apiVersion", "kind", "metadata", "spec", "status"], in: root, "")
        guard let name = objectName(root), let spec = specification(root) else { return nil }
        allow(
            [
                "matchConstraints", "matchConditions", "variables", "mutations", "auditAnnotations", "failurePolicy",
                "reinvocationPolicy", "autogen", "evaluation", "webhookConfiguration", "targetMatchConstraints",
                "targetMatchConditions",
            ], in: spec, "spec")
        let mode = evaluationMode(
            spec,
            [
                "mode", "admission", "background", "mutateExisting", "skipBackgroundRequests", "useServerSideApply",
            ])
        let constraints = map("matchConstraints", in: spec, "spec")
        let match = constraints.map { matchResources($0, "spec.matchConstraints") } ?? MatchResources()
        if mode == .kubernetes, match.resourceRules.isEmpty, constraints?["resourceRules"]?.count ?? 0 == 0 {
            report(
                .required, "spec.matchConstraints", "at least one resource rule is required", at: constraints ?? spec)
        }
        let steps = mutations(spec)
        if mode == .json {
            for step in steps where step.type == .applyConfiguration {
                report(
                    .invalid, step.expression.field, "a document of any shape has no schema to merge by",
                    at: step.expression.node, help: "use `patchType: JSONPatch`")
            }
        }
        let evaluation = map("evaluation", in: spec, "spec")
        let targets = targets(spec, evaluation)
        return MutatingPolicyDefinition(
            root: root, kind: kind, name: name, namespace: namespace(root, kind: kind), match: match,
            matchConditions: matchConditions(spec), variables: variables(spec), steps: steps,
            auditAnnotations: auditAnnotations(spec, policy: name),
            failurePolicy: choice("failurePolicy", in: spec, "spec", FailurePolicy.self) ?? .fail,
            reinvocationPolicy: choice("reinvocationPolicy", in: spec, "spec", ReinvocationPolicy.self) ?? .never,
            mode: mode,
            podControllers: mode == .kubernetes && targets == nil
                ? podControllers(spec, match, constraints, "mutatingAdmissionPolicy") : [],
            targets: targets,
            replacesAtomics: evaluation.flatMap { flag("useServerSideApply", in: $0, "spec.evaluation") } ?? false,
            notAtAdmission: notAtAdmission(spec))
    }

    private mutating func targets(_ spec: Node, _ evaluation: Node?) -> MutatingPolicyDefinition.Targets? {
        let conditions = matchConditions(spec, "targetMatchConditions")
        var match: MatchResources?
        var text: ExpressionText?
        if let node = map("targetMatchConstraints", in: spec, "spec") {
            let path = "spec.targetMatchConstraints"
            let value = string("expression", in: node, path)
            text = value.map { ExpressionText(node: $0, field: "\(path).expression", text: $0.string ?? "") }
            match = matchResources(node, path, besides: ["expression"])
            if text == nil, match?.resourceRules.isEmpty ?? true {
                report(.required, "\(path).resourceRules", at: node)
            }
        }
        guard let existing = evaluation.flatMap({ map("mutateExisting", in: $0, "spec.evaluation") }),
            flag("enabled", in: existing, "spec.evaluation.mutateExisting") == true
        else { return nil }
        return MutatingPolicyDefinition.Targets(
            match: match, expression: text, conditions: conditions, node: existing["enabled"] ?? existing)
    }
}
