import NIOCore
import NIOEmbedded
import TestCertificates
import Testing

@testable import OpenSSLTLS

@Suite(.enabled(if: TestCertificates.isPossible, "needs the openssl tool"))
struct TLSServerHandlerTests {
    /// What came up the pipeline.
    private final class Recorder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var errors: [TLSConnectionError] = []
        var plaintext = ByteBuffer()
        var inputClosed = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            plaintext.writeImmutableBuffer(unwrapInboundIn(data))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if let error = error as? TLSConnectionError { errors.append(error) }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .some(.inputClosed) = event as? ChannelEvent { inputClosed += 1 }
        }
    }

    /// Stands for the socket's half-close: an embedded channel closes altogether.
    private final class HalfClosing: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            if mode == .output { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
        }
    }

    private func channel() throws -> (EmbeddedChannel, Recorder) {
        let files = try TestCertificates.shared.get()
        let context = try TLSContext(certificatePath: files.certificate, keyPath: files.key)
        var configuration = TLSServerConfiguration()
        configuration.plaintextHTTPReply = ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n")
        let recorder = Recorder()
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(HalfClosing())
        try channel.pipeline.syncOperations.addHandler(
            TLSServerHandler(context: context, workspace: TLSWorkspace(), configuration: configuration))
        try channel.pipeline.syncOperations.addHandler(recorder)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return (channel, recorder)
    }

    /// A client's session, fed by hand.
    private func handshake(_ channel: EmbeddedChannel, _ client: TLSTestClient) throws {
        while !client.handshake() {
            try exchange(channel, client)
        }
        try exchange(channel, client)
    }

    private func exchange(_ channel: EmbeddedChannel, _ client: TLSTestClient) throws {
        let output = client.takeOutput()
        if output.readableBytes > 0 { try channel.writeInbound(output) }
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { client.feed(bytes) }
    }

    @Test func givesUpOnASlowHandshake() throws {
        let (channel, recorder) = try channel()
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(recorder.errors.isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(recorder.errors == [.handshakeTimeout])
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test func answersPlainHTTPInPlainHTTP() throws {
        let (channel, recorder) = try channel()
        try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        let reply = try channel.readOutbound(as: ByteBuffer.self)
        #expect(reply.map { String(buffer: $0) } == "HTTP/1.1 400 Bad Request\r\n\r\n")
        #expect(recorder.errors == [.plaintextHTTP])
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!channel.isActive)
    }

    @Test func closesOnGarbage() throws {
        let (channel, recorder) = try channel()
        try channel.writeInbound(ByteBuffer(bytes: [UInt8](repeating: 0xA5, count: 600)))
        #expect(recorder.errors.count == 1)
        guard case .protocolError(let detail) = recorder.errors.first else {
            Issue.record("no protocol error")
            return
        }
        #expect(detail.contains("wrong version number"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test func anAlertEndsABrokenRecordAndLaterBytesAreDropped() throws {
        let (channel, recorder) = try channel()
        let client = try TLSTestClient()
        try handshake(channel, client)
        try channel.writeInbound(ByteBuffer(bytes: [0x17, 3, 3, 0, 32] + [UInt8](repeating: 1, count: 32)))
        #expect(recorder.errors.count == 1)
        let alert = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(alert.readableBytes > 5)
        try channel.writeInbound(ByteBuffer(bytes: [1, 2, 3]))
        #expect(recorder.errors.count == 1)
        #expect(recorder.plaintext.readableBytes == 0)
    }

    @Test("carries bytes both ways", arguments: [1, 100, 16_384, 16_385, 300_000])
    func carriesBytes(size: Int) throws {
        let (channel, recorder) = try channel()
        let client = try TLSTestClient()
        try handshake(channel, client)
        let bytes = ByteBuffer(bytes: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        client.write(bytes)
        try exchange(channel, client)
        #expect(recorder.plaintext == bytes)
        channel.writeAndFlush(bytes, promise: nil)
        try exchange(channel, client)
        #expect(client.read() == bytes)
    }

    @Test func takesCiphertextByteByByte() throws {
        let (channel, recorder) = try channel()
        let client = try TLSTestClient()
        while !client.handshake() {
            for byte in client.takeOutput().readableBytesView { try channel.writeInbound(ByteBuffer(bytes: [byte])) }
            while let bytes = try channel.readOutbound(as: ByteBuffer.self) { client.feed(bytes) }
        }
        client.write(ByteBuffer(string: "hello"))
        for byte in client.takeOutput().readableBytesView { try channel.writeInbound(ByteBuffer(bytes: [byte])) }
        #expect(String(buffer: recorder.plaintext) == "hello")
    }

    @Test func writesBetweenFlushesAreOneRecord() throws {
        let (channel, _) = try channel()
        let client = try TLSTestClient()
        try handshake(channel, client)
        var done = 0
        for text in ["a", "b", "c"] {
            let promise = channel.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenSuccess { done += 1 }
            channel.pipeline.write(ByteBuffer(string: text), promise: promise)
        }
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        channel.pipeline.flush()
        let record = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        #expect(record.readableBytes == 5 + 3 + 1 + 16, "one TLS 1.3 record: header, plaintext, type and tag")
        client.feed(record)
        #expect(String(buffer: client.read()) == "abc")
        #expect(done == 3)
    }

    @Test func closeNotifyIsAnsweredAfterTheAnswer() throws {
        let (channel, recorder) = try channel()
        let client = try TLSTestClient()
        try handshake(channel, client)
        client.shutdown()
        try exchange(channel, client)
        #expect(recorder.inputClosed == 1)
        channel.writeAndFlush(ByteBuffer(string: "late answer"), promise: nil)
        channel.close(promise: nil)
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { client.feed(bytes) }
        #expect(String(buffer: client.read()) == "late answer")
        #expect(client.sawCloseNotify)
        #expect(!channel.isActive)
    }

    @Test func ourCloseWaitsForThePeerButNotForever() throws {
        let (channel, _) = try channel()
        let client = try TLSTestClient()
        try handshake(channel, client)
        channel.close(promise: nil)
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test func closeAnnouncesItself() throws {
        let (channel, _) = try channel()
        let client = try TLSTestClient()
        try handshake(channel, client)
        var closed = false
        let promise = channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess { closed = true }
        channel.close(promise: promise)
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { client.feed(bytes) }
        _ = client.read()
        #expect(client.sawCloseNotify)
        #expect(!closed)
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        channel.embeddedEventLoop.run()
        #expect(closed)
    }
}
