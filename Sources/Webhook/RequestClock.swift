import NIOCore

/// How long a connection may stay in each of its states, as a value: the handler asks it when its timer fires.
///
/// The deadline moves with every request but the timer does not: it looks once in `WebhookLimits.clockPeriod`. So a request
/// costs no timer, and a deadline is noticed at most one period late.
struct RequestClock: Equatable {
    enum Phase: Equatable {
        /// Between requests.
        case idle
        /// Some bytes of a head have come.
        case head
        case body
        /// The answer comes from elsewhere.
        case answering
        /// The client does not read its answers.
        case blocked
    }

    enum Verdict: Equatable {
        case expired(Phase)
        case wait(until: NIODeadline)
    }

    private let timeouts: WebhookConfiguration.Timeouts
    private(set) var phase = Phase.idle
    private var deadline: NIODeadline
    private var isDraining = false

    init(timeouts: WebhookConfiguration.Timeouts, now: NIODeadline) {
        self.timeouts = timeouts
        deadline = now + timeouts.idle
    }

    mutating func bytesArrived(now: NIODeadline) {
        if phase == .idle { enter(.head, until: now + timeouts.head) }
    }

    mutating func headReceived(now: NIODeadline) {
        enter(.body, until: now + timeouts.body)
    }

    /// Whoever answers has a deadline of its own, which is shorter than this.
    mutating func answerDeferred(now: NIODeadline) { enter(.answering, until: now + WebhookLimits.longestAnswer) }

    mutating func requestEnded(now: NIODeadline) {
        enter(.idle, until: now + (isDraining ? timeouts.drainIdle : timeouts.idle))
    }

    /// From now on an idle connection has only as long as a request that is already on its way may need.
    mutating func drain(now: NIODeadline) {
        isDraining = true
        if phase == .idle { deadline = now + timeouts.drainIdle }
    }

    mutating func outputBlocked(now: NIODeadline) {
        enter(.blocked, until: now + timeouts.write)
    }

    /// The client is reading again: what was due before starts anew.
    mutating func outputUnblocked(betweenRequests: Bool, now: NIODeadline) {
        guard phase == .blocked else { return }
        if betweenRequests { requestEnded(now: now) } else { headReceived(now: now) }
    }

    func check(now: NIODeadline) -> Verdict {
        now >= deadline ? .expired(phase) : .wait(until: deadline)
    }

    private mutating func enter(_ phase: Phase, until deadline: NIODeadline) {
        self.phase = phase
        self.deadline = deadline
    }
}
