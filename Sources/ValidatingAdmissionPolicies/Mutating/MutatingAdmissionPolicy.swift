import Admission
import PolicyEngine
import Values

/// A MutatingAdmissionPolicy with its bindings, compiled.
final class MutatingAdmissionPolicy: MutatingPolicy {
    let frame: PolicyFrame
    let steps: [MutationStep]
    let isReinvocable: Bool

    var id: PolicyID { frame.id }
    var match: MatchResources { frame.match }
    var paramSources: [ParamSource] { frame.paramSources }

    init(_ definition: MutationDefinition, bindings: [BindingDefinition], compiler: inout ExpressionCompiler) {
        let scope = PolicyScope(definition.head, mutates: true, compiler: &compiler)
        steps = definition.steps.enumerated().map { index, step in
            MutationStep(step, index: index, compiler: &compiler, in: scope.environment)
        }
        frame = PolicyFrame(
            kind: MutationDefinition.kind, scope, bindings: bindings, expressions: steps.map(\.expression))
        isReinvocable = definition.reinvocationPolicy == .ifNeeded
    }

    func plan(_ context: AdmissionContext, into plan: inout MutationPlan) {
        // Without params nothing is evaluated, so that no namespace is looked up.
        frame.forEachInvocation(context, needsNamespace: { !$0.isEmpty }) { event in
            switch event {
            case .invoke(let binding, let param):
                let runner = ExpressionRunner(frame: frame, binding: binding, param: param, context: context)
                plan.invocations.append(
                    MutationInvocation(
                        policy: id, binding: binding.id, param: runner.paramName, isReinvocable: isReinvocable,
                        check: { context in
                            MutationRun(policy: self, binding: binding, param: param, context: context).matchErrors()
                        },
                        apply: { context in
                            MutationRun(policy: self, binding: binding, param: param, context: context).run()
                        }))
            case .problem(let decision): plan.errors.append(decision)
            case .missingNamespace(let name): plan.missingNamespace = name
            }
        }
    }

    func matches(_ context: AdmissionContext) -> MatchResources.Outcome { frame.matches(context) }

    func cannotMatch(namespace: String, into plan: inout MutationPlan) {
        plan.errors.append(frame.configurationError(PolicyFrame.notFound(namespace: namespace), nil))
    }

    func undecided(_ missing: MissingContext, into plan: inout MutationPlan) {
        if !frame.bindings.isEmpty { plan.errors.append(frame.undecided(missing, binding: nil)) }
    }
}
