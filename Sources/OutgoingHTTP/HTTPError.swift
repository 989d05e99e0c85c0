/// Why there is no response.
package struct HTTPError: Error, Hashable, Sendable {
    /// Raw values are stable identifiers.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case malformedRequest = "malformed-request"
        case plainHTTPRefused = "plain-http-refused"
        case resolve = "host-not-found"
        case connect = "connection-refused"
        case timeout = "timeout"
        case tls = "tls"
        case proxy = "proxy"
        case connectionLost = "connection-lost"
        case malformedResponse = "malformed-response"
        case headersTooLarge = "headers-too-large"
        case bodyTooLarge = "body-too-large"
        case tooManyRedirects = "too-many-redirects"
        case redirectRefused = "redirect-refused"
        case addressRefused = "address-refused"
        case cancelled = "cancelled"
        case setup = "setup"
    }

    package let kind: Kind
    /// The host that was asked, with its port where it has one.
    package let host: String
    /// Lower case, no full stop; says nothing of credentials.
    package let detail: String

    package init(_ kind: Kind, host: String, _ detail: String) {
        self.kind = kind
        self.host = host
        self.detail = detail
    }

    /// What lies further inside than it may.
    static func address(_ address: String, host: String) -> HTTPError {
        HTTPError(
            .addressRefused, host: host, "`\(address)` lies further inside than this server may")
    }

    /// Whether the same request may well be answered later.
    package var isTransient: Bool {
        switch kind {
        case .resolve, .connect, .timeout, .connectionLost, .proxy: true
        default: false
        }
    }
}
