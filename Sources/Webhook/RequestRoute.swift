import NIOHTTP1

/// What a request's head asks for, once it is known to be acceptable.
enum RequestRoute: Equatable {
    enum Probe: Equatable {
        case live
        case ready
    }

    /// What operators and their tools ask.
    enum Management: Equatable {
        case metrics
        case policies
        case version
    }

    /// What this connection may ask for.
    struct Access: Equatable {
        var servesAdmission = true
        var servesManagement = true
        /// False until the client has shown a certificate, where one is asked for.
        var isClientAllowed = true
        /// False while too many requests are in flight.
        var hasRoom = true
    }

    case admission(AdmissionEndpoint, timeout: Duration?, trace: TraceContext? = nil)
    case probe(Probe, headOnly: Bool, verbose: Bool)
    case management(Management, headOnly: Bool)

    /// Decides by path, then method, then headers; throws what the client did wrong.
    init(_ head: HTTPRequestHead, _ headers: RequestHeaders, access: Access) throws(HTTPRefusal) {
        self = try Self.route(head, headers, access: access)
        switch self {
        case .probe: break
        case .admission:
            guard access.isClientAllowed else { throw .clientNotAllowed }
            guard access.hasRoom else { throw .tooManyInFlight }
        case .management:
            guard access.isClientAllowed else { throw .clientNotAllowed }
        }
    }

    private static func route(
        _ head: HTTPRequestHead, _ headers: RequestHeaders, access: Access
    ) throws(HTTPRefusal) -> RequestRoute {
        // The API server's own targets, without the general parser.
        if access.servesAdmission, head.method == .POST, head.uri == "/validate" || head.uri == "/validate?timeout=10s"
        {
            try requireJSON(headers)
            return .admission(.validate, timeout: head.uri.utf8.count > 9 ? .seconds(10) : nil, trace: headers.trace)
        }
        let target = RequestTarget(head.uri)
        switch target.path {
        case "/validate" where access.servesAdmission, "/mutate" where access.servesAdmission:
            guard head.method == .POST else { throw .methodNotAllowed(head.method, allowed: "POST") }
            try requireJSON(headers)
            return .admission(
                target.path == "/mutate" ? .mutate : .validate, timeout: try timeout(target), trace: headers.trace)
        case "/healthz", "/livez":
            return .probe(.live, headOnly: try requireRead(head.method), verbose: target.has("verbose"))
        case "/readyz":
            return .probe(.ready, headOnly: try requireRead(head.method), verbose: target.has("verbose"))
        case "/metrics" where access.servesManagement:
            return .management(.metrics, headOnly: try requireRead(head.method))
        case "/policies" where access.servesManagement:
            return .management(.policies, headOnly: try requireRead(head.method))
        case "/version" where access.servesManagement:
            return .management(.version, headOnly: try requireRead(head.method))
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
