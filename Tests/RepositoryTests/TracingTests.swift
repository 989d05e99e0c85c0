import Foundation
import Testing

/// `policy-webhook --otlp-endpoint`, against a collector that writes down what it gets.
@Suite(
    .enabled(
        if: Repository.hasProducts && Repository.hasTool("curl") && Repository.hasTool("python3"), "needs curl, python3"
    ))
struct TracingTests {
    private static let traceID = "0af7651916cd43dd8448eb211c80319c"

    /// Sends one request with these curl arguments to a server with these options; the spans that the collector got.
    private func spans(headers: String, options: String = "", port: String? = nil) throws -> [[String: Any]] {
        let work = try WebhookProcess.makeDirectory()
        defer { try? FileManager.default.removeItem(at: work) }
        let file = work.appending(path: "traces.jsonl")
        let collector = try Shell().start("exec python3 testdata/webhook/otlp_collector.py '\(file.path)'")
        defer { _ = collector.terminate() }
        let listening = try #require(Self.firstLine(of: collector))
        let endpoint = "--otlp-endpoint http://127.0.0.1:\(port ?? listening) \(options)"
        try WebhookProcess.run(arguments: endpoint, work: work) { address, _ in
            let command =
                "curl -sS --fail --cacert '\(work.path)/ca.crt' -H 'Content-Type: application/json' \(headers) "
                + "--data-binary @testdata/admission-reviews/05-pod-without-limits.json https://\(address)/validate"
            let sent = try Shell().run(command)
            #expect(sent.status == 0, "\(sent.output)")
        }
        // The server has sent what it had before it ended.
        let lines = ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n")
        return try lines.flatMap { line in
            let body = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let resource = try #require((body?["resourceSpans"] as? [[String: Any]])?.first)
            let scope = try #require((resource["scopeSpans"] as? [[String: Any]])?.first)
            return try #require(scope["spans"] as? [[String: Any]])
        }
    }

    private static func firstLine(of process: Shell.Running) -> String? {
        for _ in 0..<200 {
            let text = (try? String(contentsOf: process.log, encoding: .utf8)) ?? ""
            if let end = text.firstIndex(of: "\n") { return String(text[..<end]) }
            usleep(50_000)
        }
        return nil
    }

    private func header(sampled: Bool) -> String {
        "-H 'traceparent: 00-\(Self.traceID)-b7ad6b7169203331-0\(sampled ? 1 : 0)'"
    }

    @Test("a sampled request becomes spans of the caller's trace, one for each stage")
    func sampled() throws {
        let spans = try spans(headers: header(sampled: true))
        #expect(spans.map { $0["name"] as? String } == ["POST /validate", "decode", "evaluate", "encode"])
        #expect(spans.allSatisfy { $0["traceId"] as? String == Self.traceID })
        let root = try #require(spans.first)
        #expect(root["parentSpanId"] as? String == "b7ad6b7169203331")
        #expect(spans.dropFirst().allSatisfy { $0["parentSpanId"] as? String == root["spanId"] as? String })
        let times = spans.map { span in
            ["startTimeUnixNano", "endTimeUnixNano"].map { Int(span[$0] as? String ?? "") ?? 0 }
        }
        #expect(times.allSatisfy { $0[0] > 1_700_000_000_000_000_000 && $0[0] <= $0[1] })
        #expect(times.dropFirst().allSatisfy { $0[0] >= times[0][0] && $0[1] <= times[0][1] })
        let attributes = (root["attributes"] as? [[String: Any]] ?? []).map { "\($0["key"] ?? "")" }
        #expect(attributes.contains("k8s.admission.uid"))
        #expect(attributes.contains("guardrail.policy"))
        let allowed = (root["attributes"] as? [[String: Any]])?.first {
            $0["key"] as? String == "k8s.admission.allowed"
        }
        #expect((allowed?["value"] as? [String: Any])?["boolValue"] as? Bool == false)
    }

    @Test("others are not traced, unless --trace-ratio says so")
    func ratio() throws {
        #expect(try spans(headers: header(sampled: false), options: "--trace-ratio 1").isEmpty)
        #expect(try spans(headers: "").isEmpty)
        let own = try spans(headers: "-H 'traceparent: nonsense'", options: "--trace-ratio 1")
        #expect(own.count == 4)
        #expect(own.first?["parentSpanId"] == nil)
    }

    @Test("a collector that is away costs the traces only")
    func away() throws {
        // The server answers and ends as ever, which `spans` and `WebhookProcess` check.
        #expect(try spans(headers: header(sampled: true), port: "1").isEmpty)
    }

    @Test("wrong options are usage errors", arguments: ["--otlp-endpoint ftp://x", "--trace-ratio 2"])
    func refuses(option: String) throws {
        let run = try Shell().run("policy-webhook --policy policies --tls-cert a --tls-key b \(option)")
        #expect(run.status == 2, "\(run.output)")
    }
}
