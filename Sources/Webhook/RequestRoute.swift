import NIOHTTP1

/// What a request's head asks for, once it is known to be acceptable.
enum RequestRoute: Equatable {
    enum Probe: Equatable {
        case live
        case ready
    }

    case admission(AdmissionEndpoint, timeout: Duration?)
    case probe(Probe, headOnly: Bool)

    /// Decides by path, then method, then headers; throws what the client did wrong.
    init(_ head: HTTPRequestHead, _ headers: RequestHeaders) throws(HTTPRefusal) {
        // The API server's own targets, without the general parser.
        if head.method == .POST, head.uri == "/validate" || head.uri == "/validate?timeout=10s" {
            try Self.requireJSON(headers)
            self = .admission(.validate, timeout: head.uri.utf8.count > 9 ? .seconds(10) : nil)
            return
        }
        let target = RequestTarget(head.uri)
        switch target.path {
        case "/validate":
            guard head.method == .POST else { throw .methodNotAllowed(head.method, allowed: "POST") }
            try Self.requireJSON(headers)
            self = .admission(.validate, timeout: try Self.timeout(target))
        case "/healthz", "/livez":
            self = .probe(.live, headOnly: try Self.requireRead(head.method))
        case "/readyz":
            self = .probe(.ready, headOnly: try Self.requireRead(head.method))
        default:
            let path = String(decoding: target.path.utf8.prefix(WebhookLimits.quotedPathBytes), as: UTF8.self)
            throw .notFound(path: path)
        }
    }

    /// True for HEAD.
    private static func requireRead(_ method: HTTPMethod) throws(HTTPRefusal) -> Bool {
        guard method == .GET || method == .HEAD else { throw .methodNotAllowed(method, allowed: "GET, HEAD") }
        return method == .HEAD
    }

    private static func requireJSON(_ headers: RequestHeaders) throws(HTTPRefusal) {
        guard headers.isJSON else { throw .unsupportedMediaType("the content type must be `application/json`") }
        guard !headers.isEncoded else { throw .unsupportedMediaType("compressed bodies are not accepted") }
    }

    private static func timeout(_ target: RequestTarget) throws(HTTPRefusal) -> Duration? {
        guard let text = target.parameter("timeout") else { return nil }
        guard let timeout = Duration(goDuration: text) else {
            let quoted = String(decoding: text.utf8.prefix(64), as: UTF8.self)
            throw .badRequest("`timeout` must be a duration such as `10s`, not `\(quoted)`")
        }
        return timeout
    }
}
