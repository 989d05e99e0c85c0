import NIOCore
import NIOHTTP1

/// Composes a response in one buffer: the body first, after room for the head, then the head right before it, when the
/// body's length is known. Nothing is copied and the buffer is used again once it is written.
struct ResponseWriter {
    /// The whole response after `finish…`.
    private(set) var buffer = ByteBuffer()
    private var head = ByteBuffer()

    /// Begins a response; bodies are appended to `output` of the closure.
    mutating func compose<Outcome>(
        _ body: (inout ByteBuffer) throws(HTTPRefusal) -> Outcome
    ) throws(HTTPRefusal) -> Outcome {
        start()
        return try body(&buffer)
    }

    /// Begins a response with a body that is there already.
    mutating func compose(_ body: [UInt8]) {
        start()
        buffer.writeBytes(body)
    }

    /// A 200 answer from the composed body.
    mutating func finishOK(keepAlive: Bool) {
        finish(statusLine: "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n", keepAlive: keepAlive)
    }

    /// A 200 answer to a probe, with a line for each remark.
    mutating func writeProbe(remarks: [String], headOnly: Bool, keepAlive: Bool) {
        start()
        buffer.writeStaticString("ok\n")
        for remark in remarks { buffer.writeString("warning: \(remark)\n") }
        finish("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n", headOnly: headOnly, keepAlive: keepAlive)
    }

    /// A 200 answer of operators' tools.
    mutating func write(
        contentType: StaticString, headOnly: Bool, keepAlive: Bool, _ body: (inout ByteBuffer) -> Void
    ) {
        start()
        body(&buffer)
        let bodyBytes = buffer.readableBytes
        head.clear()
        head.writeStaticString("HTTP/1.1 200 OK\r\ncontent-type: ")
        head.writeStaticString(contentType)
        head.writeStaticString("\r\n")
        prependHead(keepAlive: keepAlive)
        if headOnly { buffer.moveWriterIndex(to: buffer.writerIndex - bodyBytes) }
    }

    /// The answer to a refused request.
    mutating func write(_ refusal: HTTPRefusal, headOnly: Bool, keepAlive: Bool) {
        start()
        refusal.write(into: &buffer)
        let bodyBytes = buffer.readableBytes
        head.clear()
        head.writeStaticString("HTTP/1.1 ")
        head.writeDecimal(Int(refusal.status.code))
        head.writeString(" \(refusal.status.reasonPhrase)\r\n")
        head.writeStaticString("content-type: application/json\r\n")
        if let methods = refusal.allowedMethods { head.writeString("allow: \(methods)\r\n") }
        if refusal.isTransient { head.writeStaticString("retry-after: 1\r\n") }
        prependHead(keepAlive: keepAlive)
        if headOnly { buffer.moveWriterIndex(to: buffer.writerIndex - bodyBytes) }
    }

    /// Lets go of a buffer that one large answer made large.
    mutating func recycle() {
        if buffer.capacity > WebhookLimits.keptBufferBytes { buffer = ByteBuffer() }
    }

    private mutating func start() {
        let room = WebhookLimits.responseHeadBytes
        buffer.clear(minimumCapacity: room + WebhookLimits.initialResponseReservation)
        buffer.moveWriterIndex(to: room)
        buffer.moveReaderIndex(to: room)
    }

    private mutating func finish(_ statusLine: StaticString, headOnly: Bool, keepAlive: Bool) {
        let bodyBytes = buffer.readableBytes
        finish(statusLine: statusLine, keepAlive: keepAlive)
        if headOnly { buffer.moveWriterIndex(to: buffer.writerIndex - bodyBytes) }
    }

    private mutating func finish(statusLine: StaticString, keepAlive: Bool) {
        head.clear()
        head.writeStaticString(statusLine)
        prependHead(keepAlive: keepAlive)
    }

    private mutating func prependHead(keepAlive: Bool) {
        head.writeStaticString("content-length: ")
        head.writeDecimal(buffer.readableBytes)
        head.writeStaticString(keepAlive ? "\r\n\r\n" : "\r\nconnection: close\r\n\r\n")
        let start = buffer.readerIndex - head.readableBytes
        if start >= 0 {
            buffer.setBuffer(head, at: start)
            buffer.moveReaderIndex(to: start)
        } else {
            // A responder that cleared its buffer took the room away.
            var joined = head
            joined.writeImmutableBuffer(buffer)
            buffer = joined
        }
    }
}
