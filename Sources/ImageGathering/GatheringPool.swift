import Glibc

/// Threads that start when there is work and end when there has been none for a while.
///
/// Looking at registries is waiting; none of it may happen on an event loop.
final class GatheringPool: @unchecked Sendable {
    /// For all who look in this process, one after the other: a reload needs no new threads, and none ends because what it
    /// looked for is not wanted any more.
    static let shared = GatheringPool(threads: GatheringLimits.threads)

    // SAFETY: everything that changes is guarded by `mutex`.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let hasWork = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let limit: Int
    /// What waits, behind what was taken.
    private var queue: [(@Sendable () -> Void)?] = []
    private var head = 0
    private var threads = 0
    private var idle = 0
    private var isStopped = false

    init(threads limit: Int) {
        self.limit = limit
        pthread_mutex_init(mutex, nil)
        let attributes = UnsafeMutablePointer<pthread_condattr_t>.allocate(capacity: 1)
        pthread_condattr_init(attributes)
        pthread_condattr_setclock(attributes, CLOCK_MONOTONIC)
        pthread_cond_init(hasWork, attributes)
        pthread_condattr_destroy(attributes)
        attributes.deallocate()
    }

    deinit {
        // Threads hold the pool while they run, so none is left here.
        pthread_cond_destroy(hasWork)
        pthread_mutex_destroy(mutex)
        hasWork.deallocate()
        mutex.deallocate()
    }

    /// - Parameter mayWait: whether the work may wait for others to end.
    /// - Returns: false if too much is waiting already, or no thread can be had.
    func run(mayWait: Bool = true, _ work: @escaping @Sendable () -> Void) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        let waiting = queue.count - head
        guard !isStopped, waiting < GatheringLimits.waitingImages else { return false }
        guard mayWait || waiting < idle || threads < limit else { return false }
        queue.append(work)
        // Threads that were woken count as idle until they run: there must be one for each piece of work.
        if queue.count - head <= idle {
            pthread_cond_signal(hasWork)
        } else if threads < limit {
            if startThread() {
                threads += 1
            } else if threads == 0 {
                queue.removeLast()
                return false
            }
        }
        return true
    }

    /// Lets the threads end when their work is done; nothing new is taken.
    func stop() {
        pthread_mutex_lock(mutex)
        isStopped = true
        pthread_cond_broadcast(hasWork)
        pthread_mutex_unlock(mutex)
    }

    private func startThread() -> Bool {
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        defer { attributes.deallocate() }
        pthread_attr_init(attributes)
        defer { pthread_attr_destroy(attributes) }
        pthread_attr_setstacksize(attributes, GatheringLimits.stackBytes)
        pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let pool = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread, attributes,
            { argument in
                if let argument { Unmanaged<GatheringPool>.fromOpaque(argument).takeRetainedValue().loop() }
                return nil
            }, pool.toOpaque())
        if result != 0 { pool.release() }
        return result == 0
    }

    private func loop() {
        pthread_mutex_lock(mutex)
        while true {
            if head < queue.count {
                var work = queue[head]
                queue[head] = nil
                head += 1
                if head == queue.count {
                    queue.removeAll(keepingCapacity: true)
                    head = 0
                }
                pthread_mutex_unlock(mutex)
                work?()
                // Whoever is held by nothing else ends here, and may want the mutex for that.
                work = nil
                pthread_mutex_lock(mutex)
                continue
            }
            guard !isStopped else { break }
            idle += 1
            var end = timespec()
            clock_gettime(CLOCK_MONOTONIC, &end)
            end.tv_sec += Int(GatheringLimits.idleMilliseconds / 1_000)
            let result = pthread_cond_timedwait(hasWork, mutex, &end)
            idle -= 1
            if result == ETIMEDOUT, head == queue.count { break }
        }
        threads -= 1
        pthread_mutex_unlock(mutex)
    }
}
