/// The buckets of a latency histogram within a `CounterBlock`: a count for each bound, one for what is above, a sum.
struct Histogram {
    /// Upper bounds in nanoseconds, with the text that Prometheus shows for them in seconds.
    static let bounds: [(nanoseconds: Int, label: String)] = [
        (25_000, "0.000025"), (50_000, "0.00005"), (100_000, "0.0001"), (250_000, "0.00025"), (500_000, "0.0005"),
        (1_000_000, "0.001"), (2_500_000, "0.0025"), (5_000_000, "0.005"), (10_000_000, "0.01"),
        (25_000_000, "0.025"), (50_000_000, "0.05"), (100_000_000, "0.1"), (250_000_000, "0.25"),
        (1_000_000_000, "1"), (10_000_000_000, "10"),
    ]
    private static let limits = bounds.map(\.nanoseconds)
    static let size = bounds.count + 2

    /// The index of its first counter.
    let start: Int

    func record(nanoseconds: Int, in block: CounterBlock) {
        var bucket = 0
        while bucket < Self.limits.count, nanoseconds > Self.limits[bucket] { bucket += 1 }
        block.add(1, at: start + bucket)
        block.add(nanoseconds, at: start + Self.size - 1)
    }

    /// Counts by bucket (not cumulative) and the sum in nanoseconds, over all blocks.
    func read(_ blocks: [CounterBlock]) -> (counts: [Int], sum: Int) {
        let counts = (0...Self.bounds.count).map { bucket in blocks.reduce(0) { $0 + $1[start + bucket] } }
        return (counts, blocks.reduce(0) { $0 + $1[start + Self.size - 1] })
    }
}
