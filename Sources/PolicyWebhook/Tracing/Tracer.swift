import Webhook

/// Decides which requests are traced.
struct Tracer: Sendable {
    let exporter: SpanExporter
    /// The share of requests without a `traceparent` that are traced, 0 to 1. With one, its sampled flag decides.
    let ratio: Double

    /// - Returns: nil for requests that are not traced.
    func begin(_ request: AdmissionHTTPRequest) -> RequestTrace? {
        if let parent = request.trace { return parent.isSampled ? RequestTrace(request, parent: parent) : nil }
        guard ratio > 0, ratio >= 1 || Double.random(in: 0..<1) < ratio else { return nil }
        return RequestTrace(request, parent: nil)
    }
}
