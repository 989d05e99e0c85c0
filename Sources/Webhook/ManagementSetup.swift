import NIOCore
import NIOPosix
import Synchronization

/// Makes the pipeline of each connection to the metrics port: plain HTTP, no verdicts.
final class ManagementSetup: Sendable {
    private let timeouts: WebhookConfiguration.Timeouts
    private let resources: [ObjectIdentifier: NIOLoopBound<LoopResources>]
    private let open = Atomic<Int>(0)

    private struct TooManyConnections: Error {}

    init(timeouts: WebhookConfiguration.Timeouts, resources: [ObjectIdentifier: NIOLoopBound<LoopResources>]) {
        self.timeouts = timeouts
        self.resources = resources
    }

    func initialize(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            channel.closeFuture.whenComplete { _ in self.open.subtract(1, ordering: .relaxed) }
            guard open.add(1, ordering: .relaxed).newValue <= WebhookLimits.managementConnections,
                let resources = resources[ObjectIdentifier(channel.eventLoop)]?.value
            else { throw TooManyConnections() }
            var access = RequestRoute.Access()
            access.servesAdmission = false
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(FlushBeforeClose(patience: timeouts.linger))
            try pipeline.addAdmissionHandlers(
                resources: resources, timeouts: timeouts, eventLoop: channel.eventLoop, access: access)
        }
    }
}

/// Without TLS below, a close would drop what the socket has not taken yet.
private final class FlushBeforeClose: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let patience: TimeAmount
    private var isClosing = false

    init(patience: TimeAmount) { self.patience = patience }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, !isClosing else {
            context.close(mode: mode, promise: promise)
            return
        }
        isClosing = true
        let timer = context.eventLoop.assumeIsolated().scheduleTask(in: patience) {
            context.close(mode: .all, promise: nil)
        }
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenComplete { _ in
            timer.cancel()
            context.close(mode: .all, promise: promise)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: flushed)
    }
}

@available(*, unavailable)
extension FlushBeforeClose: Sendable {}
