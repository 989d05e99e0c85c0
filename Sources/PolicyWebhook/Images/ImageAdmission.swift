import ImageGathering
import ImageVerification
import PolicyEngine
import Synchronization
import Webhook

/// A request whose policies lack something about images: it is looked for, and the request is judged again.
final class ImageAdmission: DeferredAdmission {
    private struct State {
        var round = 0
        var isExpired = false
        var pending: PendingGathering?
        var completion: (@Sendable (Result<AdmissionAnswer, HTTPRefusal>) -> Void)?
    }

    let patience: Duration
    private let seconds: Double
    private let facts: ImageFacts
    private let gatherer: ImageGatherer
    /// Judges the request once more, with what is known by now; nil if that is not enough and need not be.
    private let judge: Judge

    typealias Judge = @Sendable (_ facts: ImageFacts, _ isLast: Bool) -> Result<AdmissionAnswer, HTTPRefusal>?

    private let state = Mutex(State())

    /// - Parameter timeout: the caller's patience.
    init(
        _ facts: ImageFacts, by gatherer: ImageGatherer, timeout: Duration?,
        judge: @escaping Judge
    ) {
        seconds = Self.seconds(of: timeout)
        patience = Self.patience(of: timeout)
        self.facts = facts
        self.gatherer = gatherer
        self.judge = judge
    }

    private static func seconds(of timeout: Duration?) -> Double {
        ImageGatherer.patience(
            of: timeout.map { Double($0.components.seconds) + Double($0.components.attoseconds) * 1e-18 })
    }

    /// How long a request about images may take, of its caller's patience.
    static func patience(of timeout: Duration?) -> Duration { .nanoseconds(Int64(seconds(of: timeout) * 1e9)) }

    func start(_ completion: @escaping @Sendable (Result<AdmissionAnswer, HTTPRefusal>) -> Void) {
        state.withLock { $0.completion = completion }
        look()
    }

    private func look() {
        let pending = PendingGathering.start(facts, by: gatherer, patience: seconds) { [self] in judgeAgain() }
        guard let pending else { return judgeAgain() }
        let isLate = state.withLock { state -> Bool in
            state.pending = pending
            return state.isExpired
        }
        if isLate { pending.expire() }
    }

    private func judgeAgain() {
        let isLast = state.withLock { state in
            state.round += 1
            return state.isExpired || state.round >= GatheringLimits.rounds
        }
        guard let result = judge(facts, isLast) else { return look() }
        state.withLock { $0.completion.take() }?(result)
    }

    func expire() {
        let pending = state.withLock { state in
            state.isExpired = true
            return state.pending
        }
        pending?.expire()
    }
}
