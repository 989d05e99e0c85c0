import Synchronization

/// Ends requests from another thread, at once.
package final class HTTPCancellation: Sendable {
    private struct State {
        var isCancelled = false
        var nextID = 0
        var wakers: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var isCancelled: Bool { state.withLock(\.isCancelled) }

    /// Ends all requests that hold this, now and later. May be called often and from anywhere.
    package func cancel() {
        state.withLock { state in
            state.isCancelled = true
            // Under the lock: a transfer that ends removes its waker before its handle goes.
            for waker in state.wakers.values { waker() }
        }
    }

    /// Registers what interrupts a wait.
    func add(_ waker: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.nextID += 1
            state.wakers[state.nextID] = waker
            return state.nextID
        }
    }

    func remove(_ id: Int) {
        state.withLock { state in _ = state.wakers.removeValue(forKey: id) }
    }
}
