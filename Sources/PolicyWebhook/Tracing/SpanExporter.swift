import Admission
import NIOCore
import NIOPosix
import OutgoingHTTP
import Synchronization
import Webhook

/// Sends finished spans to a collector: OTLP over HTTP, in JSON, in batches, from a thread of its own.
///
/// The queue is bounded. What does not fit, and what the collector does not take, is dropped and counted: a trace is worth
/// no request's time.
final class SpanExporter: Sendable {
    private struct State {
        var spans: [Span] = []
        var isScheduled = false
    }

    private let url: String
    private let serviceName: String
    private let version: String
    private let client: HTTPClient
    private let log: Log
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let state = Mutex(State())
    private let exported = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)
    private let isFailing = Atomic<Bool>(false)

    /// - Parameter url: where traces go, such as `http://collector:4318/v1/traces`.
    init(url: String, serviceName: String, version: String, log: Log) throws(HTTPError) {
        self.url = url
        self.serviceName = serviceName
        self.version = version
        self.log = log
        var configuration = HTTPClientConfiguration()
        // The operator names the collector, which within a cluster rarely has a certificate.
        configuration.plainHTTP = .allowed
        client = try HTTPClient(configuration)
    }

    func export(_ spans: [Span]) {
        let (isQueued, mustSchedule) = state.withLock { state in
            guard state.spans.count + spans.count <= ExecutableLimits.queuedSpans else { return (false, false) }
            state.spans += spans
            defer { state.isScheduled = true }
            return (true, !state.isScheduled)
        }
        if !isQueued { dropped.add(spans.count, ordering: .relaxed) }
        if mustSchedule {
            group.next().scheduleTask(in: ExecutableLimits.spanDelay) {
                self.send(until: ExecutableLimits.spanPatience)
            }
        }
    }

    /// Sends what is queued, for a short while, and stops.
    func stop() {
        try? group.next().submit { self.send(until: ExecutableLimits.lastSpanPatience) }.wait()
        try? group.syncShutdownGracefully()
    }

    private func send(until patience: Duration) {
        let spans = state.withLock { state in
            defer { state = State() }
            return state.spans
        }
        var rest = spans[...]
        while !rest.isEmpty {
            let batch = rest.prefix(ExecutableLimits.spansPerBatch)
            rest = rest.dropFirst(batch.count)
            if let failure = send(batch, until: patience) {
                dropped.add(batch.count, ordering: .relaxed)
                report(failure)
            } else {
                exported.add(batch.count, ordering: .relaxed)
                isFailing.store(false, ordering: .relaxed)
            }
        }
    }

    /// - Returns: what went wrong.
    private func send(_ spans: ArraySlice<Span>, until patience: Duration) -> String? {
        var request = HTTPRequest("POST", url)
        request.headers = [HTTPHeader("Content-Type", "application/json")]
        request.body = encode(spans)
        request.deadline = ContinuousClock.now + patience
        request.maximumBodyBytes = ExecutableLimits.collectorAnswerBytes
        do throws(HTTPError) {
            let response = try client.send(request)
            return (200..<300).contains(response.status) ? nil : "the collector answered \(response.status)"
        } catch {
            return "\(error)"
        }
    }

    private func encode(_ spans: ArraySlice<Span>) -> [UInt8] {
        var json: [UInt8] = []
        json.append(contentsOf: #"{"resourceSpans":[{"resource":{"attributes":["#.utf8)
        Span.encode("service.name", .text(serviceName), into: &json)
        json.append(UInt8(ascii: ","))
        Span.encode("service.version", .text(version), into: &json)
        json.append(contentsOf: #"]},"scopeSpans":[{"scope":{"name":"guardrail"},"spans":["#.utf8)
        for (index, span) in spans.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            span.encode(into: &json)
        }
        json.append(contentsOf: "]}]}]}".utf8)
        return json
    }

    /// Once for each time that it starts to fail.
    private func report(_ failure: String) {
        guard !isFailing.exchange(true, ordering: .relaxed) else { return }
        var line = LogLine(.warning, "traces are not taken")
        line.add("url", url)
        line.add("error", failure)
        log.write(line)
    }
}

extension SpanExporter: MetricsSource {
    func write(into text: inout MetricsText) {
        text.single(
            "guardrail_trace_spans_total", "counter", "Spans that the collector took.",
            exported.load(ordering: .relaxed))
        text.single(
            "guardrail_trace_spans_dropped_total", "counter",
            "Spans that the collector did not take, or that were too many.",
            dropped.load(ordering: .relaxed))
    }
}
