import Synchronization

/// Counters that one thread adds to and any thread reads: an addition is a load, an add and a store, without a lock.
// SAFETY: the memory is made in `init` and freed in `deinit`; its contents are atomics.
final class CounterBlock: @unchecked Sendable {
    private let values: UnsafeMutablePointer<Atomic<Int>>
    let count: Int

    init(count: Int) {
        self.count = count
        values = .allocate(capacity: count)
        for index in 0..<count { (values + index).initialize(to: Atomic(0)) }
    }

    deinit {
        values.deinitialize(count: count)
        values.deallocate()
    }

    /// To be called by the owning thread only: additions of two threads could get lost.
    func add(_ amount: Int, at index: Int) {
        let value = values[index].load(ordering: .relaxed)
        values[index].store(value &+ amount, ordering: .relaxed)
    }

    subscript(index: Int) -> Int { values[index].load(ordering: .relaxed) }
}
