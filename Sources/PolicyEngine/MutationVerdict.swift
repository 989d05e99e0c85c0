package import Admission
package import Values

/// What the mutating policies make of a request.
package struct MutationVerdict: Sendable {
    /// The request with the object as it is after all mutations: what the validating policies are to judge.
    package var request: AdmissionRequest
    /// The object as it came; nil where the request has none.
    package var originalObject: Node?
    /// nil if the request goes on; otherwise it is refused, and nothing else of it counts.
    package var status: Verdict.Status?
    /// The error that made the status; nil if there is none, or if the request's namespace does not exist.
    package var denial: Decision?
    /// What the policies did, in order; those that are not about the request have no record.
    package var records: [MutationRecord] = []
    /// All errors, also those that `failurePolicy: Ignore` passes over.
    package var errors: [Decision] = []

    /// Errors that the operator's `Enforcement` made warnings of.
    package var warnings: [String] = []
    /// The first error that would have denied but for the operator's `Enforcement`.
    package var unenforced: Decision?
    /// Why the request was left alone, by the operator's `Enforcement`.
    package var exemption: String?

    package init(_ request: AdmissionRequest) {
        self.request = request
        originalObject = request.objectNode
    }

    package var isAllowed: Bool { status == nil }
    /// The object after all mutations; nil where the request has none.
    package var object: Node? { request.objectNode }
    package var isChanged: Bool { isAllowed && records.contains(where: \.isChange) }
    /// What was applied, in order.
    package var mutations: [Mutation] { records.flatMap(\.mutations) }
    /// Exceptions that had an effect, each once per policy.
    package var usedExceptions: some Sequence<PolicyID> { records.lazy.flatMap(\.exceptions) }

    /// What the policies say for the audit log: `policy/key` and the value.
    package var auditAnnotations: [(key: String, value: String)] {
        records.flatMap { record in
            record.auditAnnotations.filter { $0.action == .publish }
                .map { (key: "\(record.policy.name)/\($0.key)", value: $0.value) }
        }
    }

    /// What changed, as the smallest JSON Patch of the original object; empty if nothing did or the request is refused.
    package func patch() -> JSONPatch {
        guard isChanged, let originalObject, let object else { return JSONPatch() }
        return JSONPatch(from: originalObject, to: object)
    }
}

extension Verdict {
    /// The mutating policies' answer in the form of the validating ones', for what treats both alike.
    package init(_ mutation: MutationVerdict) {
        self.init()
        status = mutation.status
        denial = mutation.denial
        warnings = mutation.warnings
        unenforced = mutation.unenforced
        exemption = mutation.exemption
    }
}

extension AdmissionResponse {
    /// The response that a mutating webhook gives.
    package init(uid: String, verdict: MutationVerdict) {
        self.init(
            uid: uid,
            status: verdict.status.map { Status(code: $0.code, reason: $0.reason.rawValue, message: $0.message) },
            warnings: verdict.warnings,
            auditAnnotations: verdict.exemption.map { [(Enforcement.AnnotationKey.exempt, $0)] }
                ?? verdict.auditAnnotations,
            patch: verdict.patch())
    }
}
