import Testing

@testable import Webhook

@Suite struct RequestTargetTests {
    @Test(
        "splits origin and absolute forms",
        arguments: [
            ("/validate", "/validate", nil),
            ("/validate?timeout=10s", "/validate", "timeout=10s"),
            ("/validate?", "/validate", ""),
            ("/a?b?c", "/a", "b?c"),
            ("https://host:8443/validate?x=1", "/validate", "x=1"),
            ("https://host", "/", nil),
            ("*", "*", nil),
            ("host:443", "host:443", nil),
            ("", "", nil),
        ] as [(String, String, String?)])
    func splits(target: String, path: String, query: String?) {
        let parsed = RequestTarget(target)
        #expect(String(parsed.path) == path)
        #expect(parsed.query.map(String.init) == query)
    }

    @Test(
        "finds and decodes parameters",
        arguments: [
            ("/v?timeout=10s", "10s"),
            ("/v?a=1&timeout=5s&timeout=6s", "5s"),
            ("/v?%74imeout=1%2E5s", "1.5s"),
            ("/v?timeout=a+b%2", "a b%2"),
            ("/v?timeout=%zz%C3%A9", "%zzé"),
            ("/v?timeout", ""),
            ("/v?timeouts=1", nil),
            ("/v?&&=", nil),
            ("/v", nil),
        ] as [(String, String?)])
    func decodes(target: String, value: String?) {
        #expect(RequestTarget(target).parameter("timeout") == value)
    }

    @Test(
        "reads Go's durations",
        arguments: [
            ("10s", Duration.seconds(10)), ("1m30s", .seconds(90)), ("1.5s", .milliseconds(1500)),
            ("500ms", .milliseconds(500)), ("2h", .seconds(7200)), ("100ns", .nanoseconds(100)),
            ("", nil), ("10", nil), ("s", nil), ("-1s", nil), ("1.2.3s", nil), ("10 s", nil), ("9999h", nil),
            ("nan", nil), ("infs", nil), ("1e9s", nil), ("0x1s", nil),
        ] as [(String, Duration?)])
    func readsDurations(text: String, duration: Duration?) {
        #expect(Duration(goDuration: text) == duration)
    }

    @Test(
        "reads listen addresses",
        arguments: [
            ("127.0.0.1:8443", "127.0.0.1", 8443), ("[::1]:0", "::1", 0), (":443", "::", 443),
            ("localhost:65535", "localhost", 65535),
        ] as [(String, String, Int)])
    func readsAddresses(text: String, host: String, port: Int) throws {
        #expect(try #require(ListenAddress(text)) == ListenAddress(host: host, port: port))
    }

    @Test(
        "refuses other addresses",
        arguments: ["", "8443", "host", "host:", "host:65536", "host:-1", "::1:80", "[]:1"])
    func refusesAddresses(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
