import CCurl

/// An absolute URL with what decides about credentials: scheme, host and port.
package struct HTTPURL: Hashable, Sendable {
    /// Where credentials belong.
    package struct Origin: Hashable, Sendable, CustomStringConvertible {
        package let scheme: String
        /// Lower case; an IPv6 address in its brackets.
        package let host: String
        package let port: Int

        /// Host, and the port where it is not the scheme's own.
        package var description: String {
            port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)"
        }
    }

    /// Normalised.
    package let text: String
    package let origin: Origin

    /// - Throws: `malformed-request`.
    package init(_ text: String) throws(HTTPError) {
        self = try Self.parse(text, base: nil)
    }

    /// What a `Location` header or a `Link` means in the response from this URL.
    package func resolving(_ reference: String) throws(HTTPError) -> HTTPURL {
        try Self.parse(reference, base: text)
    }

    private init(text: String, origin: Origin) {
        self.text = text
        self.origin = origin
    }

    /// Whether the host is this machine by its name or its literal address.
    package var isLoopback: Bool {
        let host = origin.host
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        return NetworkZone(address: host) == .loopback
    }

    private static func parse(_ text: String, base: String?) throws(HTTPError) -> HTTPURL {
        func refuse(_ problem: String) -> HTTPError {
            HTTPError(.malformedRequest, host: "", "`\(text.prefix(200))` \(problem)")
        }
        guard text.utf8.count <= HTTPLimits.maximumURLBytes else { throw refuse("is longer than a URL may be") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw refuse("has a space or a character outside ASCII")
        }
        guard let handle = curl_url() else { throw HTTPError(.setup, host: "", "out of memory") }
        defer { curl_url_cleanup(handle) }
        if let base, curl_url_set(handle, CURLUPART_URL, base, 0) != CURLUE_OK {
            throw refuse("has no base")
        }
        guard curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK else {
            throw refuse("is not a URL without credentials")
        }
        // A fragment is for the reader.
        _ = curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
        guard let scheme = part(handle, CURLUPART_SCHEME), scheme == "https" || scheme == "http" else {
            throw refuse("is neither `https:` nor `http:`")
        }
        guard let host = part(handle, CURLUPART_HOST), !host.isEmpty,
            let port = part(handle, CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)).flatMap({ Int($0) }),
            let whole = part(handle, CURLUPART_URL)
        else { throw refuse("has no host") }
        return HTTPURL(text: whole, origin: Origin(scheme: scheme, host: host.lowercased(), port: port))
    }

    private static func part(_ handle: OpaquePointer, _ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
