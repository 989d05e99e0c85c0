import Foundation
import OutgoingHTTP
import TestServers
import Testing

@Suite struct FaultTests {
    private static func client() throws -> HTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.plainHTTP = .loopback
        return try HTTPClient(configuration)
    }

    /// What a request to a server fails with.
    private static func failure(
        _ server: ScriptedServer, _ change: (inout HTTPRequest) -> Void = { _ in }
    ) throws -> HTTPError? {
        var request = HTTPRequest("GET", server.url)
        request.deadline = .now.advanced(by: .seconds(30))
        change(&request)
        let client = try client()
        do throws(HTTPError) {
            _ = try client.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test("nobody listens")
    func refused() throws {
        let port = try ServerProcess.freePort()
        let client = try Self.client()
        #expect { try client.send(HTTPRequest("GET", "http://127.0.0.1:\(port)")) } throws: {
            let error = $0 as? HTTPError
            return error?.kind == .connect && error?.host == "127.0.0.1:\(port)" && error?.isTransient == true
        }
    }

    @Test("a name that does not exist")
    func unknownHost() throws {
        var request = HTTPRequest("GET", "https://nothing.invalid/")
        request.deadline = .now.advanced(by: .seconds(10))
        let client = try HTTPClient()
        #expect { try client.send(request) } throws: { ($0 as? HTTPError)?.kind == .resolve }
    }

    @Test("a server that says nothing is left at the deadline, whatever it keeps open")
    func silence() throws {
        let server = try ScriptedServer { _, connection in connection.waitForEnd() }
        let start = ContinuousClock.now
        let error = try Self.failure(server) { $0.deadline = .now.advanced(by: .milliseconds(200)) }
        #expect(error?.kind == .timeout)
        #expect(error?.detail == "the deadline passed while waiting for the response")
        #expect(start.duration(to: .now) < .seconds(4))
    }

    @Test("a body that trickles in is left at the deadline")
    func trickle() throws {
        let server = try ScriptedServer { _, connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while connection.write("x") { usleep(10_000) }
        }
        let error = try Self.failure(server) { $0.deadline = .now.advanced(by: .seconds(2)) }
        #expect(error?.kind == .timeout)
        #expect(error?.detail == "the deadline passed while reading the response")
    }

    @Test("a deadline that has passed sends nothing")
    func pastDeadline() throws {
        let server = try ScriptedServer { _, connection in connection.respond(200) }
        let error = try Self.failure(server) { $0.deadline = .now.advanced(by: .milliseconds(-1)) }
        #expect(error?.kind == .timeout)
    }

    @Test(
        "answers that are none",
        arguments: [
            ("", HTTPError.Kind.connectionLost), ("SSH-2.0-OpenSSH_9.2\r\n", .malformedResponse),
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", .connectionLost),
            ("HTTP/1.1 abc\r\n\r\n", .malformedResponse), ("HTTP/1.1 200 OK\r\nX", .connectionLost),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .connectionLost),
            ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", .malformedResponse),
            ("\0\u{1}\u{2}\r\n\r\n", .malformedResponse),
        ])
    func garbage(answer: String, kind: HTTPError.Kind) throws {
        let server = try ScriptedServer { _, connection in
            connection.write(answer)
            connection.close()
        }
        let error = try Self.failure(server)
        #expect(error?.kind == kind, "\(String(describing: error))")
    }

    @Test("too much is not read")
    func sizes() throws {
        let server = try ScriptedServer { request, connection in
            switch request.target {
            case "/long-header": connection.respond(200, headers: ["X": String(repeating: "x", count: 90_000)])
            case "/many-headers":
                connection.respond(200, headers: Dictionary(uniqueKeysWithValues: (0..<300).map { ("X-\($0)", "") }))
            case "/endless":
                connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
                while connection.write([UInt8](repeating: 0, count: 65_536)) {}
            default: connection.respond(200, "12345")
            }
        }
        #expect(try Self.failure(server) { $0.url += "/long-header" }?.kind == .headersTooLarge)
        #expect(try Self.failure(server) { $0.url += "/many-headers" }?.kind == .headersTooLarge)
        #expect(try Self.failure(server) { $0.url += "/endless" }?.kind == .bodyTooLarge)
        #expect(try Self.failure(server) { $0.maximumBodyBytes = 4 }?.kind == .bodyTooLarge)
        #expect(try Self.failure(server) { $0.maximumBodyBytes = 5 } == nil)
    }

    @Test("bytes at random are survived")
    func randomBytes() throws {
        let server = try ScriptedServer { request, connection in
            var generator = SeededGenerator(seed: UInt64(request.target.dropFirst()) ?? 0)
            var answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\n12345".utf8)
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let index = Int.random(in: answer.indices, using: &generator)
                answer[index] = .random(in: 0...255, using: &generator)
            }
            connection.write(answer)
            connection.close()
        }
        let client = try Self.client()
        var answered = 0
        for seed in 0..<300 {
            var request = HTTPRequest("GET", server.url + "/\(seed)")
            request.deadline = .now.advanced(by: .seconds(60))
            do throws(HTTPError) {
                _ = try client.send(request)
                answered += 1
            } catch {
                #expect(error.kind != .setup && error.kind != .timeout, "\(error)")
            }
        }
        #expect(answered > 0)
    }
}

/// Numbers that are the same in each run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
