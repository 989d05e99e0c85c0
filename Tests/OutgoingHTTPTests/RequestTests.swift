import OutgoingHTTP
import TestServers
import Testing

@Suite struct RequestTests {
    private static func client(_ change: (inout HTTPClientConfiguration) -> Void = { _ in }) throws -> HTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.plainHTTP = .loopback
        change(&configuration)
        return try HTTPClient(configuration)
    }

    @Test("a request arrives with its method, headers and body, and its response comes back")
    func exchange() throws {
        let server = try ScriptedServer { request, connection in
            connection.respond(201, "got it", headers: ["X-Answer": "yes"])
        }
        var request = HTTPRequest("PUT", server.url + "/a/b?c=d#fragment")
        request.headers = [HTTPHeader("X-Question", "why"), HTTPHeader("Content-Type", "text/plain")]
        request.body = Array("body\0text".utf8)
        request.authorization = .bearer("secret")
        let response = try Self.client().send(request)
        #expect(response.status == 201)
        #expect(response["x-answer"] == "yes")
        #expect(response.body == Array("got it".utf8))
        #expect(response.head.zone == .loopback)
        let seen = try #require(server.requests.first)
        #expect(seen.method == "PUT")
        #expect(seen.target == "/a/b?c=d")
        #expect(seen.headers["x-question"] == "why")
        #expect(seen.headers["content-type"] == "text/plain")
        #expect(seen.headers["authorization"] == "Bearer secret")
        #expect(seen.headers["user-agent"] == "guardrail")
        #expect(seen.headers["expect"] == nil)
        #expect(seen.body == Array("body\0text".utf8))
    }

    @Test(
        "basic authorization is encoded", arguments: [("u", "p:q", "dTpwOnE="), ("", "p", "OnA="), ("ü", "", "w7w6")])
    func basic(user: String, password: String, encoded: String) throws {
        let server = try ScriptedServer { _, connection in connection.respond(200) }
        var request = HTTPRequest("GET", server.url)
        request.authorization = .basic(user: user, password: password)
        _ = try Self.client().send(request)
        #expect(server.requests.first?.headers["authorization"] == "Basic \(encoded)")
    }

    @Test("HEAD has headers and no body")
    func head() throws {
        let server = try ScriptedServer { _, connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nDigest: x\r\n\r\n")
        }
        let response = try Self.client().send(HTTPRequest("HEAD", server.url))
        #expect(response["digest"] == "x")
        #expect(response.body == [])
    }

    @Test("connections are used again, one after the other and by other threads")
    func reuse() throws {
        let server = try ScriptedServer { _, connection in connection.respond(200, "x") }
        let client = try Self.client()
        for _ in 0..<20 { _ = try client.send(HTTPRequest("GET", server.url)) }
        #expect(server.connections == 1)
        #expect(server.requests.count == 20)
    }

    @Test("a connection that the server closed meanwhile is opened anew")
    func staleConnection() throws {
        let server = try ScriptedServer { _, connection in
            connection.respond(200, "x")
            connection.close()
        }
        let client = try Self.client()
        for _ in 0..<5 { #expect(try client.send(HTTPRequest("GET", server.url)).status == 200) }
        #expect(server.connections == 5)
    }

    @Test("requests from many threads run side by side")
    func parallel() async throws {
        let server = try ScriptedServer { request, connection in connection.respond(200, request.target) }
        let client = try Self.client()
        let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let response = try client.send(HTTPRequest("GET", server.url + "/\(number)"))
                    return String(decoding: response.body, as: UTF8.self) == "/\(number)"
                }
            }
            return try await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(answers == Array(repeating: true, count: 50))
    }

    @Test("statuses before the final one are passed over")
    func interim() throws {
        let server = try ScriptedServer { _, connection in
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n")
            connection.respond(404, "no")
        }
        let response = try Self.client().send(HTTPRequest("GET", server.url))
        #expect(response.status == 404)
        #expect(response["link"] == nil)
    }

    @Test("a compressed body is bounded by what it becomes")
    func compression() throws {
        // 10,000 zero bytes.
        let packed: [UInt8] = [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 1, 13, 0, 0, 0, 194, 160, 247, 79, 109, 14, 55, 160, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 224, 223, 0, 46, 202, 59, 77, 16, 39, 0, 0,
        ]
        let server = try ScriptedServer { request, connection in
            connection.respond(200, bytes: packed, headers: ["Content-Encoding": "gzip"])
        }
        let client = try Self.client()
        var request = HTTPRequest("GET", server.url)
        #expect(try client.send(request).body == packed)
        request.acceptsCompression = true
        #expect(try client.send(request).body == [UInt8](repeating: 0, count: 10_000))
        request.maximumBodyBytes = 9_999
        #expect(throws: HTTPError(.bodyTooLarge, host: server.host, "the response is larger than 9999 bytes")) {
            try client.send(request)
        }
    }

    @Test("plain HTTP goes where it may")
    func plainHTTP() throws {
        let refusing = try HTTPClient()
        let loopback = try Self.client()
        func kind(_ client: HTTPClient, _ url: String) -> HTTPError.Kind? {
            var request = HTTPRequest("GET", url)
            request.deadline = .now.advanced(by: .milliseconds(300))
            do throws(HTTPError) { _ = try client.send(request) } catch { return error.kind }
            return nil
        }
        #expect(kind(refusing, "http://127.0.0.1:1") == .plainHTTPRefused)
        #expect(kind(loopback, "http://example.test") == .plainHTTPRefused)
        #expect(kind(loopback, "http://127.0.0.1.example.test") == .plainHTTPRefused)
        #expect(kind(loopback, "http://10.0.0.1") == .plainHTTPRefused)
        #expect(kind(loopback, "http://localhost:1") == .connect)
        #expect(kind(loopback, "http://[::1]:1") == .connect)
    }

    @Test(
        "what is not a request is refused",
        arguments: [
            "", "ftp://host/", "file:///etc/passwd", "//host/", "/path", "http://user:password@127.0.0.1/",
            "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y", "http://:80/",
        ])
    func malformed(url: String) throws {
        #expect { try Self.client().send(HTTPRequest("GET", url)) } throws: {
            ($0 as? HTTPError)?.kind == .malformedRequest
        }
    }

    @Test("a header cannot smuggle lines", arguments: [("A", "b\r\nC: d"), ("A: b", "c"), ("", "x"), ("A\n", "b")])
    func headerInjection(name: String, value: String) throws {
        let server = try ScriptedServer { _, connection in connection.respond(200) }
        var request = HTTPRequest("GET", server.url)
        request.headers = [HTTPHeader(name, value)]
        #expect { try Self.client().send(request) } throws: { ($0 as? HTTPError)?.kind == .malformedRequest }
        #expect(server.requests.isEmpty)
    }
}
