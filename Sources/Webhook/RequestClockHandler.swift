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
    private var context: ChannelHandlerContext?
    /// When the first byte of the current request was seen.
    private(set) var requestStart: NIODeadline

    init(timeouts: WebhookConfiguration.Timeouts, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        requestStart = eventLoop.now
        clock = RequestClock(timeouts: timeouts, now: eventLoop.now)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        tick()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if clock.phase == .idle {
            requestStart = eventLoop.now
            clock.bytesArrived(now: requestStart)
        }
        context.fireChannelRead(data)
    }

    func headReceived() {
        let now = eventLoop.now
        // Of pipelined requests, all but the first begin when the one before is answered.
        if clock.phase == .idle { requestStart = now }
        clock.headReceived(now: now)
    }

    func answerDeferred() { clock.answerDeferred(now: eventLoop.now) }

    func requestEnded(now: NIODeadline) { clock.requestEnded(now: now) }

    func outputBlocked() { clock.outputBlocked(now: eventLoop.now) }

    func outputUnblocked(betweenRequests: Bool) {
        clock.outputUnblocked(betweenRequests: betweenRequests, now: eventLoop.now)
    }

    func drain() { clock.drain(now: eventLoop.now) }

    /// The connection is closing; TLS bounds the rest.
    func stop() {
        timer?.cancel()
        timer = nil
        context = nil
    }

    private func tick() {
        guard let context else { return }
        let now = eventLoop.now
        switch clock.check(now: now) {
        case .expired(let phase):
            timer = nil
            context.fireUserInboundEventTriggered(RequestTimeout(phase: phase))
        case .wait(let deadline):
            // The deadline may move to an earlier time as well as to a later one.
            let next = min(deadline, now + WebhookLimits.clockPeriod)
            timer = eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.tick() }
        }
    }
}

@available(*, unavailable)
extension RequestClockHandler: Sendable {}
