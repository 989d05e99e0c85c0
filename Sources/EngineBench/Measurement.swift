import CAllocationCounter

/// Time and allocations per call, measured over many.
struct Measurement {
    /// Nanoseconds per call: the median of the rounds.
    let nanoseconds: Double
    /// Heap allocations per call.
    let allocations: Double

    /// Runs `body` in rounds of `count` calls after a warm-up.
    init(rounds: Int = 7, count: Int, _ body: () -> Void) {
        for _ in 0..<max(1, count / 10) { body() }
        let clock = ContinuousClock()
        var times: [Double] = []
        let before = guardrail_allocation_count()
        for _ in 0..<rounds {
            let elapsed = clock.measure { for _ in 0..<count { body() } }
            let (seconds, attoseconds) = elapsed.components
            times.append((Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(count))
        }
        let after = guardrail_allocation_count()
        times.sort()
        nanoseconds = times[times.count / 2]
        allocations = Double(after - before) / Double(rounds * count)
    }
}

/// Keeps the optimiser from dropping a result that nobody looks at.
@inline(never)
func consume<T>(_ value: borrowing T) {}
