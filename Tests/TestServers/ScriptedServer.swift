import Foundation
import Synchronization

/// An HTTP server on loopback whose answers a test writes byte by byte.
package final class ScriptedServer: Sendable {
    package struct Request: Sendable {
        /// As in `GET /path HTTP/1.1`.
        package let method: String
        package let target: String
        /// Names in lower case.
        package let headers: [String: String]
        package let body: [UInt8]
        /// Which connection it came over, from 1.
        package let connection: Int
    }

    /// One accepted connection.
    package struct Connection: Sendable {
        let descriptor: Int32

        /// Whether the other side still took it.
        @discardableResult
        package func write(_ text: String) -> Bool { write(Array(text.utf8)) }

        @discardableResult
        package func write(_ bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }

        /// A whole response with its length.
        @discardableResult
        package func respond(_ status: Int, _ body: String = "", headers: [String: String] = [:]) -> Bool {
            respond(status, bytes: Array(body.utf8), headers: headers)
        }

        @discardableResult
        package func respond(_ status: Int, bytes: [UInt8], headers: [String: String] = [:]) -> Bool {
            let lines = headers.map { "\($0): \($1)\r\n" }.joined()
            return write(
                Array("HTTP/1.1 \(status) Status\r\n\(lines)Content-Length: \(bytes.count)\r\n\r\n".utf8) + bytes)
        }

        /// Ends the connection.
        package func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

        /// Waits until the other side has gone.
        package func waitForEnd() {
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
        }
    }

    package let port: Int
    private let listener: Int32
    private let handler: @Sendable (Request, Connection) -> Void
    private let state = Mutex((requests: [Request](), connections: 0))

    /// Starts to listen. The handler is called on a thread of its connection.
    package init(_ handler: @escaping @Sendable (Request, Connection) -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw CocoaError(.fileReadUnknown) }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.handler = handler
        Thread.detachNewThread { [weak self] in
            // Closed by who accepts: closed by anybody else, its number may be another server's before `accept` begins.
            defer { Foundation.close(listener) }
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                guard let server = self else {
                    Foundation.close(descriptor)
                    return
                }
                let number = server.state.withLock { state in
                    state.connections += 1
                    return state.connections
                }
                Thread.detachNewThread { server.serve(descriptor, number) }
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    package var url: String { "http://127.0.0.1:\(port)" }
    package var host: String { "127.0.0.1:\(port)" }
    package var requests: [Request] { state.withLock(\.requests) }
    package var connections: Int { state.withLock(\.connections) }

    private func serve(_ descriptor: Int32, _ number: Int) {
        defer { Foundation.close(descriptor) }
        var buffer: [UInt8] = []
        while let request = Self.read(descriptor, &buffer, number) {
            state.withLock { $0.requests.append(request) }
            handler(request, Connection(descriptor: descriptor))
        }
    }

    private static func read(_ descriptor: Int32, _ buffer: inout [UInt8], _ number: Int) -> Request? {
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        func more() -> Bool {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return false }
            buffer += chunk[..<count]
            return true
        }
        let end = Data("\r\n\r\n".utf8)
        while true {
            if let range = Data(buffer).range(of: end) {
                let lines = String(decoding: buffer[..<range.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    guard parts.count == 2 else { continue }
                    headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
                }
                let length = headers["content-length"].flatMap { Int($0) } ?? 0
                while buffer.count < range.upperBound + length { guard more() else { return nil } }
                let body = Array(buffer[range.upperBound..<(range.upperBound + length)])
                buffer.removeFirst(range.upperBound + length)
                let words = lines[0].split(separator: " ").map(String.init)
                guard words.count == 3 else { return nil }
                return Request(
                    method: words[0], target: words[1], headers: headers, body: body, connection: number)
            }
            guard more() else { return nil }
        }
    }
}
