/// Growing delays between attempts.
package struct Backoff: Equatable, Sendable {
    private var failures = 0

    package init() {}

    /// - Parameter jitter: from 0 up to 1. The delay is between half of the step and all of it, so that a thousand
    ///   clients that lost the server together do not come back together.
    package mutating func next(jitter: Double) -> Duration {
        let step = min(
            KubernetesAPILimits.shortestBackoff * (1 << min(failures, 16)), KubernetesAPILimits.longestBackoff)
        failures += 1
        return step / 2 + step / 2 * min(max(jitter, 0), 1)
    }

    package mutating func reset() { failures = 0 }
}
