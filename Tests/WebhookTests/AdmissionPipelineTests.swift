import NIOCore
import NIOEmbedded
import Testing

@testable import Webhook

@Suite struct AdmissionPipelineTests {
    private typealias Harness = PipelineHarness

    @Test func answersAndKeepsTheConnection() throws {
        let harness = try Harness()
        #expect(try harness.send(Harness.post("one")) == Harness.ok(Harness.echo("one")))
        let second = try harness.send(Harness.post("two", path: "/validate?timeout=10s"))
        #expect(second == Harness.ok(Harness.echo("two", timeout: "10")))
        #expect(try harness.send(Harness.post("three", path: "/mutate")) == Harness.ok(Harness.echo("three")))
        #expect(harness.isOpen)
    }

    @Test func answersPipelinedRequestsInOrder() throws {
        let harness = try Harness()
        let bodies = (0..<50).map { "body \($0)" }
        let answers = try harness.send(bodies.map { Harness.post($0) }.joined())
        #expect(answers == bodies.map { Harness.ok(Harness.echo($0)) }.joined())
    }

    @Test func takesARequestByteByByte() throws {
        let harness = try Harness()
        var answers = ""
        for byte in (Harness.post("slow") + Harness.chunked(["sl", "ow"])).utf8 {
            try harness.channel.writeInbound(ByteBuffer(bytes: [byte]))
            answers += try harness.received()
        }
        #expect(answers == Harness.ok(Harness.echo("slow")) + Harness.ok(Harness.echo("slow")))
    }

    @Test func joinsChunks() throws {
        let harness = try Harness()
        let answer = try harness.send(Harness.chunked(["a", "bc", String(repeating: "d", count: 100_000)]))
        #expect(answer == Harness.ok(Harness.echo("abc" + String(repeating: "d", count: 100_000))))
    }

    @Test func probes() throws {
        let harness = try Harness()
        let ok = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\n"
        for path in ["/healthz", "/livez", "/readyz", "/healthz?verbose"] {
            #expect(try harness.send("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n") == ok + "ok\n")
            #expect(try harness.send("HEAD \(path) HTTP/1.1\r\nHost: h\r\n\r\n") == ok)
        }
    }

