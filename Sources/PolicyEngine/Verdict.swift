internal import Admission

/// One policy under one binding and param: its decisions and audit annotations.
package struct PolicyEvaluation: Sendable {
    package var policy: PolicyID
    /// nil for an error in the policy's own configuration.
    package var binding: BindingID?
    package var param: String?
    /// Empty if a matchCondition excluded the request.
    package var decisions: [Decision]
    package var auditAnnotations: [AuditAnnotation]
    /// Whether this is an error of configuration (missing params, bad selector) rather than an evaluation.
    package var isConfigurationError: Bool
    /// The exceptions that excused the request, or that loosened the policy. Excused: there are no decisions.
    package var exceptions: [PolicyID] = []

    package init(
        policy: PolicyID, binding: BindingID?, param: String? = nil, decisions: [Decision] = [],
        auditAnnotations: [AuditAnnotation] = [], isConfigurationError: Bool = false
    ) {
        self.policy = policy
        self.binding = binding
        self.param = param
        self.decisions = decisions
        self.auditAnnotations = auditAnnotations
        self.isConfigurationError = isConfigurationError
    }
}

/// The one answer to a request that all policies together give.
package struct Verdict: Sendable {
    /// A refusal's status.
    package struct Status: Sendable {
        package var code: Int
        package var reason: StatusReason
        /// `pods "x" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: …`.
        package var message: String
        /// The message without the object, as the status's only cause; nil where there is none.
        package var cause: String?

        package init(code: Int, reason: StatusReason, message: String, cause: String? = nil) {
            self.code = code
            self.reason = reason
            self.message = message
            self.cause = cause
        }
    }

    /// nil if the request is allowed.
    package var status: Status?
    /// The decision that made the status; nil if allowed, or if the request's namespace does not exist.
    package var denial: Decision?
    /// The first decision that would have denied but for the operator's `Enforcement`.
    package var unenforced: Decision?
    /// Why the request was not judged at all, by the operator's `Enforcement`.
    package var exemption: String?
    /// In the order of the policies and their bindings.
    package var evaluations: [PolicyEvaluation] = []
    package var warnings: [String] = []
    package var auditAnnotations: [(key: String, value: String)] = []

    package init() {}

    package var isAllowed: Bool { status == nil }
    /// Exceptions that had an effect, each once per policy.
    package var usedExceptions: some Sequence<PolicyID> { evaluations.lazy.flatMap(\.exceptions) }
    package var decisions: some Sequence<Decision> { evaluations.lazy.flatMap(\.decisions) }
}
