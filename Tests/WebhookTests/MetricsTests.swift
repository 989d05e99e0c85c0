import Foundation
import NIOCore
import Testing

@testable import Webhook

@Suite struct MetricsTests {
    private typealias Harness = PipelineHarness

    private func metrics(_ harness: Harness) throws -> [String] {
        let answer = try harness.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(answer.contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"))
        let body = answer.components(separatedBy: "\r\n\r\n").dropFirst().joined()
        return body.split(separator: "\n").map(String.init)
    }

    @Test func countsRequestsByOperationKindAndDecision() throws {
        let harness = try Harness()
        for body in ["one", "two", "denied", ""] { try harness.send(Harness.post(body)) }
        try harness.send("GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n")
        let lines = try metrics(harness)
        let labels = #"operation="CREATE",group="",kind="Pod""#
        #expect(lines.contains("guardrail_admission_requests_total{\(labels),decision=\"allowed\"} 2"))
        #expect(lines.contains("guardrail_admission_requests_total{\(labels),decision=\"denied\"} 1"))
        #expect(lines.contains(#"guardrail_http_responses_total{code="200"} 3"#))
        #expect(lines.contains(#"guardrail_http_responses_total{code="400"} 1"#))
        #expect(lines.contains(#"guardrail_http_responses_total{code="404"} 1"#))
        #expect(lines.contains("guardrail_admission_request_seconds_count 3"))
        #expect(lines.contains(#"guardrail_admission_evaluation_seconds_bucket{le="+Inf"} 3"#))
        #expect(lines.contains("guardrail_requests_in_flight 0"))
        #expect(lines.contains(#"guardrail_build_info{version="1.2.3"} 1"#))
    }

    @Test("every sample belongs to a family and has a number")
    func format() throws {
        let harness = try Harness()
        try harness.send(Harness.post("one"))
        var families: Set<String> = []
        for line in try metrics(harness) {
            if line.hasPrefix("# HELP ") { continue }
            if line.hasPrefix("# TYPE ") {
                let name = String(line.split(separator: " ")[2])
                #expect(families.insert(name).inserted, "\(name) is declared twice")
                continue
            }
            let match = try #require(try /([a-z_]+)(\{.*\})? (.+)/.wholeMatch(in: line), "\(line)")
            #expect(Double(match.3) != nil, "\(line)")
            let name = String(match.1)
            let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) && !families.contains(name) }
            #expect(families.contains(String(name.dropLast(base?.count ?? 0))), "\(line)")
        }
    }

    @Test func histogramsAreCumulative() {
        let block = LoopMetrics.makeBlock()
        let histogram = LoopMetrics.Layout.total
        for nanoseconds in [1, 25_000, 25_001, 20_000_000_000] { histogram.record(nanoseconds: nanoseconds, in: block) }
        let (counts, sum) = histogram.read([block, block])
        #expect(counts.first == 4)
        #expect(counts[1] == 2)
        #expect(counts.last == 2)
        #expect(sum == 2 * 20_000_050_002)
        var text = MetricsText()
        text.histogram("h", "help", (counts, sum))
        let lines = String(buffer: text.buffer).split(separator: "\n")
        #expect(lines.contains(#"h_bucket{le="0.00005"} 6"#))
        #expect(lines.contains(#"h_bucket{le="+Inf"} 8"#))
    }

    @Test func inventedKindsDoNotMakeMoreLabels() {
        let labels = KindLabels()
        let loop = LoopMetrics(block: LoopMetrics.makeBlock(), labels: labels)
        for number in 0..<10_000 {
            let outcome = AdmissionOutcome(operation: .update, group: "g", kind: "K\(number)", decision: .allowed)
            loop.admitted(outcome, evaluation: 1, total: 1)
        }
        #expect(labels.all.count == WebhookLimits.kindLabels + 1)
        let long = String(repeating: "k", count: WebhookLimits.labelBytes + 1)
        #expect(labels.number(of: KindLabels.Kind(group: "", kind: long)) == KindLabels.other)
        #expect(labels.number(of: KindLabels.Kind(group: "", kind: "")) == KindLabels.other)
        #expect(KindLabels().number(of: KindLabels.Kind(group: "", kind: "P\u{FFFD}d")) == KindLabels.other)
    }

    @Test func escapesLabels() {
        var text = MetricsText()
        text.sample("m", [("l", "a\"b\\c\nd")], 1)
        #expect(String(buffer: text.buffer) == "m{l=\"a\\\"b\\\\c\\nd\"} 1\n")
    }

    @Test func saysWhatIsLoaded() throws {
        let harness = try Harness()
        let status = harness.resources.status
        status.policiesLoaded(count: 3, json: ByteBuffer(string: "{\"a\":1}\n"), isReload: false, now: 1000)
        #expect(try harness.send("GET /policies HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("\r\n\r\n{\"a\":1}\n"))
        #expect(try metrics(harness).contains("guardrail_policies 3"))
        status.policiesRefused(errors: 2, json: ByteBuffer(string: "{\"b\":1}\n"))
        let lines = try metrics(harness)
        #expect(lines.contains("guardrail_policies 3"), "the set before is still in force")
        #expect(lines.contains("guardrail_policy_compile_errors 2"))
        #expect(lines.contains("guardrail_policy_current 0"))
        #expect(lines.contains(#"guardrail_policy_reloads_total{result="failed"} 1"#))
        let verbose = try harness.send("GET /readyz?verbose HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(verbose.hasPrefix("HTTP/1.1 200 OK\r\n"), "a broken set must not take the server away")
        #expect(verbose.contains("warning: the last set of policies was refused"))
        let version = try harness.send("GET /version HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(version.hasSuffix(#"{"name":"policy-webhook","version":"1.2.3"}"# + "\n"))
    }

    @Test func unreadyWhileSomethingIsInTheWay() throws {
        let harness = try PipelineHarness()
        harness.resources.status.setObstacle("kubernetes", "it has not been read yet")
        let answer = try harness.send("GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n") && answer.contains("it has not been read yet"))
        #expect(answer.contains("\r\nretry-after: 1\r\n"))
        harness.resources.status.setObstacle("kubernetes", nil)
        #expect(try harness.send("GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("ok\n"))
    }

    @Test func unreadyOnceTheCertificateHasExpiredIfAskedTo() {
        let strict = ServerStatus(version: "1", needsValidCertificate: true)
        strict.certificateLoaded(notAfter: 1000, isReload: false, now: 0)
        #expect(strict.unreadiness(now: 999) == nil)
        #expect(strict.unreadiness(now: 1000) != nil)
        let relaxed = ServerStatus(version: "1")
        relaxed.certificateLoaded(notAfter: 1000, isReload: false, now: 0)
        #expect(relaxed.unreadiness(now: 1000) == nil)
    }
}
