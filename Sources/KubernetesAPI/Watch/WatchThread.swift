import Glibc
import Synchronization

/// Runs a watch, or anything else that takes steps and waits between them, until it is stopped.
package final class WatchThread: Sendable {
    /// A pipe: its ends for reading and for writing.
    private let wakeup: (read: Int32, write: Int32)
    private let isStopped = Atomic<Bool>(false)
    private let thread = Mutex<pthread_t?>(nil)
    private let cancel: @Sendable () -> Void

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    package convenience init(_ watch: ResourceWatch) {
        self.init(cancel: { watch.cancel() }, step: { watch.step() })
    }

    /// - Parameters:
    ///   - cancel: makes a step that is going on end soon.
    ///   - step: returns how long to wait before the next; nil to go on at once.
    package init(cancel: @escaping @Sendable () -> Void, step: @escaping @Sendable () -> Duration?) {
        self.cancel = cancel
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        wakeup = (ends[0], ends[1])
        start { [self] in
            while !isStopped.load(ordering: .acquiring) {
                if let delay = step() { wait(delay) }
            }
        }
    }

    deinit {
        close(wakeup.read)
        close(wakeup.write)
    }

    /// Makes a wait between two steps end now.
    package func wake() {
        // A full pipe wakes as well.
        _ = write(wakeup.write, [1], 1)
    }

    /// Tells it to end, without waiting for it.
    package func requestStop() {
        isStopped.store(true, ordering: .releasing)
        cancel()
        wake()
    }

    /// Ends it and waits for that. Must not be called from within a step.
    package func stop() {
        requestStop()
        let joined = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let joined { pthread_join(joined, nil) }
    }

    private func start(_ body: @escaping @Sendable () -> Void) {
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        pthread_attr_init(attributes)
        defer {
            pthread_attr_destroy(attributes)
            attributes.deallocate()
        }
        // Most of these threads wait for the network; the default of 8 MiB would only be reserved.
        pthread_attr_setstacksize(attributes, 1 << 20)
        var handle = pthread_t()
        let box = Unmanaged.passRetained(Body(body))
        let code = pthread_create(
            &handle, attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            return
        }
        thread.withLock { $0 = handle }
    }

    private func wait(_ delay: Duration) {
        let parts = delay.components
        let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000 + 1
        var descriptor = pollfd(fd: wakeup.read, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, Int32(clamping: max(0, milliseconds))) > 0 else { return }
        var drained = [UInt8](repeating: 0, count: 64)
        while read(wakeup.read, &drained, drained.count) > 0 {}
    }
}
