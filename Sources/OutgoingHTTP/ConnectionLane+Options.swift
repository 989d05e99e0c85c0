import CCurl

extension ConnectionLane {
    /// Sets all options of one request but its body and its callbacks.
    ///
    /// - Returns: The list of header lines, for the caller to free behind the transfer.
    func configure(_ hop: Hop, _ client: HTTPClient) -> UnsafeMutablePointer<curl_slist>? {
        let request = hop.request
        let configuration = client.configuration
        set(CURLOPT_URL, hop.url.text)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, guardrail_curl_http11())
        // No signals: this is one thread of many. Nor may a name that does not resolve outlive the deadline.
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 30)
        set(CURLOPT_TCP_KEEPINTVL, 10)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, request.connectTimeout.wholeMilliseconds))
        set(CURLOPT_USERAGENT, configuration.userAgent)
        if request.acceptsCompression { set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        if !configuration.usesEnvironmentProxy || hop.url.isLoopback { set(CURLOPT_PROXY, "") }
        setMethod(request)
        setTLS(configuration, client.authorities, showsCertificate: hop.isFirstOrigin)
        return setHeaders(hop)
    }

    private func setMethod(_ request: HTTPRequest) {
        switch (request.method, request.body) {
        case ("GET", nil): set(CURLOPT_HTTPGET, 1)
        case ("HEAD", _): set(CURLOPT_NOBODY, 1)
        case (let method, .some):
            set(CURLOPT_POST, 1)
            set(CURLOPT_CUSTOMREQUEST, method)
        case (let method, nil): set(CURLOPT_CUSTOMREQUEST, method)
        }
    }

    private func setTLS(_ configuration: HTTPClientConfiguration, _ authorities: [UInt8]?, showsCertificate: Bool) {
        set(CURLOPT_SSLVERSION, guardrail_curl_tls12())
        set(CURLOPT_SSL_VERIFYPEER, configuration.verifiesServer ? 1 : 0)
        set(CURLOPT_SSL_VERIFYHOST, configuration.verifiesServer ? 2 : 0)
        switch configuration.authorities {
        case .system:
            if let path = HTTPClient.systemAuthorities(self) { set(CURLOPT_CAINFO, path) }
        case .only(.file(let path)):
            set(CURLOPT_CAPATH, nil)
            set(CURLOPT_CAINFO, path)
        case .only(.data), .systemAnd:
            // INVARIANT: the client has read them.
            set(CURLOPT_CAPATH, nil)
            set(CURLOPT_CAINFO_BLOB, bytes: authorities ?? [])
        }
        guard showsCertificate, let pair = configuration.clientCertificate else { return }
        switch pair.certificate {
        case .file(let path): set(CURLOPT_SSLCERT, path)
        case .data(let bytes): set(CURLOPT_SSLCERT_BLOB, bytes: bytes)
        }
        switch pair.key {
        case .file(let path): set(CURLOPT_SSLKEY, path)
        case .data(let bytes): set(CURLOPT_SSLKEY_BLOB, bytes: bytes)
        }
    }

    private func setHeaders(_ hop: Hop) -> UnsafeMutablePointer<curl_slist>? {
        var lines: [String] = []
        var hasContentType = false
        for header in hop.request.headers {
            let name = header.name.lowercased()
            // Other servers learn nothing that proves who asks.
            if !hop.isFirstOrigin, ["authorization", "cookie", "proxy-authorization"].contains(name) { continue }
            if name == "content-type" { hasContentType = true }
            // With a semicolon, libcurl sends an empty value; with a colon, it sends no such header.
            lines.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        // Neither a round trip before the body nor libcurl's idea of what the body is.
        lines.append("Expect:")
        if !hasContentType { lines.append("Content-Type:") }
        if hop.isFirstOrigin {
            switch hop.request.authorization {
            case .none: break
            case .bearer(let token): lines.append("Authorization: Bearer \(token)")
            case .basic(let user, let password):
                set(CURLOPT_HTTPAUTH, guardrail_curl_basic())
                set(CURLOPT_USERNAME, user)
                set(CURLOPT_PASSWORD, password)
            }
        }
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            // On failure the old list stays valid.
            list = curl_slist_append(list, line) ?? list
        }
        _ = guardrail_curl_set_pointer(easy, CURLOPT_HTTPHEADER, list)
        return list
    }
}
