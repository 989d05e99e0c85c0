import Glibc

/// Lets one thread wait for another.
final class Latch: @unchecked Sendable {
    // SAFETY: the semaphore is made for several threads.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func open() { sem_post(semaphore) }

    /// For what ends by itself.
    func wait() {
        while sem_wait(semaphore) != 0, errno == EINTR {}
    }

    /// - Returns: false if the time is over.
    func wait(seconds: Double) -> Bool {
        var end = timespec()
        // POSIX knows this wait by the wall clock only.
        clock_gettime(CLOCK_REALTIME, &end)
        let nanoseconds = Int64(end.tv_nsec) + Int64(seconds * 1e9)
        end.tv_sec += Int(nanoseconds / 1_000_000_000)
        end.tv_nsec = Int(nanoseconds % 1_000_000_000)
        while sem_timedwait(semaphore, &end) != 0 {
            if errno != EINTR { return false }
        }
        return true
    }
}
