/// What became of an admission request, as far as the metrics tell: labels of few values.
package struct AdmissionOutcome: Sendable, Equatable {
    package enum Operation: Int, Sendable, CaseIterable {
        case create
        case update
        case delete
        case connect
    }

    package enum Decision: Int, Sendable, CaseIterable {
        case allowed
        case denied
        /// Denied because a policy could not be evaluated.
        case error
        /// Would have been denied if the operator had not said otherwise.
        case unenforced
        /// Not judged, as the operator has said.
        case exempt
    }

    package var operation: Operation
    /// The API group of the request's kind, empty for the core group.
    package var group: String
    package var kind: String
    package var decision: Decision

    package init(operation: Operation, group: String, kind: String, decision: Decision) {
        self.operation = operation
        self.group = group
        self.kind = kind
        self.decision = decision
    }
}
