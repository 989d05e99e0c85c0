package import OutgoingHTTP

/// Requests over the network to the API server of a `ClusterConnection`.
package struct HTTPTransport: APITransport {
    private let connection: ClusterConnection
    private let http: HTTPClient
    private let watchIdle: Duration

    /// - Parameter watchIdle: after how long without a byte a watch is begun anew.
    package init(
        _ connection: ClusterConnection, watchIdle: Duration = KubernetesAPILimits.watchIdle
    ) throws(HTTPError) {
        self.connection = connection
        self.watchIdle = watchIdle
        var configuration = HTTPClientConfiguration()
        if let authorities = connection.authorities { configuration.authorities = .only(authorities) }
        configuration.clientCertificate = connection.clientCertificate
        configuration.plainHTTP = .loopback
        // Credentials of a cluster's machines are nothing for a proxy that the environment happens to name.
        configuration.usesEnvironmentProxy = false
        http = try HTTPClient(configuration)
    }

    package func send(_ request: APIRequest) throws(APIFailure) -> APIResponse {
        var outgoing = makeRequest(request)
        outgoing.deadline = .now + request.timeout
        outgoing.maximumBodyBytes = request.maximumBytes
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try http.send(outgoing)
        } catch {
            throw APIFailure(error)
        }
        try check(response.head, body: response.body)
        return APIResponse(body: response.body, date: response["Date"].flatMap(HTTPDate.seconds))
    }

    package func stream(
        _ request: APIRequest, seconds: Int, accepted: () -> Void, chunk: ([UInt8]) -> Bool
    ) throws(APIFailure) {
        var outgoing = makeRequest(request)
        // For a server that does not end it.
        outgoing.deadline = .now + .seconds(seconds) + KubernetesAPILimits.requestTimeout
        outgoing.idleTimeout = watchIdle
        var isAccepted = false
        var refusal: [UInt8]?
        let head: HTTPResponseHead
        do throws(HTTPError) {
            head = try http.stream(outgoing) { head in
                if (200..<300).contains(head.status) {
                    isAccepted = true
                    accepted()
                } else {
                    refusal = []
                }
                return .proceed
            } onChunk: { bytes in
                guard let before = refusal else { return chunk(bytes) ? .proceed : .stop }
                refusal = before + bytes.prefix(KubernetesAPILimits.failureBytes - before.count)
                return before.count < KubernetesAPILimits.failureBytes ? .proceed : .stop
            }
        } catch {
            // A quiet watch is a good one; it is begun anew from where it was. One that never began is none.
            if error.kind == .timeout, isAccepted { return }
            throw APIFailure(error)
        }
        if let refusal { try check(head, body: refusal) }
    }

    private func makeRequest(_ request: APIRequest) -> HTTPRequest {
        var outgoing = HTTPRequest(request.method, connection.server + request.target)
        outgoing.headers = [HTTPHeader("Accept", "application/json")]
        if let type = request.contentType { outgoing.headers.append(HTTPHeader("Content-Type", type)) }
        outgoing.body = request.body
        outgoing.connectTimeout = KubernetesAPILimits.connectTimeout
        outgoing.cancellation = request.cancellation
        if let token = connection.token?.current() { outgoing.authorization = .bearer(token) }
        return outgoing
    }

    private func check(_ head: HTTPResponseHead, body: [UInt8]) throws(APIFailure) {
        guard !(200..<300).contains(head.status) else { return }
        if head.status == 401 { connection.token?.refused() }
        throw APIFailure(status: head.status, body: body, retryAfter: head["Retry-After"])
    }
}

extension APIFailure {
    init(_ error: HTTPError) {
        let kind: Kind =
            switch error.kind {
            case .cancelled: .cancelled
            case .bodyTooLarge: .tooLarge
            case .malformedResponse, .headersTooLarge, .tooManyRedirects, .redirectRefused: .malformed
            default: .unreachable
            }
        self.init(kind, "\(error.host.isEmpty ? "" : "`\(error.host)`: ")\(error.detail)")
    }
}
