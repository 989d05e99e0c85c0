import Admission
import PolicyEngine
import Values

/// A MutatingAdmissionPolicy with its bindings, compiled.
final class MutatingAdmissionPolicy: MutatingPolicy {
    /// One entry of `spec.mutations`.
    final class Step: Sendable {
        let type: MutationDefinition.PatchType
        let expression: CompiledExpression

        init(type: MutationDefinition.PatchType, expression: CompiledExpression) {
            self.type = type
            self.expression = expression
        }
    }

    let frame: PolicyFrame
    let steps: [Step]
    let isReinvocable: Bool

    var id: PolicyID { frame.id }
    var match: MatchResources { frame.match }

    init(_ definition: MutationDefinition, bindings: [BindingDefinition], compiler: inout ExpressionCompiler) {
        let scope = PolicyScope(definition.head, mutates: true, compiler: &compiler)
        steps = definition.steps.enumerated().map { index, step in
            Step(
                type: step.type,
                expression: compiler.compile(
                    step.expression, index: index, wanted: step.type.result, in: scope.environment))
        }
        frame = PolicyFrame(
            kind: MutationDefinition.kind, scope, bindings: bindings, expressions: steps.map(\.expression))
        isReinvocable = definition.reinvocationPolicy == .ifNeeded
    }

    func plan(_ context: AdmissionContext, into plan: inout MutationPlan) {
        frame.forEachInvocation(context) { event in
            switch event {
            case .invoke(let binding, let param):
                let runner = ExpressionRunner(frame: frame, binding: binding, param: param, context: context)
                let key = "\(id.name)\u{0}\(binding.id.name)\u{0}\(runner.paramName ?? "")"
                plan.invocations.append(
                    MutationInvocation(key: key, isReinvocable: isReinvocable) { context in
                        MutationRun(policy: self, binding: binding, param: param, context: context).run()
                    })
            case .problem(let decision): plan.errors.append(decision)
            case .missingNamespace(let name): plan.missingNamespace = name
            }
        }
    }

    func undecided(_ missing: MissingContext, into plan: inout MutationPlan) {
        if !frame.bindings.isEmpty { plan.errors.append(frame.undecided(missing, binding: nil)) }
    }
}
