import Synchronization
import Webhook

/// A request whose Namespace is looked up before it is judged.
final class NamespaceAdmission: DeferredAdmission {
    /// What judging came to once the Namespace is known, or known not to be.
    enum Step: Sendable {
        case done(Result<AdmissionAnswer, HTTPRefusal>)
        /// Something else lacks.
        case more(any DeferredAdmission)
    }

    private struct State {
        var isExpired = false
        var next: (any DeferredAdmission)?
        /// nil once it is judged.
        var completion: (@Sendable (Result<AdmissionAnswer, HTTPRefusal>) -> Void)?
    }

    let patience: Duration
    private let name: String
    private let lookup: NamespaceLookup
    private let judge: @Sendable (NamespaceLookup.Answer) -> Step
    private let state = Mutex(State())

    init(
        _ name: String, in lookup: NamespaceLookup, patience: Duration,
        judge: @escaping @Sendable (NamespaceLookup.Answer) -> Step
    ) {
        self.name = name
        self.lookup = lookup
        self.patience = patience
        self.judge = judge
    }

    /// How long a request without other needs waits, of the caller's patience.
    static func patience(of timeout: Duration?) -> Duration {
        guard let timeout else { return ExecutableLimits.lookupPatience }
        return min(timeout * 4 / 5, ExecutableLimits.lookupPatience)
    }

    func start(_ completion: @escaping @Sendable (Result<AdmissionAnswer, HTTPRefusal>) -> Void) {
        state.withLock { $0.completion = completion }
        lookup.find(name) { self.proceed($0) }
    }

    /// Whoever comes first judges: the answer, or the end of the time.
    private func proceed(_ answer: NamespaceLookup.Answer) {
        guard let completion = state.withLock({ $0.completion.take() }) else { return }
        switch judge(answer) {
        case .done(let result): completion(result)
        case .more(let next):
            let isExpired = state.withLock { state in
                state.next = next
                return state.isExpired
            }
            next.start(completion)
            if isExpired { next.expire() }
        }
    }

    func expire() {
        let next = state.withLock { state in
            state.isExpired = true
            return state.next
        }
        if let next { next.expire() } else { proceed(.unknown) }
    }
}
