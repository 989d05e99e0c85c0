import OutgoingHTTP
import TestServers
import Testing

@testable import KubernetesAPI

/// Requests over the network.
@Suite struct HTTPTransportTests {
    private func transport(
        _ server: ScriptedServer, token: String? = nil, watchIdle: Duration = .seconds(60)
    ) throws -> HTTPTransport {
        try HTTPTransport(
            ClusterConnection(server: server.url, token: token.map { BearerToken(fixed: $0) }), watchIdle: watchIdle)
    }

    @Test("sends the token, and hands over body and date")
    func send() throws {
        let server = try ScriptedServer { _, connection in
            connection.respond(200, "{}", headers: ["Date": "Sat, 21 Nov 2026 08:11:52 GMT"])
        }
        let response = try transport(server, token: "secret").send(APIRequest("GET", "/api/v1"))
        #expect(response.body == Array("{}".utf8))
        #expect(response.date == 1_795_248_712)
        #expect(server.requests.first?.headers["authorization"] == "Bearer secret")
    }

    @Test("an answer that is no success is a failure with the server's words")
    func failure() throws {
        let server = try ScriptedServer { _, connection in
            connection.respond(
                429, #"{"kind":"Status","reason":"TooManyRequests","message":"slow down"}"#,
                headers: ["Retry-After": "7"])
        }
        let expected = APIFailure(.tooManyRequests, "slow down", retryAfter: .seconds(7))
        let transport = try transport(server)
        #expect(throws: expected) { try transport.send(APIRequest("GET", "/api/v1")) }
        #expect(throws: expected) {
            try transport.stream(APIRequest("GET", "/w"), seconds: 9, accepted: {}, chunk: { _ in true })
        }
    }

    @Test("a page over the limit is too large, not read to the end")
    func tooLarge() throws {
        let server = try ScriptedServer { _, connection in
            connection.respond(200, String(repeating: "x", count: 10_000))
        }
        let transport = try transport(server)
        let error = #expect(throws: APIFailure.self) {
            try transport.send(APIRequest("GET", "/x", maximumBytes: 1000))
        }
        #expect(error?.kind == .tooLarge)
    }

    @Test("a watch that falls silent ends as if the server had ended it; one that never begins has failed")
    func silence() throws {
        let quiet = try ScriptedServer { _, connection in
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabc\n\r\n")
            connection.waitForEnd()
        }
        var received: [UInt8] = []
        var acceptances = 0
        // Long enough for a busy machine to begin the answer.
        try transport(quiet, watchIdle: .seconds(3)).stream(APIRequest("GET", "/w"), seconds: 60) {
            acceptances += 1
        } chunk: { bytes in
            received += bytes
            return true
        }
        #expect(received == Array("abc\n".utf8))
        #expect(acceptances == 1)

        let mute = try ScriptedServer { _, connection in connection.waitForEnd() }
        let transport = try transport(mute, watchIdle: .milliseconds(300))
        let error = #expect(throws: APIFailure.self) {
            try transport.stream(APIRequest("GET", "/w"), seconds: 60, accepted: {}, chunk: { _ in true })
        }
        #expect(error?.kind == .unreachable)
    }

    @Test("a watch that nobody wants any more ends at once")
    func cancelled() throws {
        let cancellation = HTTPCancellation()
        let server = try ScriptedServer { _, connection in
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            cancellation.cancel()
            connection.waitForEnd()
        }
        var request = APIRequest("GET", "/w")
        request.cancellation = cancellation
        let transport = try HTTPTransport(ClusterConnection(server: server.url))
        let cancelled = request
        let error = #expect(throws: APIFailure.self) {
            try transport.stream(cancelled, seconds: 60, accepted: {}, chunk: { _ in true })
        }
        #expect(error?.kind == .cancelled)
    }

    @Test("nobody listens")
    func refused() throws {
        let port = try ServerProcess.freePort()
        let transport = try HTTPTransport(ClusterConnection(server: "http://127.0.0.1:\(port)"))
        let error = #expect(throws: APIFailure.self) { try transport.send(APIRequest("GET", "/")) }
        #expect(error?.kind == .unreachable)
    }
}
