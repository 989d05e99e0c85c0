import NIOHTTP1

/// The requests of one connection, one after the other, apart from channel and clock.
///
/// Each method is an event; what it returns is what the handler must do. A refused request is answered when its small body
/// has been read, so that the connection can be kept; one with a large or expected body at once, and the connection ends.
struct RequestExchange: Equatable {
    private enum Phase: Equatable {
        case idle
        case reading(RequestRoute, received: Int)
        case refusing(HTTPRefusal, received: Int)
        case closing
    }

    enum HeadAction: Equatable {
        case none
        /// Tell the client to send its body.
        case sendContinue
        case refuseAndClose(HTTPRefusal)
    }

    enum BodyAction: Equatable {
        case append
        case discard
        case refuseAndClose(HTTPRefusal)
    }

    enum EndAction: Equatable {
        case none
        case answer(RequestRoute, keepAlive: Bool)
        case refuse(HTTPRefusal, keepAlive: Bool)
    }

    enum CloseAction: Equatable {
        case none
        case close
        case refuseAndClose(HTTPRefusal)
    }

    /// What the connection's client may ask for; may change between two requests.
    var access = RequestRoute.Access()
    private var phase = Phase.idle
    private var keepAlive = true

    /// Whether an admission request is being read.
    var isReadingAdmission: Bool {
        if case .reading(.admission, _) = phase { true } else { false }
    }
    var isIdle: Bool { phase == .idle }
    var isClosing: Bool { phase == .closing }

    mutating func head(_ head: HTTPRequestHead) -> HeadAction {
        guard phase == .idle else { return .none }
        let headers = RequestHeaders(head.headers)
        // HTTP/1.0 clients get one answer; nobody who calls webhooks is left among them.
        keepAlive = head.isKeepAlive && head.version == .http1_1 && !headers.wantsUpgrade && head.method != .CONNECT
        do throws(HTTPRefusal) {
            guard headers.hosts == 1 || (headers.hosts == 0 && head.version != .http1_1) else {
                throw .badRequest("the request must have one Host header")
            }
            // Two lengths are how requests are smuggled past proxies (RFC 9112, 6.3).
            guard !headers.isChunked || (headers.contentLength == nil && !headers.hasUnknownTransferCoding) else {
                throw .badRequest("the request's body must have either a Content-Length or the coding `chunked`")
            }
            let route = try RequestRoute(head, headers, access: access)
            guard !headers.hasUnknownExpectation else { throw .expectationFailed }
            guard headers.contentLength ?? 0 <= WebhookLimits.bodyBytes else { throw .bodyTooLarge }
            phase = .reading(route, received: 0)
            return headers.expectsContinue && headers.hasBody ? .sendContinue : .none
        } catch {
            let dropped = headers.isChunked ? Int.max : headers.contentLength ?? 0
            guard dropped <= WebhookLimits.discardedBodyBytes, !headers.expectsContinue else {
                phase = .closing
                return .refuseAndClose(error)
            }
            phase = .refusing(error, received: 0)
            return .none
        }
    }

    mutating func body(byteCount: Int) -> BodyAction {
        switch phase {
        case .reading(let route, let received):
            let total = received + byteCount
            guard total <= WebhookLimits.bodyBytes else { return refuse(.bodyTooLarge) }
            phase = .reading(route, received: total)
            if case .admission = route { return .append }
            return .discard
        case .refusing(let refusal, let received):
            let total = received + byteCount
            guard total <= WebhookLimits.discardedBodyBytes else { return refuse(refusal) }
            phase = .refusing(refusal, received: total)
            return .discard
        case .idle, .closing:
            return .discard
        }
    }

    private mutating func refuse(_ refusal: HTTPRefusal) -> BodyAction {
        phase = .closing
        return .refuseAndClose(refusal)
    }

    /// The request is complete. While `draining`, every answer is its connection's last.
    mutating func end(draining: Bool) -> EndAction {
        let current = phase
        let stays = keepAlive && !draining
        switch current {
        case .reading(let route, _):
            phase = stays ? .idle : .closing
            return .answer(route, keepAlive: stays)
        case .refusing(let refusal, _):
            phase = stays ? .idle : .closing
            return .refuse(refusal, keepAlive: stays)
        case .idle, .closing:
            return .none
        }
    }

    /// The request cannot go on: bytes that are no HTTP, a deadline, too much load.
    mutating func refused(_ refusal: HTTPRefusal) -> CloseAction {
        guard phase != .closing else { return .none }
        phase = .closing
        return .refuseAndClose(refusal)
    }

    /// No more bytes will come. Everything complete has been answered already.
    mutating func inputClosed() -> CloseAction {
        switch phase {
        case .closing: return .none
        case .idle: break
        case .reading, .refusing: return refused(.badRequest("the request ended before its body did"))
        }
        phase = .closing
        return .close
    }

    /// The connection has outlived its use.
    mutating func close() -> CloseAction {
        guard phase != .closing else { return .none }
        phase = .closing
        return .close
    }
}
