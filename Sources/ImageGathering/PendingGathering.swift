package import ImageVerification
import Synchronization

/// The images of one request that are being looked at.
package final class PendingGathering: Sendable {
    private struct State {
        var remaining: [String: ImageReference]
        var isDone = false
    }

    private let state: Mutex<State>
    private let facts: ImageFacts
    private let gatherer: ImageGatherer
    private let patience: Double
    private let completion: @Sendable () -> Void

    /// Starts to look at everything that evaluation has missed.
    ///
    /// - Parameters:
    ///   - patience: in seconds; the caller ends it by `expire`.
    ///   - completion: called once, on any thread, also at once.
    /// - Returns: nil if nothing is missing; then `completion` is not called.
    package static func start(
        _ facts: ImageFacts, by gatherer: ImageGatherer, patience: Double, completion: @escaping @Sendable () -> Void
    ) -> PendingGathering? {
        let needs = facts.takeNeeds()
        guard !needs.isEmpty else { return nil }
        let pending = PendingGathering(needs, facts, gatherer, patience, completion)
        for need in needs {
            gatherer.gather(need, patience: patience) { pending.take($0, for: need.text) }
        }
        return pending
    }

    private init(
        _ needs: [ImageNeed], _ facts: ImageFacts, _ gatherer: ImageGatherer, _ patience: Double,
        _ completion: @escaping @Sendable () -> Void
    ) {
        state = Mutex(
            State(
                remaining: Dictionary(needs.map { ($0.text, $0.reference) }, uniquingKeysWith: { first, _ in first })))
        self.facts = facts
        self.gatherer = gatherer
        self.patience = patience
        self.completion = completion
    }

    private func take(_ result: Result<ImageRecord, ImageFailure>, for text: String) {
        let isLast = state.withLock { state -> Bool in
            guard !state.isDone, state.remaining.removeValue(forKey: text) != nil else { return false }
            facts.supply(text, result)
            state.isDone = state.remaining.isEmpty
            return state.isDone
        }
        if isLast { completion() }
    }

    /// The time is over: what is not known by now counts as not to be had. The search goes on for those who ask next.
    package func expire() {
        let isFirst = state.withLock { state -> Bool in
            guard !state.isDone else { return false }
            for (text, reference) in state.remaining {
                let seconds = (patience * 10).rounded() / 10
                facts.supply(
                    text,
                    .failure(
                        ImageFailure(
                            VerificationError(
                                .storeUnreadable,
                                "\(gatherer.name(of: reference)) did not answer within \(seconds) seconds"))))
            }
            state.isDone = true
            return true
        }
        if isFirst {
            gatherer.statistics.expired()
            completion()
        }
    }
}

extension ImageGatherer {
    /// What is left to look at images of a caller's patience, in seconds; nil: the caller said nothing.
    package static func patience(of timeout: Double?) -> Double {
        guard let timeout else { return GatheringLimits.patience - GatheringLimits.reserve }
        let reserve = min(GatheringLimits.reserve, timeout * GatheringLimits.reservedPart)
        return min(max(timeout - reserve, 0.05), GatheringLimits.longestPatience)
    }

    /// Evaluates, looks at what was missing, and evaluates again. For callers that may wait.
    ///
    /// - Parameter assumesPinning: see `ImageFacts`.
    package func review<Verdict>(
        patience: Double = GatheringLimits.patience, assumesPinning: Bool, _ evaluate: (ImageFacts) -> Verdict
    ) -> Verdict {
        let facts = ImageFacts(cache: cache, assumesPinning: assumesPinning)
        for _ in 0..<GatheringLimits.rounds {
            let verdict = evaluate(facts)
            let latch = Latch()
            guard
                let pending = PendingGathering.start(facts, by: self, patience: patience, completion: { latch.open() })
            else { return verdict }
            if !latch.wait(seconds: patience) { pending.expire() }
        }
        return evaluate(facts)
    }
}
