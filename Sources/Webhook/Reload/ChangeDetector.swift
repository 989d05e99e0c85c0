/// When to load watched files again, as a value: told at each look what the files look like, says whether to load now.
///
/// A change is acted on once two looks in a row saw the same, so that a set that is still being written is not read
/// half. One that never settles is loaded anyway after a while. What could not be read is tried again now and then: the
/// reason may have been the system's (no descriptors left), not the files'.
package struct ChangeDetector: Equatable, Sendable {
    /// What was last loaded, or tried.
    private var loaded: UInt64
    private var seen: UInt64?
    private var unsettled = 0
    private var retryAt: Int?

    /// - Parameter loaded: the fingerprint taken before the first load.
    package init(loaded: UInt64) { self.loaded = loaded }

    /// - Parameter now: seconds of a clock that does not jump.
    package mutating func look(_ current: UInt64, now: Int) -> Bool {
        guard current != loaded else {
            seen = nil
            unsettled = 0
            guard let retryAt, now >= retryAt else { return false }
            self.retryAt = nil
            return true
        }
        guard current == seen || unsettled >= WebhookLimits.unsettledLooks else {
            seen = current
            unsettled += 1
            return false
        }
        loaded = current
        seen = nil
        unsettled = 0
        return true
    }

    /// The load that the last look asked for is over.
    package mutating func finished(_ outcome: ReloadOutcome, now: Int) {
        retryAt = outcome == .unreadable ? now + WebhookLimits.reloadRetrySeconds : nil
    }

    /// Load at the next look, whatever it sees.
    package mutating func request(now: Int) { retryAt = now }
}
