package import NIOCore

/// What a `TLSServerHandler` is told by its owner.
package struct TLSServerConfiguration: Sendable {
    /// From the connection's start to the end of the handshake.
    package var handshakeTimeout = TimeAmount.seconds(10)
    /// From our close to the hard close: time for the peer to read our last answer and close its half.
    package var lingerTimeout = TimeAmount.seconds(2)
    /// Sent as it is to a client that speaks HTTP without TLS, which could not read an alert; empty sends nothing.
    package var plaintextHTTPReply = ByteBuffer()

    package init() {}
}

/// Fired up the pipeline once, when the handshake is done and plaintext may be written.
package struct TLSHandshakeCompleted: Sendable, Equatable {
    /// OpenSSL's name, such as `TLSv1.3`.
    package let protocolVersion: String
    /// Whether the client proved to be one that may ask for verdicts; true where nobody has to.
    package let isClientAllowed: Bool
}

/// The server side of TLS for one channel: ciphertext below, plaintext above.
///
/// Writes are gathered until the flush and encrypted together. `close` sends close_notify after the flushed writes, closes
/// our half, and lingers for the peer's. A peer's close_notify or half-close comes up as `ChannelEvent.inputClosed`; the
/// channel needs `allowRemoteHalfClosure`.
package final class TLSServerHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private let session: TLSSession
    private let clients: TLSClientAuthority?
    private let workspace: TLSWorkspace
    private let configuration: TLSServerConfiguration
    private var state = TLSServerState()
    private var timer: Scheduled<Void>?
    /// Plaintext written since the last flush.
    private var pendingWrite: ByteBuffer?
    private var pendingPromise: EventLoopPromise<Void>?
    private var closePromise: EventLoopPromise<Void>?

    /// Throws when OpenSSL cannot make a session, which only a lack of memory explains.
    package init(
        context: TLSContext, workspace: TLSWorkspace, configuration: TLSServerConfiguration
    ) throws(TLSConnectionError) {
        self.session = try TLSSession(context: context, workspace: workspace)
        clients = context.clients
        self.workspace = workspace
        self.configuration = configuration
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { startHandshakeTimer(context: context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        startHandshakeTimer(context: context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        state.channelClosed()
        stop()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        stop()
    }

    private func stop() {
        timer?.cancel()
        timer = nil
        pendingWrite = nil
        pendingPromise.take()?.fail(ChannelError.ioOnClosedChannel)
        closePromise.take()?.succeed()
    }

    // MARK: Inbound

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let ciphertext = unwrapInboundIn(data)
        switch state.received() {
        case .handshake: handshake(context: context, ciphertext: ciphertext)
        case .decrypt: decrypt(context: context, ciphertext: ciphertext)
        case .discard: break
        }
    }

    private func handshake(context: ChannelHandlerContext, ciphertext: ByteBuffer) {
        var rest = ciphertext
        swap(&workspace.transport.pointee.inbound, &rest)
        let result = session.handshake()
        swap(&workspace.transport.pointee.inbound, &rest)
        switch result {
        case .needsMoreData:
            sendOutbound(context: context, promise: nil)
        case .failed(let error):
            fail(context: context, error: error)
        case .done:
            state.handshakeFinished()
            timer?.cancel()
            timer = nil
            sendOutbound(context: context, promise: nil)
            context.fireUserInboundEventTriggered(
                TLSHandshakeCompleted(
                    protocolVersion: session.protocolVersion, isClientAllowed: session.isAllowed(by: clients)))
            encryptPending(context: context)
            if state.received() == .decrypt { decrypt(context: context, ciphertext: rest) }
        }
    }

    private func decrypt(context: ChannelHandlerContext, ciphertext: ByteBuffer) {
        var rest = ciphertext
        while true {
            swap(&workspace.transport.pointee.inbound, &rest)
            let result = session.read(into: &workspace.plaintext)
            swap(&workspace.transport.pointee.inbound, &rest)
            // Reading can make output: answers to key updates, refused renegotiations, alerts.
            if case .failed = result {} else { sendOutbound(context: context, promise: nil) }
            deliverPlaintext(context: context)
            switch result {
            case .drained:
                return
            case .batchFull:
                guard state.received() == .decrypt else { return }
            case .closed:
                inputEnded(context: context)
                return
            case .failed(let error):
                fail(context: context, error: error)
                return
            }
        }
    }

    private func deliverPlaintext(context: ChannelHandlerContext) {
        guard workspace.plaintext.readableBytes > 0 else { return }
        // Taken out of the workspace for the call: what runs above may come back to the workspace.
        var plaintext = ByteBuffer()
        swap(&plaintext, &workspace.plaintext)
        context.fireChannelRead(wrapInboundOut(plaintext))
        TLSWorkspace.recycle(&plaintext)
        swap(&plaintext, &workspace.plaintext)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            inputEnded(context: context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func inputEnded(context: ChannelHandlerContext) {
        switch state.inputEnded() {
        case .none: break
        case .reportInputClosed: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        case .fail(let error): fail(context: context, error: error)
        case .closeChannel: closeChannel(context: context)
        }
    }

    // MARK: Outbound

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let plaintext = unwrapOutboundIn(data)
        if pendingWrite == nil {
            pendingWrite = plaintext
        } else {
            pendingWrite?.writeImmutableBuffer(plaintext)
        }
        guard let promise else { return }
        if let pendingPromise {
            pendingPromise.futureResult.cascade(to: promise)
        } else {
            pendingPromise = promise
        }
    }

    package func flush(context: ChannelHandlerContext) {
        encryptPending(context: context)
    }

    private func encryptPending(context: ChannelHandlerContext) {
        guard state.isEstablished, let plaintext = pendingWrite.take() else { return }
        let promise = pendingPromise.take()
        if let error = session.write(plaintext) {
            promise?.fail(error)
            fail(context: context, error: error)
        } else {
            sendOutbound(context: context, promise: promise)
        }
    }

    /// Writes and flushes what OpenSSL made, in one piece.
    private func sendOutbound(context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        guard promise != nil || workspace.transport.pointee.outbound.readableBytes > 0 else { return }
        var ciphertext = ByteBuffer()
        swap(&ciphertext, &workspace.transport.pointee.outbound)
        context.writeAndFlush(wrapOutboundOut(ciphertext), promise: promise)
        TLSWorkspace.recycle(&ciphertext)
        swap(&ciphertext, &workspace.transport.pointee.outbound)
    }

    // MARK: Closing

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        if let promise {
            if let closePromise {
                closePromise.futureResult.cascade(to: promise)
            } else {
                closePromise = promise
            }
        }
        finish(context: context, action: state.closeRequested())
    }

    private func fail(context: ChannelHandlerContext, error: TLSConnectionError) {
        let action = state.failed()
        guard action != .none else { return }
        if error == .plaintextHTTP {
            workspace.transport.pointee.outbound.writeImmutableBuffer(configuration.plaintextHTTPReply)
        }
        finish(context: context, action: action)
        context.fireErrorCaught(error)
    }

    private func finish(context: ChannelHandlerContext, action: TLSServerState.CloseAction) {
        guard action != .none else { return }
        if action == .sendCloseNotify { session.shutdown() }
        pendingWrite = nil
        pendingPromise.take()?.fail(ChannelError.ioOnClosedChannel)
        // Also bounds the flush: a peer that reads nothing must not hold the connection.
        startTimer(context: context, after: configuration.lingerTimeout) { $0.closeChannel(context: $1) }
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenComplete { _ in
            switch self.state.outputFlushed() {
            case .none: break
            case .closeChannel: self.closeChannel(context: context)
            case .closeOutput:
                context.close(mode: .output, promise: nil)
                context.read()
            }
        }
        sendOutbound(context: context, promise: flushed)
    }

    private func closeChannel(context: ChannelHandlerContext) {
        state.channelClosed()
        timer?.cancel()
        timer = nil
        context.close(mode: .all, promise: closePromise.take())
    }

    // MARK: Time

    private func startHandshakeTimer(context: ChannelHandlerContext) {
        startTimer(context: context, after: configuration.handshakeTimeout) {
            $0.fail(context: $1, error: .handshakeTimeout)
        }
    }

    private func startTimer(
        context: ChannelHandlerContext, after delay: TimeAmount,
        _ action: @escaping (TLSServerHandler, ChannelHandlerContext) -> Void
    ) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { action(self, context) }
    }
}

@available(*, unavailable)
extension TLSServerHandler: Sendable {}
