import Glibc
package import NIOCore
import NIOPosix
import Synchronization

/// Takes log lines from any thread and writes them on a thread of its own: whoever logs never waits for the disk or for
/// a reader that stopped reading.
///
/// The queue is bounded, and so are the lines about single requests in each second; what is dropped is counted, and the
/// next line that gets through says how much that was.
package final class Log: Sendable {
    private struct State {
        var pending = ByteBuffer()
        var lines = 0
        var isScheduled = false
        var unreported = 0
        /// Request lines that may still come in the current second.
        var allowance = WebhookLimits.requestLogLinesPerSecond
        var second = 0
    }

    private let level: LogLine.Level
    private let descriptor: Int32
    private let group: MultiThreadedEventLoopGroup
    private let state = Mutex(State())
    private let dropped = Atomic<Int>(0)

    /// - Parameter descriptor: an open file; it stays open.
    package init(level: LogLine.Level = .info, descriptor: Int32 = STDERR_FILENO) {
        self.level = level
        self.descriptor = descriptor
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }

    /// Lines that did not fit into the bounds since the start.
    package var droppedLines: Int { dropped.load(ordering: .relaxed) }

    package func isEnabled(_ level: LogLine.Level) -> Bool { level >= self.level }

    /// Whether a line about one request may be made now; asked before it is made, which costs more than asking.
    package func admitsRequestLine(_ level: LogLine.Level) -> Bool {
        guard isEnabled(level) else { return false }
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &now)
        let admitted = state.withLock { state in
            if state.second != now.tv_sec {
                state.second = now.tv_sec
                state.allowance = WebhookLimits.requestLogLinesPerSecond
            }
            guard state.allowance > 0 else {
                state.unreported += 1
                return false
            }
            state.allowance -= 1
            return true
        }
        if !admitted { dropped.add(1, ordering: .relaxed) }
        return admitted
    }

    /// Queues a line; a full queue drops it.
    package func write(_ line: consuming LogLine) {
        guard isEnabled(line.level) else { return }
        let bytes = line.finished()
        let (queued, mustSchedule) = state.withLock { state in
            guard state.lines < WebhookLimits.queuedLogLines else {
                state.unreported += 1
                return (false, false)
            }
            state.pending.writeImmutableBuffer(bytes)
            state.lines += 1
            defer { state.isScheduled = true }
            return (true, !state.isScheduled)
        }
        if !queued { dropped.add(1, ordering: .relaxed) }
        if mustSchedule { group.next().execute { self.writePending() } }
    }

    /// Waits until everything that was queued before is written, at most as long as `patience`.
    package func flush(patience: TimeAmount = .seconds(2)) {
        // The promise and its timer live on another thread than the writer's, which may be stuck in its write.
        let other = MultiThreadedEventLoopGroup.singleton.next()
        let promise = other.makePromise(of: Void.self)
        let timer = other.scheduleTask(in: patience) { promise.succeed() }
        group.next().execute {
            self.writePending()
            promise.succeed()
        }
        try? promise.futureResult.wait()
        timer.cancel()
    }

    private func writePending() {
        let (batch, unreported) = state.withLock { state in
            defer {
                state.pending = ByteBuffer()
                state.lines = 0
                state.unreported = 0
                state.isScheduled = false
            }
            return (state.pending, state.unreported)
        }
        writeAll(batch)
        guard unreported > 0, isEnabled(.warning) else { return }
        var line = LogLine(.warning, "log lines dropped")
        line.add("lines", unreported)
        writeAll(line.finished())
    }

    private func writeAll(_ batch: ByteBuffer) {
        batch.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                // A full disk or a closed pipe costs the lines, not the server.
                guard count > 0 else {
                    dropped.add(1, ordering: .relaxed)
                    return
                }
                rest = rest.dropFirst(count)
            }
        }
    }
}
