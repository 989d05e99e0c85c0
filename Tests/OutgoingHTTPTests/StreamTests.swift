import Foundation
import OutgoingHTTP
import Synchronization
import TestServers
import Testing

@Suite struct StreamTests {
    private static func client() throws -> HTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.plainHTTP = .loopback
        return try HTTPClient(configuration)
    }

    private static let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test("pieces arrive while the response goes on")
    func pieces() throws {
        let gate = DispatchSemaphore(value: 0)
        let server = try ScriptedServer { _, connection in
            connection.write(Self.head + "3\r\none\r\n")
            // Not before the first piece has been seen.
            gate.wait()
            connection.write("3\r\ntwo\r\n0\r\n\r\n")
        }
        var status = 0
        var pieces: [String] = []
        let head = try Self.client().stream(HTTPRequest("GET", server.url)) { head in
            status = head.status
            return .proceed
        } onChunk: { bytes in
            pieces.append(String(decoding: bytes, as: UTF8.self))
            gate.signal()
            return .proceed
        }
        #expect(status == 200 && head.status == 200)
        #expect(pieces == ["one", "two"])
    }

    @Test("a reader may stop at the head or at a piece")
    func stop() throws {
        let server = try ScriptedServer { _, connection in
            connection.write(Self.head)
            while connection.write("1\r\nx\r\n") { usleep(1_000) }
        }
        let client = try Self.client()
        var pieces = 0
        let atHead = try client.stream(HTTPRequest("GET", server.url)) { _ in
            .stop
        } onChunk: { _ in
            pieces += 1
            return .proceed
        }
        #expect(atHead.status == 200 && pieces == 0)
        try client.stream(HTTPRequest("GET", server.url)) { _ in
            .proceed
        } onChunk: { _ in
            pieces += 1
            return pieces == 3 ? .stop : .proceed
        }
        #expect(pieces == 3)
    }

    @Test("an idle stream ends, and one that goes on does not")
    func idle() throws {
        let server = try ScriptedServer { request, connection in
            connection.write(Self.head)
            let count = request.target == "/busy" ? 20 : 3
            for _ in 0..<count {
                connection.write("1\r\nx\r\n")
                usleep(50_000)
            }
            if request.target == "/busy" { connection.write("0\r\n\r\n") } else { connection.waitForEnd() }
        }
        func read(_ path: String) throws -> Int {
            var request = HTTPRequest("GET", server.url + path)
            request.idleTimeout = .milliseconds(600)
            var count = 0
            try Self.client().stream(request) { _ in
                .proceed
            } onChunk: { bytes in
                count += bytes.count
                return .proceed
            }
            return count
        }
        #expect(try read("/busy") == 20)
        #expect { try read("/idle") } throws: { ($0 as? HTTPError)?.kind == .timeout }
    }

    @Test("another thread cancels, at once")
    func cancel() throws {
        let server = try ScriptedServer { _, connection in
            connection.write(Self.head + "1\r\nx\r\n")
            connection.waitForEnd()
        }
        var request = HTTPRequest("GET", server.url)
        let cancellation = HTTPCancellation()
        request.cancellation = cancellation
        let cancelled = Mutex(ContinuousClock.now)
        let client = try Self.client()
        #expect {
            try client.stream(request) { _ in
                .proceed
            } onChunk: { _ in
                Thread.detachNewThread {
                    usleep(50_000)
                    cancelled.withLock { $0 = .now }
                    cancellation.cancel()
                }
                return .proceed
            }
        } throws: {
            ($0 as? HTTPError)?.kind == .cancelled
        }
        #expect(cancelled.withLock { $0.duration(to: .now) } < .milliseconds(900))
        // It stays cancelled, and the client goes on for others.
        #expect { try client.send(request) } throws: { ($0 as? HTTPError)?.kind == .cancelled }
        let other = try ScriptedServer { _, connection in connection.respond(200) }
        #expect(try client.send(HTTPRequest("GET", other.url)).status == 200)
    }
}
