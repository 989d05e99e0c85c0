package import OutgoingHTTP

/// A request to the Kubernetes API.
package struct APIRequest: Sendable {
    package var method: String
    /// Path and query, percent-encoded.
    package var target: String
    package var contentType: String?
    package var body: [UInt8]?
    package var maximumBytes: Int
    /// From connecting to the last byte; not for streams.
    package var timeout = KubernetesAPILimits.requestTimeout
    /// Ends the request from another thread.
    package var cancellation: HTTPCancellation?

    package init(
        _ method: String = "GET", _ target: String, contentType: String? = nil, body: [UInt8]? = nil,
        maximumBytes: Int = KubernetesAPILimits.objectBytes
    ) {
        self.method = method
        self.target = target
        self.contentType = contentType
        self.body = body
        self.maximumBytes = maximumBytes
    }
}

/// A successful answer.
package struct APIResponse: Sendable {
    package var body: [UInt8]
    /// The server's clock, in seconds since 1970; nil where it did not say.
    package var date: Int?

    package init(body: [UInt8], date: Int? = nil) {
        self.body = body
        self.date = date
    }
}

/// What carries requests to an API server: the network, or a server within a test.
///
/// Both functions block. They are called from several threads at once.
package protocol APITransport: Sendable {
    /// - Throws: also for every answer that is no success.
    func send(_ request: APIRequest) throws(APIFailure) -> APIResponse

    /// Hands over the body of the answer piece by piece, until it ends or `chunk` returns false.
    ///
    /// - Parameters:
    ///   - seconds: after which the server is to have ended it.
    ///   - accepted: called once, when the server has said yes.
    func stream(
        _ request: APIRequest, seconds: Int, accepted: () -> Void, chunk: ([UInt8]) -> Bool
    ) throws(APIFailure)
}
