/// What a watch does next, as a value: told how each step went, says which one follows and when.
///
/// Find the kind's resource, list all objects page by page, watch from the list's resource version on; after a
/// disconnect, watch on from the last version that was seen; when the server no longer knows that version, list again.
/// Times are those of a clock that does not jump.
package struct WatchCycle: Equatable, Sendable {
    package enum Step: Equatable, Sendable {
        case discover
        /// - limit: objects of the page; 0 asks for everything at once.
        case list(token: String, limit: Int)
        case watch(resourceVersion: String)
        case wait(until: Duration)
    }

    /// Counted since the start.
    package struct Counters: Equatable, Sendable {
        package var lists = 0
        /// Watches that were begun.
        package var watches = 0
        package var failures = 0
    }

    private enum Phase: Equatable, Sendable {
        case discovering
        case listing(token: String)
        case watching(resourceVersion: String)
    }

    private var phase = Phase.discovering
    private var notBefore = Duration.zero
    private var backoff = Backoff()
    private var limit = KubernetesAPILimits.pageObjects
    /// Pages that had gone, in a row.
    private var lostPages = 0
    private var watchStart = Duration.zero
    package private(set) var counters = Counters()

    package init() {}

    package func next(now: Duration) -> Step {
        guard now >= notBefore else { return .wait(until: notBefore) }
        return switch phase {
        case .discovering: .discover
        // A server that keeps forgetting pages while they are read is asked for everything at once.
        case .listing(let token): .list(token: token, limit: lostPages > 1 ? 0 : limit)
        case .watching(let resourceVersion): .watch(resourceVersion: resourceVersion)
        }
    }

    package mutating func discovered() { phase = .listing(token: "") }

    /// - Parameter token: of the next page; empty after the last.
    package mutating func listed(resourceVersion: String, token: String) {
        guard token.isEmpty else {
            phase = .listing(token: token)
            return
        }
        counters.lists += 1
        lostPages = 0
        backoff.reset()
        phase = .watching(resourceVersion: resourceVersion)
    }

    package mutating func watchStarted(now: Duration) {
        counters.watches += 1
        watchStart = now
    }

    package mutating func saw(resourceVersion: String) {
        backoff.reset()
        phase = .watching(resourceVersion: resourceVersion)
    }

    /// The watch ended as it should, or its connection was lost: it goes on where it was.
    package mutating func watchEnded(now: Duration, jitter: Double) {
        guard now - watchStart < KubernetesAPILimits.goodWatch else {
            backoff.reset()
            return
        }
        // Also after events, which have reset the delay: a server that ends every watch at once is not to be hammered.
        notBefore = now + backoff.next(jitter: jitter)
    }

    /// A step failed. What was seen until then stays.
    package mutating func failed(_ failure: APIFailure, now: Duration, jitter: Double) {
        counters.failures += 1
        if case .watching = phase, now - watchStart >= KubernetesAPILimits.goodWatch { backoff.reset() }
        var delay = backoff.next(jitter: jitter)
        switch failure.kind {
        case .gone:
            if case .listing(let token) = phase, !token.isEmpty { lostPages += 1 }
            phase = .listing(token: "")
        case .malformed, .invalid, .conflict, .alreadyExists:
            if phase != .discovering { phase = .listing(token: "") }
        case .tooLarge:
            limit = max(1, limit / 4)
            lostPages = 0
            if phase != .discovering { phase = .listing(token: "") }
        case .notFound:
            // Not served, or no longer: it may come back under another version.
            phase = .discovering
            delay = max(delay, KubernetesAPILimits.absentKind)
        case .unauthorized, .forbidden, .tooManyRequests, .unavailable, .unreachable, .cancelled: break
        }
        if let wanted = failure.retryAfter {
            delay = max(delay, min(wanted, KubernetesAPILimits.longestRetryAfter))
        }
        notBefore = now + delay
    }
}
