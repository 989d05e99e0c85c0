import NIOCore

/// All counters of a server, and their text for Prometheus: the loops' blocks summed when someone asks.
final class ServerMetrics: Sendable {
    private let status: ServerStatus
    private let labels: KindLabels
    private let blocks: [CounterBlock]

    /// - Parameters:
    ///   - labels: those of all loops.
    ///   - blocks: each loop's.
    init(status: ServerStatus, labels: KindLabels, blocks: [CounterBlock]) {
        self.status = status
        self.labels = labels
        self.blocks = blocks
    }

    /// Appends the text exposition format, version 0.0.4.
    func write(into output: inout ByteBuffer) {
        var text = MetricsText()
        writeRequests(labels.all, &text)
        text.histogram(
            "guardrail_admission_evaluation_seconds", "Time to decode, judge and answer an admission request.",
            LoopMetrics.Layout.evaluation.read(blocks))
        text.histogram(
            "guardrail_admission_request_seconds", "Time from an admission request's first byte to its answer.",
            LoopMetrics.Layout.total.read(blocks))
        writeServer(&text)
        status.writeMetrics(into: &text)
        ProcessMetrics.write(into: &text)
        output.writeImmutableBuffer(text.buffer)
    }

    private func sum(_ index: Int) -> Int { blocks.reduce(0) { $0 + $1[index] } }

    private func writeRequests(_ kinds: [KindLabels.Kind], _ text: inout MetricsText) {
        let name = "guardrail_admission_requests_total"
        text.family(name, "counter", "Admission requests by operation, kind and decision.")
        for (number, kind) in kinds.enumerated() {
            for operation in AdmissionOutcome.Operation.allCases {
                for decision in AdmissionOutcome.Decision.allCases {
                    let count = sum(LoopMetrics.Layout.request(kind: number, operation, decision))
                    guard count > 0 else { continue }
                    let labels = [
                        ("operation", "\(operation)".uppercased()), ("group", kind.group), ("kind", kind.kind),
                        ("decision", "\(decision)"),
                    ]
                    text.sample(name, labels, count)
                }
            }
        }
    }

    private func writeServer(_ text: inout MetricsText) {
        typealias Layout = LoopMetrics.Layout
        text.family("guardrail_http_responses_total", "counter", "Answers by HTTP status code.")
        for (index, code) in LoopMetrics.codes.enumerated() {
            let label = code == 0 ? "other" : String(code)
            text.sample("guardrail_http_responses_total", [("code", label)], sum(Layout.codes + index))
        }
        text.family("guardrail_shed_total", "counter", "Requests and connections turned away under load, by reason.")
        for reason in LoopMetrics.Shed.allCases {
            text.sample("guardrail_shed_total", [("reason", reason.label)], sum(Layout.shed + reason.rawValue))
        }
        text.single(
            "guardrail_requests_in_flight", "gauge", "Admission requests that are not answered yet.",
            sum(Layout.inFlight))
        text.single("guardrail_connections", "gauge", "Open connections.", sum(Layout.openConnections))
        text.single("guardrail_connections_total", "counter", "Accepted connections.", sum(Layout.connections))
        text.single(
            "guardrail_tls_handshakes_total", "counter", "Finished TLS handshakes.", sum(Layout.handshakes))
    }
}
