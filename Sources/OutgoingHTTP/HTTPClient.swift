import CCurl
import Glibc

/// A blocking HTTP/1.1 client over the system's libcurl.
///
/// It may be used from many threads at once; each runs its own transfer, and open connections go from one to the next.
package final class HTTPClient: Sendable {
    let configuration: HTTPClientConfiguration
    /// PEM text of all authorities where they are not those of a file.
    let authorities: [UInt8]?
    private let pool = LanePool()

    /// - Throws: `setup` where a file with authorities cannot be read.
    package init(_ configuration: HTTPClientConfiguration = HTTPClientConfiguration()) throws(HTTPError) {
        self.configuration = configuration
        switch configuration.authorities {
        case .system, .only(.file): authorities = nil
        case .only(.data(let bytes)): authorities = bytes
        case .systemAnd(let source):
            let lane = try pool.take()
            guard let path = Self.systemAuthorities(lane) else {
                throw HTTPError(.setup, host: "", "the system's certificate authorities are not known")
            }
            authorities = try Self.read(.file(path)) + [UInt8(ascii: "\n")] + Self.read(source)
            pool.giveBack(lane)
        }
    }

    /// Sends a request and waits for the whole response, whatever its status.
    package func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        var body: [UInt8] = []
        var tooLarge = false
        let limit = request.maximumBodyBytes
        let head = try transfer(request) { _ in
            .proceed
        } onChunk: { bytes in
            guard body.count + bytes.count <= limit else {
                tooLarge = true
                return .stop
            }
            body.append(contentsOf: bytes)
            return .proceed
        }
        if tooLarge {
            let host = (try? HTTPURL(head.url).origin.description) ?? ""
            throw HTTPError(.bodyTooLarge, host: host, "the response is larger than \(limit) bytes")
        }
        return HTTPResponse(head: head, body: body)
    }

    /// Sends a request and hands over its response piece by piece, on the calling thread.
    ///
    /// It returns when the response has ended, or when a closure wants no more of it. It throws `cancelled` when
    /// `request.cancellation` was used, and `timeout` after `idleTimeout` without a byte or at the deadline.
    /// - Parameter onHead: status and headers, once, behind all redirects.
    /// - Returns: The same head.
    @discardableResult
    package func stream(
        _ request: HTTPRequest, onHead: (HTTPResponseHead) -> HTTPStreamDecision,
        onChunk: ([UInt8]) -> HTTPStreamDecision
    ) throws(HTTPError) -> HTTPResponseHead {
        try transfer(request, onHead: onHead) { onChunk(Array($0)) }
    }

    private func transfer(
        _ request: HTTPRequest, onHead: (HTTPResponseHead) -> HTTPStreamDecision,
        onChunk: (UnsafeRawBufferPointer) -> HTTPStreamDecision
    ) throws(HTTPError) -> HTTPResponseHead {
        let lane = try pool.take()
        let ended: Result<HTTPResponseHead, HTTPError> = withoutActuallyEscaping(onHead) { onHead in
            withoutActuallyEscaping(onChunk) { onChunk in
                let exchange = Exchange(client: self, lane: lane, request: request, onHead: onHead, onChunk: onChunk)
                do throws(HTTPError) {
                    return .success(try exchange.run())
                } catch {
                    return .failure(error)
                }
            }
        }
        // Without the closures of this call, which end with it.
        lane.reset()
        pool.giveBack(lane)
        return try ended.get()
    }

    /// `SSL_CERT_FILE`, or what libcurl was built with.
    static func systemAuthorities(_ lane: ConnectionLane) -> String? {
        if let path = getenv("SSL_CERT_FILE") { return String(cString: path) }
        return ConnectionLane.systemAuthorities(lane.easy)
    }

    private static func read(_ source: PEMSource) throws(HTTPError) -> [UInt8] {
        guard case .file(let path) = source else {
            if case .data(let bytes) = source { return bytes }
            return []
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw HTTPError(.setup, host: "", "cannot read `\(path)`: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw HTTPError(.setup, host: "", "cannot read `\(path)`: \(String(cString: strerror(errno)))")
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= HTTPLimits.maximumPEMBytes else {
                throw HTTPError(.setup, host: "", "`\(path)` is larger than \(HTTPLimits.maximumPEMBytes) bytes")
            }
        }
    }
}
