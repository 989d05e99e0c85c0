import Admission
package import PolicyEngine
import Values

extension AdmissionPolicy {
    package func cannotMatch(namespace: String, into outcome: inout EvaluationOutcome) {
        let problem = frame.configurationError(PolicyFrame.notFound(namespace: namespace), nil)
        outcome.evaluations.append(
            PolicyEvaluation(policy: id, binding: nil, decisions: [problem], isConfigurationError: true))
    }

    package func evaluate(_ context: AdmissionContext, into outcome: inout EvaluationOutcome) {
        // Expressions see the object under the name that the rules use; bindings are matched by the request's own.
        let shown = match.otherName(of: context.request).map { AdmissionContext(context, renamedTo: $0) } ?? context
        frame.forEachInvocation(context, needsNamespace: { _ in true }) { event in
            switch event {
            case .invoke(let binding, let param):
                let runner = ExpressionRunner(frame: frame, binding: binding, param: param, context: shown)
                outcome.evaluations.append(PolicyEvaluator(policy: self, runner: runner).run())
            case .problem(let decision):
                outcome.evaluations.append(
                    PolicyEvaluation(
                        policy: id, binding: decision.binding, decisions: [decision], isConfigurationError: true))
            case .missingNamespace(let name): outcome.missingNamespace = name
            }
        }
    }

    package func undecided(_ missing: MissingContext, into outcome: inout EvaluationOutcome) {
        // A policy that is not bound denies nothing.
        guard !frame.bindings.isEmpty else { return }
        outcome.evaluations.append(
            PolicyEvaluation(
                policy: id, binding: nil, decisions: [frame.undecided(missing, binding: nil)],
                isConfigurationError: true))
    }
}
