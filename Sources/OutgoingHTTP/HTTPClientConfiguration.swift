/// PEM text, or the file that holds it. A file is read for each new connection, so that it may be replaced.
package enum PEMSource: Hashable, Sendable {
    case file(String)
    case data([UInt8])
}

/// What a client does the same way for all of its requests.
package struct HTTPClientConfiguration: Sendable {
    /// Whose certificates prove a server.
    package enum TrustedAuthorities: Hashable, Sendable {
        /// The system's; the file that `SSL_CERT_FILE` names in their place where it is set.
        case system
        /// These alone, as for a cluster's API server.
        case only(PEMSource)
        /// The system's and these, as for a registry with a private authority.
        case systemAnd(PEMSource)
    }

    /// A certificate chain, leaf first, with its key.
    package struct ClientCertificate: Hashable, Sendable {
        package let certificate: PEMSource
        package let key: PEMSource

        package init(certificate: PEMSource, key: PEMSource) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Where plain HTTP may go.
    package enum PlainHTTP: Hashable, Sendable {
        case refused
        /// To `localhost`, `*.localhost`, `127.0.0.0/8` and `::1`.
        case loopback
        case allowed
    }

    /// Addresses to which redirects may lead.
    package enum RedirectScope: Hashable, Sendable {
        /// A server may not redirect deeper inside: from public to private addresses, from either to link-local ones
        /// (where clouds keep credentials) or to loopback.
        case notInwards
        case anywhere
    }

    package var authorities = TrustedAuthorities.system
    /// Shown to the host of the request only, not behind redirects to others.
    package var clientCertificate: ClientCertificate?
    package var plainHTTP = PlainHTTP.refused
    package var redirectScope = RedirectScope.notInwards
    /// False accepts any certificate: only where a user asks for it in so many words.
    package var verifiesServer = true
    /// Whether `https_proxy`, `HTTPS_PROXY`, `http_proxy`, `all_proxy` and `no_proxy` count. Loopback never goes
    /// through a proxy.
    package var usesEnvironmentProxy = true
    /// Sent as `User-Agent`.
    package var userAgent = "guardrail"

    package init() {}
}
