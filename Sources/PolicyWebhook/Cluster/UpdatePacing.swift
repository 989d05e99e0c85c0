import KubernetesAPI

/// When to act on changes, as a value: at once after a quiet time, and never for more than a tenth of the time.
struct UpdatePacing: Equatable {
    private var isDue = false
    private var notBefore = Duration.zero

    /// Something changed. Times are those of a clock that does not jump.
    ///
    /// - Returns: when to act; nil if that has been said already.
    mutating func changed(now: Duration) -> Duration? {
        guard !isDue else { return nil }
        isDue = true
        // Changes come in groups: a policy with its binding, a list of namespaces.
        return max(now + ExecutableLimits.changeGathering, notBefore)
    }

    mutating func started() { isDue = false }

    /// What was done for changes took this long.
    mutating func finished(start: Duration, end: Duration) {
        notBefore = end + (end - start) * ExecutableLimits.changeRest
    }
}
