import ImageVerification
import Synchronization

/// What a gatherer has done since the start, for metrics.
package final class GatheringStatistics: Sendable {
    /// Upper bounds of the latency histogram, in nanoseconds.
    package static let bounds: [Int64] = [
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000,
        1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]

    /// A copy of all counters.
    package struct Snapshot: Sendable {
        package var accepted = 0
        package var refused = 0
        package var unreadable = 0
        /// Images that could not be looked at.
        package var failures = 0
        /// Requests that did not wait any longer.
        package var expired = 0
        /// Requests that waited for another one's look.
        package var joined = 0
        /// By bound, with one more for what is above; not cumulative.
        package var latencies = [Int](repeating: 0, count: GatheringStatistics.bounds.count + 1)
        package var nanoseconds: Int64 = 0

        package init() {}
    }

    private let counters = Mutex(Snapshot())

    package init() {}

    package var snapshot: Snapshot { counters.withLock { $0 } }

    func verified(_ result: ImageCheckResult) {
        counters.withLock { counters in
            if result.isAccepted {
                counters.accepted += 1
            } else if result.unreadable != nil {
                counters.unreadable += 1
            } else {
                counters.refused += 1
            }
        }
    }

    func gathered(_ result: Result<ImageRecord, ImageFailure>, nanoseconds: Int64) {
        let bucket = Self.bounds.firstIndex { nanoseconds <= $0 } ?? Self.bounds.count
        counters.withLock { counters in
            if case .failure = result { counters.failures += 1 }
            counters.latencies[bucket] += 1
            counters.nanoseconds += nanoseconds
        }
    }

    func joined() { counters.withLock { $0.joined += 1 } }

    func expired() { counters.withLock { $0.expired += 1 } }
}
