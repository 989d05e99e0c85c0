import NIOHTTP1
import Testing

@testable import Webhook

@Suite struct RequestExchangeTests {
    private func post(_ headers: [(String, String)] = [], uri: String = "/validate") -> HTTPRequestHead {
        let common = [("Host", "localhost"), ("Content-Type", "application/json")]
        return HTTPRequestHead(version: .http1_1, method: .POST, uri: uri, headers: HTTPHeaders(common + headers))
    }

    @Test func answersACompleteRequestAndWaitsForTheNext() {
        var exchange = RequestExchange()
        #expect(exchange.head(post([("Content-Length", "5")], uri: "/validate?timeout=3s")) == .none)
        #expect(!exchange.isIdle)
        #expect(exchange.body(byteCount: 5) == .append)
        let route = RequestRoute.admission(.validate, timeout: .seconds(3))
        #expect(exchange.end(draining: false) == .answer(route, keepAlive: true))
        #expect(exchange.isIdle)
    }

    @Test func closesAfterTheAnswerWhileDraining() {
        var exchange = RequestExchange()
        _ = exchange.head(post())
        #expect(exchange.end(draining: true) == .answer(.admission(.validate, timeout: nil), keepAlive: false))
        #expect(exchange.isClosing)
        #expect(exchange.head(post()) == .none)
        #expect(exchange.end(draining: true) == .none)
    }

    @Test func smallRefusedBodyKeepsTheConnection() {
        var exchange = RequestExchange()
        #expect(exchange.head(post([("Content-Length", "10")], uri: "/nowhere")) == .none)
        #expect(exchange.body(byteCount: 10) == .discard)
        #expect(exchange.end(draining: false) == .refuse(.notFound(path: "/nowhere"), keepAlive: true))
        #expect(exchange.isIdle)
    }

    @Test func largeOrExpectedRefusedBodyEndsIt() {
        var large = RequestExchange()
        let refusal = HTTPRefusal.notFound(path: "/x")
        #expect(large.head(post([("Content-Length", "100000")], uri: "/x")) == .refuseAndClose(refusal))
        var chunked = RequestExchange()
        #expect(chunked.head(post([("Transfer-Encoding", "chunked")], uri: "/x")) == .refuseAndClose(refusal))
        var expected = RequestExchange()
        let headers = [("Content-Length", "3"), ("Expect", "100-continue")]
        #expect(expected.head(post(headers, uri: "/x")) == .refuseAndClose(refusal))
        #expect(expected.isClosing)
    }

    @Test func boundsTheBodyByPromiseAndByCount() {
        var promised = RequestExchange()
        let over = String(WebhookLimits.bodyBytes + 1)
        #expect(promised.head(post([("Content-Length", over)])) == .refuseAndClose(.bodyTooLarge))
        var counted = RequestExchange()
        #expect(counted.head(post([("Transfer-Encoding", "chunked")])) == .none)
        #expect(counted.body(byteCount: WebhookLimits.bodyBytes) == .append)
        #expect(counted.body(byteCount: 1) == .refuseAndClose(.bodyTooLarge))
        #expect(counted.body(byteCount: 1) == .discard)
        #expect(counted.end(draining: false) == .none)
    }

    @Test func continuesOnlyWhenABodyFollows() {
        var exchange = RequestExchange()
        #expect(exchange.head(post([("Content-Length", "5"), ("expect", "100-Continue")])) == .sendContinue)
        var empty = RequestExchange()
        #expect(empty.head(post([("Content-Length", "0"), ("Expect", "100-continue")])) == .none)
        var unknown = RequestExchange()
        #expect(unknown.head(post([("Expect", "the-worst")])) == .none)
        #expect(unknown.end(draining: false) == .refuse(.expectationFailed, keepAlive: true))
    }

    @Test func theEndOfInputClosesBetweenRequestsAndRefusesWithinOne() {
        var idle = RequestExchange()
        #expect(idle.inputClosed() == .close)
        #expect(idle.inputClosed() == .none)
        var reading = RequestExchange()
        _ = reading.head(post([("Content-Length", "5")]))
        guard case .refuseAndClose(let refusal) = reading.inputClosed() else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.status == .badRequest)
        #expect(reading.refused(.requestTimeout) == .none)
        #expect(reading.close() == .none)
    }

    @Test(
        "reads content types",
        arguments: [
            ("application/json", true), ("Application/JSON; charset=utf-8", true), (" application/json ;x", true),
            ("application/jsonp", false), ("text/json", false), ("", false), ("application/json/", false),
        ])
    func readsContentTypes(value: String, isJSON: Bool) {
        #expect(RequestHeaders(HTTPHeaders([("content-type", value)])).isJSON == isJSON)
    }

    @Test func upgradesAreNotKept() {
        var exchange = RequestExchange()
        _ = exchange.head(post([("Upgrade", "h2c"), ("Connection", "upgrade")]))
        #expect(exchange.end(draining: false) == .answer(.admission(.validate, timeout: nil), keepAlive: false))
    }
}
