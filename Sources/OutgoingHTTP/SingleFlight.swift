import Glibc

/// Lets threads that want the same thing at the same time wait for the one that gets it.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: @unchecked Sendable {
    // SAFETY: everything that changes is guarded by `mutex`.
    private final class Flight {
        /// nil at the end if nothing was got.
        var value: Value?
        var isOver = false
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let isOver = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var flights: [Key: Flight] = [:]
    private var waiters = 0

    package init() {
        pthread_mutex_init(mutex, nil)
        let attributes = UnsafeMutablePointer<pthread_condattr_t>.allocate(capacity: 1)
        pthread_condattr_init(attributes)
        pthread_condattr_setclock(attributes, CLOCK_MONOTONIC)
        pthread_cond_init(isOver, attributes)
        pthread_condattr_destroy(attributes)
        attributes.deallocate()
    }

    deinit {
        pthread_cond_destroy(isOver)
        pthread_mutex_destroy(mutex)
        isOver.deallocate()
        mutex.deallocate()
    }

    /// What the first of several callers gets, for all who ask while it does.
    ///
    /// Who waits in vain, because the other one failed or time runs out, gets it alone: another's error may come from
    /// another's deadline.
    ///
    /// - Throws: what the caller's own `get` throws.
    package func value<Failure: Error>(
        for key: Key, until deadline: ContinuousClock.Instant?, _ get: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        pthread_mutex_lock(mutex)
        if let other = flights[key] {
            let found = wait(for: other, until: deadline)
            pthread_mutex_unlock(mutex)
            if let found { return found }
            return try get()
        }
        let flight = Flight()
        flights[key] = flight
        pthread_mutex_unlock(mutex)
        do throws(Failure) {
            let value = try get()
            finish(flight, key, value)
            return value
        } catch {
            finish(flight, key, nil)
            throw error
        }
    }

    private func finish(_ flight: Flight, _ key: Key, _ value: Value?) {
        pthread_mutex_lock(mutex)
        flight.value = value
        flight.isOver = true
        flights.removeValue(forKey: key)
        pthread_cond_broadcast(isOver)
        pthread_mutex_unlock(mutex)
    }

    /// How many threads wait for another one.
    var waiting: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return waiters
    }

    /// The mutex is held.
    private func wait(for flight: Flight, until deadline: ContinuousClock.Instant?) -> Value? {
        waiters += 1
        defer { waiters -= 1 }
        while !flight.isOver {
            guard let deadline else {
                pthread_cond_wait(isOver, mutex)
                continue
            }
            let left = ContinuousClock.now.duration(to: deadline).components
            guard left.seconds > 0 || (left.seconds == 0 && left.attoseconds > 0) else { return nil }
            var end = timespec()
            clock_gettime(CLOCK_MONOTONIC, &end)
            let nanoseconds = Int64(end.tv_nsec) + left.attoseconds / 1_000_000_000
            end.tv_sec += Int(left.seconds + nanoseconds / 1_000_000_000)
            end.tv_nsec = Int(nanoseconds % 1_000_000_000)
            pthread_cond_timedwait(isOver, mutex, &end)
        }
        return flight.value
    }
}
