import Admission
package import PolicyEngine
package import ValidatingAdmissionPolicies
import Values

/// A constraint joined with its template: Kubernetes' own evaluator behind Gatekeeper's matching.
package final class ConstraintPolicy: CompiledPolicy {
    private let policy: AdmissionPolicy
    private let constraintMatch: ConstraintMatch
    private let template: ConstraintTemplate

    package var id: PolicyID { policy.id }
    package var match: MatchResources { policy.match }

    init(_ constraint: Constraint, _ template: ConstraintTemplate, allOperations: Bool) {
        let root = constraint.root
        let id = PolicyID(
            kind: constraint.kind, name: constraint.name, file: root.document.source, position: root.position)
        // It has no binding, so messages name none.
        let binding = BindingID(
            name: "", actions: constraint.actions, actionNames: constraint.actionNames, file: root.document.source,
            position: root.position)
        policy = template.policy.policy(
            id, match: Self.match(constraint.match, template.operations, allOperations), param: root, binding: binding)
        constraintMatch = constraint.match
        self.template = template
    }

    /// What Gatekeeper's webhook is asked about; kinds are told apart later, since no resource says which kind it has.
    private static func match(
        _ match: ConstraintMatch, _ operations: OperationSet, _ allSubresources: Bool
    ) -> MatchResources {
        func rule(_ groups: [String], _ resources: [String]) -> ResourceRule {
            ResourceRule(groups: groups, versions: ["*"], resources: resources, operations: operations)
        }
        var groups: [String] = []
        for entry in match.kinds {
            for group in entry.groups.isEmpty ? ["*"] : entry.groups where !groups.contains(group) {
                groups.append(group)
            }
        }
        if groups.isEmpty || groups.contains("*") { groups = ["*"] }
        return MatchResources(
            resourceRules: allSubresources
                ? [rule(["*"], ["*/*"])] : [rule(groups, ["*"]), rule(["", "apps"], subresources)],
            matchPolicy: .exact)
    }

    /// Subresources that Gatekeeper's webhook is asked about.
    private static let subresources = [
        "pods/ephemeralcontainers", "pods/exec", "pods/log", "pods/eviction", "pods/portforward", "pods/proxy",
        "pods/attach", "pods/binding", "deployments/scale", "replicasets/scale", "statefulsets/scale",
        "replicationcontrollers/scale", "services/proxy", "nodes/proxy", "services/status",
    ]

    package func matches(_ context: AdmissionContext) -> MatchResources.Outcome {
        guard case .matches = match.match(context) else { return .differs }
        return constraintMatch.match(context)
    }

    package func evaluate(_ context: AdmissionContext, into outcome: inout EvaluationOutcome) {
        policy.evaluate(context, into: &outcome)
    }

    package func undecided(_ missing: MissingContext, into outcome: inout EvaluationOutcome) {
        policy.undecided(missing, into: &outcome)
    }
}

extension ConstraintPolicy: ExplainablePolicy, CoverablePolicy {
    package func matchClauses(_ context: AdmissionContext) -> [MatchClause] { constraintMatch.clauses(context) }

    package func explain(_ context: AdmissionContext, withExpressions: Bool) -> [ExplainedBinding] {
        policy.explain(context, withExpressions: withExpressions).map { explained in
            var named = explained
            named.name = id.name
            return named
        }
    }

    /// Without the variables that Gatekeeper adds, which nobody can test.
    package var coveragePoints: [CoveragePoint] { policy.coveragePoints.filter { $0.range != nil } }
    package var coverageID: PolicyID { template.id }
}

extension ConstraintPolicy: InspectablePolicy {
    /// The template's, for the kinds that the constraint names.
    package var inspection: PolicyInspection {
        let own = policy.inspection
        return PolicyInspection(
            id: template.id, root: template.root, match: MatchResources(resourceRules: [operations]),
            kinds: constraintMatch.kinds.map { .init(groups: $0.groups, versions: $0.versions, kinds: $0.kinds) },
            variables: own.variables, matchConditions: own.matchConditions, validations: own.validations,
            environment: own.environment)
    }

    /// What is done with the objects, whichever they are.
    private var operations: ResourceRule {
        ResourceRule(groups: ["*"], versions: ["*"], resources: ["*"], operations: template.operations)
    }
}
