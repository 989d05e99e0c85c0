import Glibc

/// A request with all the redirects that it follows.
struct Exchange {
    let client: HTTPClient
    let lane: ConnectionLane
    let request: HTTPRequest
    let onHead: (HTTPResponseHead) -> HTTPStreamDecision
    let onChunk: (UnsafeRawBufferPointer) -> HTTPStreamDecision

    func run() throws(HTTPError) -> HTTPResponseHead {
        let first = try HTTPURL(request.url)
        try check(first)
        try Self.check(request.headers, host: first.origin.description)
        var url = first
        var isFirstOrigin = true
        var zone = request.innermostZone
        let limit = min(request.maximumRedirects, HTTPLimits.maximumRedirects)
        let follows = limit > 0 && (request.method == "GET" || request.method == "HEAD")
        var redirects = 0
        while true {
            try Self.check(url, zone)
            let hop = Hop(
                request: request, url: url, isFirstOrigin: isFirstOrigin, innermostZone: zone,
                followsRedirects: follows, onHead: onHead, onChunk: onChunk)
            try hop.run(on: lane, client)
            guard let location = hop.redirect else { return hop.head }
            redirects += 1
            guard redirects <= limit else {
                throw HTTPError(
                    .tooManyRedirects, host: url.origin.description, "redirected more than \(limit) times")
            }
            if client.configuration.redirectScope == .notInwards, let found = hop.zone {
                zone = min(zone ?? found, found)
            }
            let next: HTTPURL
            do throws(HTTPError) {
                next = try url.resolving(location)
                try check(next)
                guard url.origin.scheme == "http" || next.origin.scheme == "https" else {
                    throw HTTPError(.plainHTTPRefused, host: next.origin.description, "from TLS to plain HTTP")
                }
            } catch {
                throw HTTPError(.redirectRefused, host: url.origin.description, "redirected: \(error.detail)")
            }
            // Once elsewhere, what comes back is somebody else's request.
            if next.origin != first.origin { isFirstOrigin = false }
            url = next
        }
    }

    /// Literal addresses and this machine's name are refused before anything is sent anywhere, to a proxy either.
    private static func check(_ url: HTTPURL, _ zone: NetworkZone?) throws(HTTPError) {
        guard let zone, let found = url.isLoopback ? .loopback : NetworkZone(address: url.origin.host), found > zone
        else { return }
        throw HTTPError.address(url.origin.host, host: url.origin.description)
    }

    private func check(_ url: HTTPURL) throws(HTTPError) {
        guard url.origin.scheme == "http" else { return }
        switch client.configuration.plainHTTP {
        case .allowed: return
        case .loopback where url.isLoopback: return
        case .loopback, .refused:
            throw HTTPError(
                .plainHTTPRefused, host: url.origin.description, "plain HTTP to `\(url.origin)` is not allowed")
        }
    }

    /// Nobody may add lines of their own to a request.
    private static func check(_ headers: [HTTPHeader], host: String) throws(HTTPError) {
        for header in headers {
            let isName = header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            guard isName, !header.name.isEmpty, !header.value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) else {
                throw HTTPError(.malformedRequest, host: host, "the header `\(header.name)` has a control character")
            }
        }
    }
}
