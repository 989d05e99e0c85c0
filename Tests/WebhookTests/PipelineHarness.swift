import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Webhook

/// One connection above TLS, on an embedded channel with a clock that tests move.
final class PipelineHarness {
    /// The socket's end: counts reads, and closes only when told to close altogether.
    private final class Socket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var reads = 0

        func read(context: ChannelHandlerContext) {
            reads += 1
            context.read()
        }
    }

    let channel = EmbeddedChannel()
    let resources: LoopResources
    private let socket = Socket()

    init(
        responder: any AdmissionResponder = EchoResponder(), inFlightLimit: Int = 8,
        access: RequestRoute.Access = RequestRoute.Access()
    ) throws {
        let (labels, block) = (KindLabels(), LoopMetrics.makeBlock())
        let status = ServerStatus(version: "1.2.3")
        resources = LoopResources(
            responder: responder, metrics: LoopMetrics(block: block, labels: labels),
            server: ServerMetrics(status: status, labels: labels, blocks: [block]), status: status,
            inFlightLimit: inFlightLimit)
        try channel.pipeline.syncOperations.addHandler(socket)
        try channel.pipeline.syncOperations.addAdmissionHandlers(
            resources: resources, timeouts: WebhookConfiguration.Timeouts(), eventLoop: channel.eventLoop,
            access: access)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    var reads: Int { socket.reads }
    var isOpen: Bool { channel.isActive }

    /// Sends bytes in one piece and returns everything that came back so far.
    @discardableResult
    func send(_ text: String) throws -> String {
        try channel.writeInbound(ByteBuffer(string: text))
        return try received()
    }

    func received() throws -> String {
        var text = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    func advance(_ seconds: Int64) throws -> String {
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
        return try received()
    }

    func closeInput() throws -> String {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        return try received()
    }

    static func post(_ body: String, path: String = "/validate", headers: [String] = []) -> String {
        let lines = ["POST \(path) HTTP/1.1", "Host: localhost", "Content-Type: application/json"]
        let all = lines + ["Content-Length: \(body.utf8.count)"] + headers
        return all.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    static func chunked(_ chunks: [String]) -> String {
        chunkedHead + chunks.map { String($0.utf8.count, radix: 16) + "\r\n\($0)\r\n" }.joined() + "0\r\n\r\n"
    }

    /// What comes before the first chunk.
    static let chunkedHead =
        ["POST /validate HTTP/1.1", "Host: h", "Content-Type: application/json", "Transfer-Encoding: chunked"]
        .joined(separator: "\r\n") + "\r\n\r\n"

    static func echo(_ body: String, timeout: String = "null") -> String {
        let count = body.utf8.count
        return #"{"bytes":\#(count),"sum":\#(EchoResponder.sum(body)),"timeout":\#(timeout),"padded":true}"#
    }

    static func ok(_ body: String, close: Bool = false) -> String {
        let end = close ? "\r\nconnection: close\r\n\r\n" : "\r\n\r\n"
        return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)" + end + body
    }
}
