import Admission
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// A ValidatingPolicy of the evaluation modes `Envoy` and `HTTP`, compiled: it answers requests to other servers than the
/// API server. Each of its validations gives an answer or null; the first answer counts.
final class RequestPolicy: CompiledPolicy {
    let id: PolicyID
    /// No Kubernetes object.
    let match = MatchResources()
    let subject: PolicySubject
    let root: Node
    let scope: KyvernoScope
    let validations: [CompiledExpression]
    private let binding: BindingID
    private let failurePolicy: FailurePolicy

    init(_ definition: ValidatingPolicyDefinition, compiler: inout ExpressionCompiler) {
        subject = definition.mode == .http ? .httpRequests : .envoyRequests
        let answer = definition.mode == .http ? HTTPMessages.checkResponse : EnvoyMessages.checkResponse
        let scope = KyvernoScope(
            matchConditions: definition.matchConditions, variables: definition.variables,
            in: definition.mode == .http ? RequestEnvironment.http : RequestEnvironment.envoy, compiler: &compiler)
        self.scope = scope
        validations = definition.validations.enumerated().map { index, validation in
            compiler.compile(
                validation.expression, index: index, wanted: .structureOrNull(answer.name), in: scope.environment)
        }
        root = definition.root
        id = PolicyID(
            kind: definition.kind, namespace: definition.namespace, name: definition.name,
            file: definition.root.document.source, position: definition.root.position)
        binding = BindingID(
            name: "", actions: .deny, actionNames: ["Deny"], file: definition.root.document.source,
            position: definition.root.position)
        failurePolicy = definition.failurePolicy
    }

    func evaluate(_ context: AdmissionContext, into outcome: inout EvaluationOutcome) {
        var evaluation = PolicyEvaluation(policy: id, binding: binding)
        if let decision = decide(context) { evaluation.decisions = [decision] }
        outcome.evaluations.append(evaluation)
    }

    /// nil if the policy has no answer to the request.
    private func decide(_ context: AdmissionContext) -> Decision? {
        var check: PolicyCheck?
        do throws(KyvernoRunner.Failure) {
            let payload: MessageValue
            do throws(PayloadError) {
                guard let root = context.request.objectNode else { return nil }
                payload = try RequestPayload.message(root, subject)
            } catch {
                throw KyvernoRunner.Failure(message: error.message)
            }
            var runner = KyvernoRunner(
                scope, context, values: RequestEnvironment.values(context, object: payload))
            guard try runner.hold(scope.matchConditions) else { return nil }
            for validation in validations {
                check = validation.check
                let value = try runner.value(of: validation)
                if case .null = value { continue }
                guard case .object(let object) = value, let answer = object as? MessageValue else {
                    throw KyvernoRunner.Failure(message: "the validation gives no answer")
                }
                return try decision(answer, validation.check)
            }
            return nil
        } catch {
            // As in the server, a policy that cannot answer then has nothing to say; what it lacks is told all the same.
            if failurePolicy == .ignore, error.missing == nil { return nil }
            return error.decision(id, binding, failurePolicy, check)
        }
    }

    private func decision(
        _ answer: MessageValue, _ check: PolicyCheck
    ) throws(KyvernoRunner.Failure) -> Decision {
        if answer.hasField("ok") || answer.hasField("ok_response") {
            return Decision(.admit, action: .admit, policy: id, binding: binding, check: check)
        }
        let message: String
        if let denied = answer.message("denied") {
            message = "request denied, reason: \(denied.text("reason"))"
        } else if let denied = answer.message("denied_response") {
            var text = "request denied"
            if case .int(let code)? = denied.message("status")?.field("code") { text += " with status code \(code)" }
            let reasons = [answer.message("status")?.text("message") ?? "", denied.text("body")].filter { !$0.isEmpty }
            message = ([text] + reasons).joined(separator: ": ")
        } else {
            throw KyvernoRunner.Failure(message: "the answer neither allows nor denies the request")
        }
        return Decision(
            .deny, action: .deny, policy: id, binding: binding, check: check, message: message, reason: .forbidden)
    }

    func undecided(_ missing: MissingContext, into outcome: inout EvaluationOutcome) {
        // INVARIANT: what it matches is never undecided, since it matches no object.
    }
}

extension MessageValue {
    fileprivate func text(_ field: String) -> String { self.field(field)?.stringValue ?? "" }
}

extension RequestPolicy: CoverablePolicy {
    var coveragePoints: [CoveragePoint] {
        scope.matchConditions.flatMap { $0.expression.coveragePoints(.condition) }
            + scope.variables.flatMap { $0.expression.coveragePoints(.part) }
            + validations.flatMap { $0.coveragePoints(.validation) }
    }
}
