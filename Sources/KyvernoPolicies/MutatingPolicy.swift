import Admission
import CEL
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// A Kyverno MutatingPolicy, compiled.
final class KyvernoMutatingPolicy: MutatingPolicy {
    /// Which objects that exist already it changes.
    struct Targets: Sendable {
        let match: MatchResources?
        let expression: CompiledExpression?
        let conditions: [NamedExpression]
    }

    let id: PolicyID
    let match: MatchResources
    /// The policy's document, and the objects that it is about itself, without those of generated rules.
    let root: Node
    let ownMatch: MatchResources
    let readsAllowances = true
    let changesDocuments: Bool
    /// Kyverno's policies have no bindings, so it has no name.
    let binding: BindingID
    let failurePolicy: FailurePolicy
    let scope: KyvernoScope
    let steps: [MutationStep]
    let auditAnnotations: [NamedExpression]
    let generatesRules: Bool
    let replacesAtomics: Bool
    let targets: Targets?
    private let isReinvocable: Bool
    private let usesNamespaceObject: Bool

    var changesExisting: Bool { targets != nil }

    init(_ definition: MutatingPolicyDefinition, compiler: inout ExpressionCompiler) {
        let isNamespaced = !definition.namespace.isEmpty
        let base = KyvernoEnvironment.mutations(isNamespaced: isNamespaced)
        let scope = KyvernoScope(
            matchConditions: definition.matchConditions, variables: definition.variables, in: base,
            conditionsSeeVariables: true, compiler: &compiler)
        self.scope = scope
        steps = definition.steps.enumerated().map { index, step in
            MutationStep(step, index: index, compiler: &compiler, in: scope.environment)
        }
        auditAnnotations = scope.annotations(definition.auditAnnotations, compiler: &compiler)
        targets = definition.targets.map { Targets($0, scope, &compiler) }
        id = PolicyID(
            kind: definition.kind, namespace: definition.namespace, name: definition.name,
            file: definition.root.document.source, position: definition.root.position)
        binding = BindingID(
            name: "", actions: .deny, actionNames: ["Deny"], file: definition.root.document.source,
            position: definition.root.position)
        failurePolicy = definition.failurePolicy
        isReinvocable = definition.reinvocationPolicy == .ifNeeded
        changesDocuments = definition.mode == .json
        replacesAtomics = definition.replacesAtomics
        generatesRules = !definition.podControllers.isEmpty
        var match = definition.match
        if changesDocuments { match = MatchResources() }
        root = definition.root
        ownMatch = match
        if let rule = match.resourceRules.first {
            match.resourceRules += Autogen.rules(definition.podControllers, operations: rule.operations)
        }
        self.match = match
        let named = scope.matchConditions + scope.variables + auditAnnotations
        usesNamespaceObject = (named.map(\.expression) + steps.map(\.expression)).contains(where: \.usesNamespaceObject)
    }

    func plan(_ context: AdmissionContext, into plan: inout MutationPlan) {
        if !id.namespace.isEmpty, !changesDocuments, context.request.namespace != id.namespace { return }
        if let name = context.unknownNamespace, usesNamespaceObject {
            if context.cluster.knowsAllNamespaces {
                plan.missingNamespace = name
            } else {
                undecided(.namespace(name), into: &plan)
            }
            return
        }
        let allowances = plan.allowances
        plan.invocations.append(
            MutationInvocation(policy: id, binding: binding, param: nil, isReinvocable: isReinvocable) { context in
                KyvernoMutationRun(self, context, allowances).run()
            })
    }

    func undecided(_ missing: MissingContext, into plan: inout MutationPlan) {
        plan.errors.append(error(KyvernoRunner.Failure(message: missing.description, missing: missing)))
    }

    func error(_ failure: KyvernoRunner.Failure, _ check: PolicyCheck? = nil) -> Decision {
        failure.decision(id, binding, failurePolicy, check, reason: .invalid, actions: .deny)
    }
}

extension KyvernoMutatingPolicy.Targets {
    fileprivate init(
        _ definition: MutatingPolicyDefinition.Targets, _ scope: KyvernoScope, _ compiler: inout ExpressionCompiler
    ) {
        match = definition.match
        expression = definition.expression.map {
            compiler.compile($0, index: 0, wanted: nil, in: scope.environment)
        }
        conditions = definition.conditions.enumerated().map { index, condition in
            NamedExpression(
                condition.name,
                compiler.compile(condition.expression, index: index, wanted: .bool, in: scope.environment))
        }
    }
}
