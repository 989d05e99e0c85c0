import NIOCore
import Testing

@testable import Webhook

@Suite struct OverloadTests {
    private typealias Harness = PipelineHarness

    @Test func requestsAboveTheBoundGet429() throws {
        let harness = try Harness(inFlightLimit: 1)
        harness.resources.metrics.requestStarted()
        let answer = try harness.send(Harness.post("body"))
        #expect(answer.hasPrefix("HTTP/1.1 429 Too Many Requests\r\n"))
        #expect(answer.contains("retry-after: 1\r\n"))
        #expect(harness.isOpen, "the client shall come back on the same connection")
        #expect(try harness.send("GET /livez HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("ok\n"), "probes are never shed")
        harness.resources.metrics.requestEnded()
        #expect(try harness.send(Harness.post("body")) == Harness.ok(Harness.echo("body")))
        #expect(harness.resources.metrics.inFlight == 0)
    }

    @Test func unfinishedRequestsLeaveTheCountWithTheirConnection() throws {
        let harness = try Harness()
        try harness.send(String(Harness.post("body").dropLast(1)))
        #expect(harness.resources.metrics.inFlight == 1)
        _ = try harness.closeInput()
        #expect(harness.resources.metrics.inFlight == 0)
    }

    @Test func aRequestWhoseTimeHasPassedIsNotJudged() throws {
        let harness = try Harness()
        try harness.send(String(Harness.post("body", path: "/validate?timeout=2s").dropLast(1)))
        _ = try harness.advance(2)
        let late = try harness.send("y")
        #expect(late.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(late.contains("retry-after: 1\r\n"))
        #expect(harness.isOpen)
        try harness.send(String(Harness.post("body", path: "/validate?timeout=2s").dropLast(1)))
        _ = try harness.advance(1)
        #expect(try harness.send("y") == Harness.ok(Harness.echo("body".dropLast() + "y", timeout: "2")))
    }

    @Test func theMetricsPortJudgesNothing() throws {
        var access = RequestRoute.Access()
        access.servesAdmission = false
        let harness = try Harness(access: access)
        #expect(try harness.send(Harness.post("body")).hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        #expect(try harness.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
        var main = RequestRoute.Access()
        main.servesManagement = false
        let other = try Harness(access: main)
        #expect(try other.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n").hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        #expect(try other.send(Harness.post("x")) == Harness.ok(Harness.echo("x")))
    }

    @Test func clientsWithoutTheirCertificateGetProbesOnly() throws {
        var access = RequestRoute.Access()
        access.isClientAllowed = false
        let harness = try Harness(access: access)
        #expect(try harness.send(Harness.post("body")).hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
        #expect(try harness.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n").hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
        #expect(try harness.send("GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("ok\n"))
    }
}
