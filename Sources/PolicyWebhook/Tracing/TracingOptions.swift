import ArgumentParser
import Glibc
import OutgoingHTTP
import Webhook

/// Where traces go. The environment variables are OpenTelemetry's own.
struct TracingOptions: ParsableArguments {
    @Option(
        name: .customLong("otlp-endpoint"),
        help: """
            Send traces to this OTLP/HTTP collector, such as http://collector:4318 (default: \
            $OTEL_EXPORTER_OTLP_TRACES_ENDPOINT as it is, or $OTEL_EXPORTER_OTLP_ENDPOINT).
            """)
    var endpoint: String?

    @Option(help: "The share of requests without a traceparent header to trace, 0 to 1; with one, its flag decides.")
    var traceRatio = 0.0

    func validate() throws {
        guard (0...1).contains(traceRatio) else { throw ValidationError("--trace-ratio must be between 0 and 1") }
        if let endpoint, !Self.isURL(endpoint) { throw ValidationError("`\(endpoint)` is no http or https URL") }
    }

    /// - Throws: `StartFailure` if the environment names no URL.
    func tracer(version: String, log: Log, status: ServerStatus) throws -> Tracer? {
        guard let url else { return nil }
        guard Self.isURL(url) else {
            throw StartFailure(exitCode: 2, text: "error: `\(url)` is no http or https URL to send traces to")
        }
        let name = Self.environment("OTEL_SERVICE_NAME") ?? "policy-webhook"
        do throws(HTTPError) {
            let exporter = try SpanExporter(url: url, serviceName: name, version: version, log: log)
            status.add(exporter)
            return Tracer(exporter: exporter, ratio: traceRatio)
        } catch {
            throw StartFailure(exitCode: 2, text: "error: cannot send traces to `\(url)`: \(error)")
        }
    }

    private static func isURL(_ text: String) -> Bool { (try? HTTPURL(text)) != nil }

    private var url: String? {
        if let endpoint { return Self.traces(at: endpoint) }
        return Self.environment("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
            ?? Self.environment("OTEL_EXPORTER_OTLP_ENDPOINT").map(Self.traces(at:))
    }

    private static func traces(at base: String) -> String { base + (base.hasSuffix("/") ? "v1/traces" : "/v1/traces") }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
