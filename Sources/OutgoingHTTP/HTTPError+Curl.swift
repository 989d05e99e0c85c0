import CCurl

extension HTTPError {
    /// - Parameter detail: libcurl's own words.
    init(code: CURLcode, host: String, phase: String, detail: String) {
        var said = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        while said.utf8.last == UInt8(ascii: ".") || said.utf8.last == UInt8(ascii: "\n") { said.removeLast() }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            self.init(.resolve, host: host, "the host's name cannot be looked up")
        case CURLE_COULDNT_RESOLVE_PROXY:
            self.init(.proxy, host: host, "the proxy's name cannot be looked up")
        case CURLE_PROXY:
            self.init(.proxy, host: host, "the proxy refused: \(said)")
        case CURLE_COULDNT_CONNECT:
            self.init(.connect, host: host, "no connection: \(said)")
        case CURLE_OPERATION_TIMEDOUT:
            self.init(.timeout, host: host, "timed out \(phase)")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
            self.init(.tls, host: host, "the server's certificate is not accepted: \(said)")
        case CURLE_SSL_CACERT_BADFILE:
            self.init(.tls, host: host, "the certificate authorities cannot be read: \(said)")
        case CURLE_SSL_CERTPROBLEM:
            self.init(.tls, host: host, "the client certificate cannot be used: \(said)")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_USE_SSL_FAILED:
            self.init(.tls, host: host, "the TLS handshake failed: \(said)")
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE:
            self.init(.connectionLost, host: host, "the connection broke \(phase): \(said)")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_UNSUPPORTED_PROTOCOL,
            CURLE_HTTP2, CURLE_HTTP2_STREAM:
            self.init(.malformedResponse, host: host, "the server does not speak HTTP: \(said)")
        case CURLE_URL_MALFORMAT:
            self.init(.malformedRequest, host: host, said)
        default:
            self.init(.connectionLost, host: host, "\(said) \(phase)")
        }
    }
}
