/// A header line.
package struct HTTPHeader: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What proves who asks. It is sent to the host of the request and to no other.
package enum HTTPAuthorization: Hashable, Sendable {
    case none
    case bearer(String)
    case basic(user: String, password: String)
}

/// A request to another server.
package struct HTTPRequest: Sendable {
    package var method: String
    /// Absolute, `http:` or `https:`, without credentials in it.
    package var url: String
    package var headers: [HTTPHeader] = []
    package var body: [UInt8]?
    package var authorization: HTTPAuthorization = .none
    /// The whole exchange with all its redirects ends by then.
    package var deadline: ContinuousClock.Instant?
    /// Longest time without a byte from the server; nil where only the deadline counts.
    package var idleTimeout: Duration?
    package var connectTimeout: Duration = .seconds(10)
    /// Bytes of the body, after decompression. Streams are not bounded by it.
    package var maximumBodyBytes = HTTPLimits.defaultMaximumBodyBytes
    /// Redirects to follow, for GET and HEAD only. With 0, the redirect itself is the response.
    package var maximumRedirects = 0
    /// Whether the server may compress the body.
    package var acceptsCompression = false
    /// How far inside the server's address may lie, and those that it redirects to: where another server, or a stranger,
    /// named this one. Nil for anywhere. What a proxy connects to is the proxy's business, but for literal addresses.
    package var innermostZone: NetworkZone?
    /// Ends the request from another thread.
    package var cancellation: HTTPCancellation?

    package init(_ method: String = "GET", _ url: String) {
        self.method = method
        self.url = url
    }
}

/// Status and header lines of a response.
package struct HTTPResponseHead: Sendable {
    package var status: Int
    /// As they were sent, in their order.
    package var headers: [HTTPHeader]
    /// Of the last request, after redirects.
    package var url: String
    /// Where the address lies that was connected to.
    package var zone: NetworkZone?

    package init(status: Int, headers: [HTTPHeader], url: String, zone: NetworkZone? = nil) {
        self.status = status
        self.headers = headers
        self.url = url
        self.zone = zone
    }

    /// The first header of that name, whatever its letter case.
    package subscript(name: String) -> String? {
        headers.first { $0.name.utf8.elementsEqual(name.utf8, by: Self.isSameLetter) }?.value
    }

    /// All headers of that name.
    package func all(_ name: String) -> [String] {
        headers.filter { $0.name.utf8.elementsEqual(name.utf8, by: Self.isSameLetter) }.map(\.value)
    }

    private static func isSameLetter(_ left: UInt8, _ right: UInt8) -> Bool { lowered(left) == lowered(right) }

    private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}

/// A whole response.
package struct HTTPResponse: Sendable {
    package var head: HTTPResponseHead
    package var body: [UInt8]

    package init(head: HTTPResponseHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }

    package var status: Int { head.status }
    package subscript(name: String) -> String? { head[name] }
}

/// What a reader of a stream wants next.
package enum HTTPStreamDecision: Hashable, Sendable {
    case proceed
    /// Enough: the connection is closed, and `stream` returns as if the response had ended.
    case stop
}
