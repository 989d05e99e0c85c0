import NIOCore

/// Fired up the pipeline when a connection stayed too long in one state.
struct RequestTimeout: Equatable, Sendable {
    let phase: RequestClock.Phase
}

/// Runs a connection's `RequestClock`. Below the HTTP decoder, where it sees the first byte of a head.
final class RequestClockHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private(set) var clock: RequestClock
    private let eventLoop: any EventLoop
    private var timer: Scheduled<Void>?

    init(timeouts: WebhookConfiguration.Timeouts, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        clock = RequestClock(timeouts: timeouts, now: eventLoop.now)
    }

    func handlerAdded(context: ChannelHandlerContext) { tick(context: context) }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if clock.phase == .idle { clock.bytesArrived(now: eventLoop.now) }
        context.fireChannelRead(data)
    }

    func headReceived() { clock.headReceived(now: eventLoop.now) }

    func requestEnded() { clock.requestEnded(now: eventLoop.now) }

    func outputBlocked() { clock.outputBlocked(now: eventLoop.now) }

    func outputUnblocked(betweenRequests: Bool) {
        clock.outputUnblocked(betweenRequests: betweenRequests, now: eventLoop.now)
    }

    /// The new deadline may be earlier than the timer that runs.
    func drain(context: ChannelHandlerContext) {
        clock.drain(now: eventLoop.now)
        tick(context: context)
    }

    /// The connection is closing; TLS bounds the rest.
    func stop() {
        timer?.cancel()
        timer = nil
    }

    private func tick(context: ChannelHandlerContext) {
        timer?.cancel()
        switch clock.check(now: eventLoop.now) {
        case .expired(let phase):
            timer = nil
            context.fireUserInboundEventTriggered(RequestTimeout(phase: phase))
        case .wait(let deadline):
            timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.tick(context: context) }
        }
    }
}

@available(*, unavailable)
extension RequestClockHandler: Sendable {}
