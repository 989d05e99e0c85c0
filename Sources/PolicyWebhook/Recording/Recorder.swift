import Documents
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Values
import Webhook

/// Keeps the most recent requests with their answers as files of a directory, for `policy-check` to judge again.
///
/// Requests are only copied where they are answered; a thread of its own redacts and writes them. Beyond the bounds
/// requests are not recorded, and that is counted: recording never delays or fails a request.
final class Recorder: Sendable {
    private struct Recording {
        var review: [UInt8]
        var response: [UInt8]
    }

    private struct State {
        var queue: [Recording] = []
        var queuedBytes = 0
        var isScheduled = false
    }

    private let directory: String
    private let limit: Int
    private let log: Log
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let state = Mutex(State())
    private let written = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)
    private let isFailing = Atomic<Bool>(false)
    /// The number of the next file, used by the writing thread only; atomic to be `Sendable`.
    private let next: Atomic<Int>

    /// Goes on after the newest file of an earlier run.
    ///
    /// - Parameters:
    ///   - directory: exists and can be written to.
    ///   - limit: files kept; the oldest is overwritten.
    init(directory: String, limit: Int, log: Log) {
        self.directory = directory
        self.limit = limit
        self.log = log
        next = Atomic(Self.numberAfterNewest(in: directory, limit: limit))
    }

    /// `request-00000.json`: the numbers go round, so that the directory never has more files than the limit.
    static func name(_ number: Int) -> String {
        let digits = String(number)
        return "request-\(String(repeating: "0", count: max(0, 5 - digits.count)))\(digits).json"
    }

    private static func numberAfterNewest(in directory: String, limit: Int) -> Int {
        var newest: (number: Int, time: timespec)?
        for number in 0..<limit {
            var attributes = stat()
            guard stat("\(directory)/\(name(number))", &attributes) == 0 else { continue }
            let time = attributes.st_mtim
            if let known = newest, (known.time.tv_sec, known.time.tv_nsec) > (time.tv_sec, time.tv_nsec) { continue }
            newest = (number, time)
        }
        return newest.map { ($0.number + 1) % limit } ?? 0
    }

    /// Queues a request and its answer, both JSON.
    func record(_ review: UnsafeRawBufferPointer, response: [UInt8]) {
        let bytes = review.count + response.count
        let (isQueued, mustSchedule) = state.withLock { state in
            guard bytes <= ExecutableLimits.recordedBytes, state.queue.count < ExecutableLimits.queuedRecordings,
                state.queuedBytes + bytes <= ExecutableLimits.queuedRecordingBytes
            else { return (false, false) }
            state.queue.append(Recording(review: Array(review), response: response))
            state.queuedBytes += bytes
            defer { state.isScheduled = true }
            return (true, !state.isScheduled)
        }
        if !isQueued { dropped.add(1, ordering: .relaxed) }
        if mustSchedule { group.next().execute { self.writeQueue() } }
    }

    /// Writes what is queued and stops.
    func stop() {
        try? group.next().submit { self.writeQueue() }.wait()
        try? group.syncShutdownGracefully()
    }

    private func writeQueue() {
        let queue = state.withLock { state in
            defer { state = State() }
            return state.queue
        }
        let parser = JSONParser()
        for recording in queue {
            guard let review = try? parser.parse(recording.review), let text = Self.text(review, recording, parser)
            else {
                dropped.add(1, ordering: .relaxed)
                continue
            }
            write(text)
        }
    }

    private static func text(_ review: Document, _ recording: Recording, _ parser: JSONParser) -> [UInt8]? {
        let answer = try? parser.parse(recording.response)
        let response = answer?.root["response" as StaticString]
        return Redaction.copy(review.root, response: response).map { JSONWriter(indent: 2).write($0.root) }
    }

    private func write(_ text: [UInt8]) {
        let number = next.load(ordering: .relaxed)
        let path = "\(directory)/\(Self.name(number))"
        // Renamed into place, so that a reader never sees half of one.
        let temporary = "\(path).part"
        if let failure = Self.write(text, to: temporary, finally: path) {
            dropped.add(1, ordering: .relaxed)
            unlink(temporary)
            // Once for each time that it starts to fail: a full disk fails for every request.
            guard !isFailing.exchange(true, ordering: .relaxed) else { return }
            var line = LogLine(.error, "requests are not recorded")
            line.add("file", path)
            line.add("error", failure)
            log.write(line)
            return
        }
        isFailing.store(false, ordering: .relaxed)
        next.store((number + 1) % limit, ordering: .relaxed)
        written.add(1, ordering: .relaxed)
    }

    /// - Returns: what went wrong, in the system's words.
    private static func write(_ text: [UInt8], to temporary: String, finally path: String) -> String? {
        // Only the server's own user may read what users sent.
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        let failure = text.withUnsafeBytes { bytes -> String? in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return String(cString: strerror(errno)) }
                rest = rest.dropFirst(count)
            }
            return nil
        }
        guard close(descriptor) == 0, failure == nil, rename(temporary, path) == 0 else {
            return failure ?? String(cString: strerror(errno))
        }
        return nil
    }
}

extension Recorder: MetricsSource {
    func write(into text: inout MetricsText) {
        text.single(
            "guardrail_recorded_requests_total", "counter", "Requests written to the directory of --record.",
            written.load(ordering: .relaxed))
        text.single(
            "guardrail_unrecorded_requests_total", "counter",
            "Requests that --record did not write: too large, too many at a time, or the disk refused.",
            dropped.load(ordering: .relaxed))
    }
}