    @Test(
        "refuses and keeps the connection",
        arguments: [
            ("GET /validate HTTP/1.1\r\nHost: h\r\n\r\n", "405 Method Not Allowed", "MethodNotAllowed"),
            ("DELETE /healthz HTTP/1.1\r\nHost: h\r\n\r\n", "405 Method Not Allowed", "MethodNotAllowed"),
            ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "404 Not Found", "NotFound"),
            (PipelineHarness.post("x", path: "/validate/"), "404 Not Found", "NotFound"),
            (
                "POST /validate HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}", "415 Unsupported Media Type",
                "UnsupportedMediaType"
            ),
            (
                PipelineHarness.post("x", headers: ["Content-Encoding: gzip"]), "415 Unsupported Media Type",
                "UnsupportedMediaType"
            ),
            (PipelineHarness.post("x", path: "/validate?timeout=soon"), "400 Bad Request", "BadRequest"),
            (PipelineHarness.post(""), "400 Bad Request", "BadRequest"),
            (PipelineHarness.post("x", headers: ["Host: other"]), "400 Bad Request", "BadRequest"),
            ("GET /healthz HTTP/1.1\r\n\r\n", "400 Bad Request", "BadRequest"),
            (PipelineHarness.post("x", headers: ["Expect: a miracle"]), "417 Expectation Failed", "BadRequest"),
        ])
    func refusesAndKeeps(request: String, status: String, reason: String) throws {
        let harness = try Harness()
        let answer = try harness.send(request)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\ncontent-type: application/json\r\n"))
        #expect(answer.contains(#""status":"Failure""#))
        #expect(answer.contains(#""reason":"\#(reason)","code":\#(status.prefix(3))}"#))
        #expect(!answer.contains("connection: close"))
        #expect(try harness.send(Harness.post("next")) == Harness.ok(Harness.echo("next")))
    }

    @Test(
        "refuses and closes",
        arguments: [
            ("nonsense\r\n\r\n", "400 Bad Request"),
            ("GET / HTTP/2.0\r\nHost: h\r\n\r\n", "505 HTTP Version Not Supported"),
            ("POST /validate HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n", "400 Bad Request"),
            ("POST /validate HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400 Bad Request"),
            (
                "POST /validate HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
                "400 Bad Request"
            ),
            (PipelineHarness.post("", headers: ["Transfer-Encoding: gzip"]), "400 Bad Request"),
            (PipelineHarness.chunkedHead + "xyz\r\n", "400 Bad Request"),
            ("GET /healthz HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "x", count: 9000))\r\n\r\n", "431 "),
            (
                "GET /healthz HTTP/1.1\r\nHost: h\r\n\(String(repeating: "a: b\r\n", count: 101))\r\n", "431 "
            ),
            (
                "POST /validate HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 8388609\r\n\r\n", "413 "
            ),
            ("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", "404 "),
        ])
    func refusesAndCloses(request: String, status: String) throws {
        let harness = try Harness()
        // The decoder's error comes back from the embedded channel too.
        var answer = (try? harness.send(request)) ?? ""
        answer += try harness.received()
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"))
        #expect(answer.contains("connection: close\r\n"))
        #expect(answer.contains(#""kind":"Status""#))
        #expect(!harness.isOpen)
    }

    @Test func allowsTheRightMethods() throws {
        let harness = try Harness()
        #expect(try harness.send("PUT /validate HTTP/1.1\r\nHost: h\r\n\r\n").contains("\r\nallow: POST\r\n"))
        #expect(try harness.send("PUT /readyz HTTP/1.1\r\nHost: h\r\n\r\n").contains("\r\nallow: GET, HEAD\r\n"))
    }

    @Test func refusesAnEndlessChunkedBody() throws {
        let harness = try Harness()
        let chunk = String(repeating: "x", count: 1 << 20)
        var answer = try harness.send(Harness.chunkedHead)
        for _ in 0..<9 where harness.isOpen { answer += try harness.send("100000\r\n\(chunk)\r\n") }
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(!harness.isOpen)
    }

    @Test func continuesWhenExpected() throws {
        let harness = try Harness()
        let request = Harness.post("body", headers: ["Expect: 100-continue"])
        #expect(try harness.send(String(request.dropLast(4))) == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(try harness.send("body") == Harness.ok(Harness.echo("body")))
    }

    @Test func oldClientsGetOneAnswer() throws {
        let harness = try Harness()
        let answer = try harness.send("GET /healthz HTTP/1.0\r\n\r\n")
        #expect(answer.hasSuffix("connection: close\r\n\r\nok\n"))
        #expect(!harness.isOpen)
    }

    @Test func closesOnRequest() throws {
        let harness = try Harness()
        let answer = try harness.send(Harness.post("x", headers: ["Connection: close"]))
        #expect(answer == Harness.ok(Harness.echo("x"), close: true))
        #expect(!harness.isOpen)
    }

    @Test func responderRefusalsAreStatusObjects() throws {
        let harness = try Harness()
        let answer = try harness.send(Harness.post("!"))
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(answer.contains(#""message":"refused with \"quotes\" and \u0007""#))
        #expect(!answer.contains("half an answer"))
        #expect(harness.isOpen)
    }

    @Test func respondersMayClearTheirBufferOrFillIt() throws {
        let harness = try Harness()
        #expect(try harness.send(Harness.post("~")) == Harness.ok("{}"))
        #expect(try harness.send(Harness.post("#")).utf8.count > 1 << 20)
        #expect(try harness.send(Harness.post("x")) == Harness.ok(Harness.echo("x")))
    }

    @Test func slowHeadsAndBodiesGet408() throws {
        let head = try Harness()
        #expect(try head.send("POST /validate HTTP/1.1\r\n") == "")
        #expect(try head.advance(9) == "")
        #expect(try head.advance(1).hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(!head.isOpen)
        let body = try Harness()
        try body.send(String(Harness.post("body").dropLast(1)))
        #expect(try body.advance(29) == "")
        #expect(try body.advance(1).hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(!body.isOpen)
    }

    @Test func idleConnectionsCloseQuietly() throws {
        let harness = try Harness()
        #expect(try harness.advance(100) == "")
        try harness.send(Harness.post("x"))
        #expect(try harness.advance(179) == "")
        #expect(harness.isOpen)
        #expect(try harness.advance(1) == "")
        #expect(!harness.isOpen)
    }

    @Test func halfClosedClientsGetTheirAnswer() throws {
        let harness = try Harness()
        #expect(try harness.send(Harness.post("x")) == Harness.ok(Harness.echo("x")))
        #expect(try harness.closeInput() == "")
        #expect(!harness.isOpen)
        let cut = try Harness()
        try cut.send(String(Harness.post("body").dropLast(1)))
        #expect(try cut.closeInput().hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(!cut.isOpen)
    }

    @Test func drainingFinishesWhatIsThereAndClosesTheRest() throws {
        let harness = try Harness()
        try harness.send(String(Harness.post("body").dropLast(1)))
        let promise = harness.channel.eventLoop.makePromise(of: Void.self)
        var drained = false
        promise.futureResult.assumeIsolated().whenSuccess { drained = true }
        harness.resources.drain(promise: promise)
        #expect(try harness.advance(5) == "")
        #expect(try harness.send("y") == Harness.ok(Harness.echo("body".dropLast() + "y"), close: true))
        #expect(!harness.isOpen)
        harness.channel.embeddedEventLoop.run()
        #expect(drained)
    }

    @Test func drainingAnswersRequestsThatWereOnTheirWay() throws {
        let harness = try Harness()
        harness.resources.drain(promise: harness.channel.eventLoop.makePromise())
        #expect(try harness.advance(0) == "")
        let answer = try harness.send("GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(answer.contains("connection: close"))
        let idle = try Harness()
        idle.resources.drain(promise: idle.channel.eventLoop.makePromise())
        #expect(try idle.advance(1) == "")
        #expect(!idle.isOpen)
    }

    @Test func readsNoMoreFromClientsThatDoNotRead() throws {
        let harness = try Harness()
        harness.channel.pipeline.read()
        let before = harness.reads
        harness.channel.isWritable = false
        harness.channel.pipeline.read()
        #expect(harness.reads == before)
        harness.channel.isWritable = true
        harness.channel.pipeline.fireChannelWritabilityChanged()
        #expect(harness.reads == before + 1)
        harness.channel.isWritable = false
        harness.channel.pipeline.read()
        _ = try harness.advance(180)
        #expect(!harness.isOpen)
    }

    @Test func boundsUnfinishedBodiesTogether() throws {
        let harness = try Harness()
        #expect(harness.resources.reserveBodyBytes(WebhookLimits.unfinishedBodyBytesPerLoop - 3))
        let answer = try harness.send(Harness.post("body"))
        #expect(answer.hasPrefix("HTTP/1.1 429 Too Many Requests\r\n"))
        #expect(answer.contains("retry-after: 1\r\n"))
        #expect(!harness.isOpen)
        #expect(harness.resources.reserveBodyBytes(3), "the refused body is no longer counted")
    }
}
