import OutgoingHTTP
import TestServers
import Testing

@Suite struct RedirectTests {
    private static func client(_ change: (inout HTTPClientConfiguration) -> Void = { _ in }) throws -> HTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.plainHTTP = .loopback
        change(&configuration)
        return try HTTPClient(configuration)
    }

    private static func request(_ url: String) -> HTTPRequest {
        var request = HTTPRequest("GET", url)
        request.maximumRedirects = 5
        request.authorization = .bearer("secret")
        request.headers = [HTTPHeader("Cookie", "c"), HTTPHeader("Accept", "a")]
        return request
    }

    @Test("credentials stay with the host they are for", arguments: [301, 302, 303, 307, 308])
    func credentials(status: Int) throws {
        let other = try ScriptedServer { _, connection in connection.respond(200, "blob") }
        let server = try ScriptedServer { request, connection in
            let isStart = request.target == "/start"
            connection.respond(status, "moved", headers: ["Location": isStart ? "next" : other.url + "/blob?x=1"])
        }
        let response = try Self.client().send(Self.request(server.url + "/start"))
        #expect(response.body == Array("blob".utf8))
        #expect(response.head.url == other.url + "/blob?x=1")
        #expect(server.requests.map(\.target) == ["/start", "/next"])
        #expect(server.requests.map { $0.headers["authorization"] } == ["Bearer secret", "Bearer secret"])
        let seen = try #require(other.requests.first)
        #expect(seen.headers["authorization"] == nil)
        #expect(seen.headers["cookie"] == nil)
        #expect(seen.headers["accept"] == "a")
    }

    @Test("credentials do not come back with a redirect from elsewhere")
    func wayBack() throws {
        let target = try ScriptedServer { request, connection in connection.respond(200) }
        let home = target.url
        let other = try ScriptedServer { _, connection in connection.respond(302, headers: ["Location": home + "/end"])
        }
        let start = try ScriptedServer { _, connection in
            connection.respond(302, headers: ["Location": other.url])
        }
        _ = try Self.client().send(Self.request(start.url))
        #expect(target.requests.map { $0.headers["authorization"] } == [nil])
    }

    @Test("basic credentials stay too")
    func basic() throws {
        let other = try ScriptedServer { _, connection in connection.respond(200) }
        let server = try ScriptedServer { _, connection in connection.respond(302, headers: ["Location": other.url]) }
        var request = Self.request(server.url)
        request.authorization = .basic(user: "u", password: "p")
        _ = try Self.client().send(request)
        #expect(server.requests.map { $0.headers["authorization"] } == ["Basic dTpw"])
        #expect(other.requests.map { $0.headers["authorization"] } == [nil])
    }

    @Test("redirects are followed only where that is asked for, and not for ever")
    func counts() throws {
        let server = try ScriptedServer { request, connection in
            let number = Int(request.target.dropFirst()) ?? 0
            connection.respond(302, headers: ["Location": "/\(number + 1)"])
        }
        let client = try Self.client()
        #expect(try client.send(HTTPRequest("GET", server.url + "/0")).status == 302)
        #expect(server.requests.count == 1)
        #expect { try client.send(Self.request(server.url + "/0")) } throws: {
            ($0 as? HTTPError)?.kind == .tooManyRedirects
        }
        #expect(server.requests.count == 7)
        var post = Self.request(server.url + "/0")
        post.method = "POST"
        post.body = []
        #expect(try client.send(post).status == 302)
    }

    @Test(
        "redirects to what is not HTTP, or not safe, are refused",
        arguments: ["file:///etc/passwd", "gopher://x/", "http://example.test/", "http://u:p@127.0.0.1/", "http://"])
    func targets(location: String) throws {
        let server = try ScriptedServer { _, connection in connection.respond(302, headers: ["Location": location]) }
        let client = try Self.client()
        #expect { try client.send(Self.request(server.url)) } throws: { ($0 as? HTTPError)?.kind == .redirectRefused }
    }

    @Test("a server outside cannot lead inside")
    func inwards() throws {
        let server = try ScriptedServer { _, connection in connection.respond(200, "secret") }
        let client = try Self.client()
        var request = HTTPRequest("GET", server.url)
        request.innermostZone = .privateNetwork
        #expect { try client.send(request) } throws: { ($0 as? HTTPError)?.kind == .addressRefused }
        #expect(server.requests.isEmpty)
        request.innermostZone = .loopback
        #expect(try client.send(request).status == 200)
        // Over the open connection too.
        request.innermostZone = .publicNetwork
        #expect { try client.send(request) } throws: { ($0 as? HTTPError)?.kind == .addressRefused }
        #expect(server.requests.count == 1)
    }

    @Test(
        "where addresses lie",
        arguments: [
            ("8.8.8.8", NetworkZone.publicNetwork), ("10.1.2.3", .privateNetwork), ("172.16.0.1", .privateNetwork),
            ("172.32.0.1", .publicNetwork), ("192.168.1.1", .privateNetwork), ("100.64.0.1", .privateNetwork),
            ("127.0.0.2", .loopback), ("0.0.0.0", .loopback), ("169.254.169.254", .linkLocal), ("::1", .loopback),
            ("[::1]", .loopback), ("::", .loopback), ("fe80::1%eth0", .linkLocal), ("fd00::1", .privateNetwork),
            ("2001:db8::1", .publicNetwork), ("::ffff:10.0.0.1", .privateNetwork),
            ("::ffff:169.254.169.254", .linkLocal), ("64:ff9b::a00:1", .privateNetwork),
        ])
    func zones(address: String, zone: NetworkZone) {
        #expect(NetworkZone(address: address) == zone)
    }

    @Test("names have no zone", arguments: ["localhost", "", "1.2.3", "example.com", "256.1.1.1"])
    func names(text: String) {
        #expect(NetworkZone(address: text) == nil)
    }
}
