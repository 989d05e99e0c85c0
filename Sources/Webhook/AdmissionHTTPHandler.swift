import NIOCore
import NIOHTTP1
import OpenSSLTLS

/// The server's end of a connection: requests in, answers out, in order, each composed at once on the event loop.
///
/// `RequestExchange` decides what to do and `RequestClock` when it is too late; this class moves bytes.
final class AdmissionHTTPHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let resources: LoopResources
    private let clock: RequestClockHandler
    private var exchange = RequestExchange()
    /// The body of the request that is being read, without its padding.
    private var body: ByteBuffer?
    private var reservedBodyBytes = 0
    /// The request that is being read is a HEAD: its answer has no body, whatever it says.
    private var isHead = false
    private var needsFlush = false
    private var readIsHeld = false
    /// The request that is being read is counted as in flight.
    private var isInFlight = false
    /// The request that waits for an answer from elsewhere; nothing else of the connection is looked at meanwhile.
    private var deferred: DeferredRequest?
    /// What came behind that request in the same read.
    private var waitingParts: [HTTPServerRequestPart] = []
    private var inputEndedMeanwhile = false

    private struct DeferredRequest {
        let number: Int
        let keepAlive: Bool
        let started: NIODeadline
        var timer: Scheduled<Void>?
    }

    private var deferredCount = 0

    init(resources: LoopResources, clock: RequestClockHandler, access: RequestRoute.Access) {
        self.resources = resources
        self.clock = clock
        exchange.access = access
    }

    func handlerAdded(context: ChannelHandlerContext) {
        resources.add(context.channel)
        if resources.isDraining { clock.drain() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        releaseBody()
        leaveFlight()
        dropDeferred()
        resources.remove(context.channel)
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if deferred == nil { receive(part, context: context) } else { waitingParts.append(part) }
    }

    private func receive(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch part {
        case .head(let head): receive(head, context: context)
        case .body(let part): receive(part, context: context)
        case .end: receiveEnd(context: context)
        }
    }

    private func receive(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        guard !exchange.isClosing else { return }
        isHead = head.method == .HEAD
        clock.headReceived()
        exchange.access.hasRoom = resources.hasRoom
        let action = exchange.head(head)
        if exchange.isReadingAdmission {
            resources.metrics.requestStarted()
            isInFlight = true
        }
        switch action {
        case .none:
            break
        case .sendContinue:
            write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"), context: context)
        case .refuseAndClose(let refusal):
            if refusal == .tooManyInFlight { resources.metrics.shed(.inFlight) }
            refuseAndClose(refusal, context: context)
        }
    }

    private func receive(_ part: ByteBuffer, context: ChannelHandlerContext) {
        switch exchange.body(byteCount: part.readableBytes) {
        case .append: append(part, context: context)
        case .discard: break
        case .refuseAndClose(let refusal): refuseAndClose(refusal, context: context)
        }
    }

    private func append(_ part: ByteBuffer, context: ChannelHandlerContext) {
        guard resources.reserveBodyBytes(part.readableBytes) else {
            resources.metrics.shed(.bodies)
            perform(exchange.refused(.overloaded), context: context)
            return
        }
        reservedBodyBytes += part.readableBytes
        if body == nil { body = resources.borrowBody(expectedBytes: part.readableBytes) }
        body?.writeImmutableBuffer(part)
    }

    private func receiveEnd(context: ChannelHandlerContext) {
        switch exchange.end(draining: resources.isDraining) {
        case .none:
            return
        case .answer(.probe(let probe, let headOnly, let verbose), let keepAlive):
            answer(probe, headOnly: headOnly, verbose: verbose, keepAlive: keepAlive, context: context)
        case .answer(.management(let question, let headOnly), let keepAlive):
            answer(question, headOnly: headOnly, keepAlive: keepAlive, context: context)
        case .answer(.admission(let endpoint, let timeout, let trace), let keepAlive):
            answer(endpoint, timeout: timeout, trace: trace, keepAlive: keepAlive, context: context)
        case .refuse(let refusal, let keepAlive):
            if refusal == .tooManyInFlight { resources.metrics.shed(.inFlight) }
            answer(refusal, keepAlive: keepAlive, context: context)
        }
    }

    // MARK: Answers

    private func answer(
        _ endpoint: AdmissionEndpoint, timeout: Duration?, trace: TraceContext?, keepAlive: Bool,
        context: ChannelHandlerContext
    ) {
        let started = context.eventLoop.now
        if let timeout, started - clock.requestStart >= TimeAmount(timeout) {
            resources.metrics.shed(.deadline)
            releaseBody()
            answer(.deadlinePassed, keepAlive: keepAlive, context: context)
            return
        }
        var bytes = body.take() ?? resources.borrowBody(expectedBytes: 0)
        let count = bytes.readableBytes
        bytes.writeRepeatingByte(0, count: WebhookLimits.bodyPadding)
        let result = bytes.withUnsafeReadableBytes { padded -> Result<AdmissionReply, HTTPRefusal> in
            let body = UnsafeRawBufferPointer(rebasing: padded[..<count])
            let deadline = timeout.map { clock.requestStart + TimeAmount($0) }
            let request = AdmissionHTTPRequest(
                endpoint: endpoint, timeout: timeout, deadline: deadline, trace: trace, body: body)
            return Result { () throws(HTTPRefusal) in
                try resources.response.compose { output throws(HTTPRefusal) in
                    try resources.responder.respond(to: request, into: &output)
                }
            }
        }
        resources.returnBody(bytes)
        releaseBody()
        let now = context.eventLoop.now
        switch result {
        case .success(.answered(let outcome)):
            finish(outcome, started: started, keepAlive: keepAlive, now: now, context: context)
        case .success(.deferred(let work)):
            wait(for: work, started: started, keepAlive: keepAlive, context: context)
        case .failure(let refusal):
            answer(refusal, keepAlive: keepAlive, context: context)
        }
    }

    /// Sends the composed body.
    private func finish(
        _ outcome: AdmissionOutcome, started: NIODeadline, keepAlive: Bool, now: NIODeadline,
        context: ChannelHandlerContext
    ) {
        resources.response.finishOK(keepAlive: keepAlive)
        let total = now - clock.requestStart
        resources.metrics.admitted(
            outcome, evaluation: Int((now - started).nanoseconds), total: Int(total.nanoseconds))
        send(code: 200, keepAlive: keepAlive, now: now, context: context)
    }

    // MARK: Deferred answers

    private func wait(
        for work: any DeferredAdmission, started: NIODeadline, keepAlive: Bool, context: ChannelHandlerContext
    ) {
        deferredCount += 1
        let number = deferredCount
        clock.answerDeferred()
        let timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(work.patience)) { work.expire() }
        deferred = DeferredRequest(number: number, keepAlive: keepAlive, started: started, timer: timer)
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        work.start { result in
            loop.execute {
                let (handler, context) = bound.value
                handler.finish(number, result, context: context)
            }
        }
    }

    private func finish(
        _ number: Int, _ result: Result<AdmissionAnswer, HTTPRefusal>, context: ChannelHandlerContext
    ) {
        // The connection may have gone meanwhile.
        guard let request = deferred, request.number == number else { return }
        dropDeferred()
        let keepAlive = request.keepAlive && !resources.isDraining
        if !keepAlive { _ = exchange.close() }
        switch result {
        case .success(let answer):
            resources.response.compose(answer.body)
            finish(
                answer.outcome, started: request.started, keepAlive: keepAlive, now: context.eventLoop.now,
                context: context)
        case .failure(let refusal):
            self.answer(refusal, keepAlive: keepAlive, context: context)
        }
        resume(context: context)
    }

    /// Goes on with what has come meanwhile.
    private func resume(context: ChannelHandlerContext) {
        while deferred == nil, !waitingParts.isEmpty { receive(waitingParts.removeFirst(), context: context) }
        guard deferred == nil else { return flushIfNeeded(context: context) }
        if inputEndedMeanwhile {
            inputEndedMeanwhile = false
            perform(exchange.inputClosed(), context: context)
        }
        flushIfNeeded(context: context)
        if readIsHeld, context.channel.isWritable || exchange.isClosing { releaseRead(context: context) }
    }

    private func dropDeferred() {
        deferred?.timer?.cancel()
        deferred = nil
    }

    private func answer(
        _ probe: RequestRoute.Probe, headOnly: Bool, verbose: Bool, keepAlive: Bool, context: ChannelHandlerContext
    ) {
        if probe == .ready, resources.isDraining {
            answer(.shuttingDown, keepAlive: keepAlive, context: context)
        } else if probe == .ready, let why = resources.status.unreadiness(now: WallClock.now()) {
            answer(.notReady(why), keepAlive: keepAlive, context: context)
        } else {
            let remarks = verbose ? resources.status.remarks : []
            resources.response.writeProbe(remarks: remarks, headOnly: headOnly, keepAlive: keepAlive)
            send(code: 200, keepAlive: keepAlive, now: context.eventLoop.now, context: context)
        }
    }

    private func answer(
        _ question: RequestRoute.Management, headOnly: Bool, keepAlive: Bool, context: ChannelHandlerContext
    ) {
        let type: StaticString = question == .metrics ? MetricsText.contentType : "application/json"
        resources.response.write(contentType: type, headOnly: headOnly, keepAlive: keepAlive) { output in
            switch question {
            case .metrics: resources.server.write(into: &output)
            case .policies: resources.status.writePolicies(into: &output)
            case .version: resources.status.writeVersion(into: &output)
            }
        }
        send(code: 200, keepAlive: keepAlive, now: context.eventLoop.now, context: context)
    }

    private func answer(_ refusal: HTTPRefusal, keepAlive: Bool, context: ChannelHandlerContext) {
        resources.response.write(refusal, headOnly: isHead, keepAlive: keepAlive)
        let code = Int(refusal.status.code)
        send(code: code, keepAlive: keepAlive, now: context.eventLoop.now, context: context)
    }

    private func send(code: Int, keepAlive: Bool, now: NIODeadline, context: ChannelHandlerContext) {
        resources.metrics.answered(code: code)
        leaveFlight()
        write(resources.response.buffer, context: context)
        resources.response.recycle()
        isHead = false
        clock.requestEnded(now: now)
        if !keepAlive { close(context: context) }
    }

    private func write(_ buffer: ByteBuffer, context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(buffer), promise: nil)
        needsFlush = true
    }

    private func refuseAndClose(_ refusal: HTTPRefusal, context: ChannelHandlerContext) {
        releaseBody()
        answer(refusal, keepAlive: false, context: context)
    }

    private func perform(_ action: RequestExchange.CloseAction, context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .close: close(context: context)
        case .refuseAndClose(let refusal): refuseAndClose(refusal, context: context)
        }
    }

    private func close(context: ChannelHandlerContext) {
        clock.stop()
        releaseBody()
        leaveFlight()
        dropDeferred()
        waitingParts = []
        flushIfNeeded(context: context)
        context.close(promise: nil)
        if readIsHeld { releaseRead(context: context) }
    }

    private func leaveFlight() {
        guard isInFlight else { return }
        isInFlight = false
        resources.metrics.requestEnded()
    }

    private func releaseBody() {
        body = nil
        resources.releaseBodyBytes(reservedBodyBytes)
        reservedBodyBytes = 0
    }

    // MARK: Flow

    func channelReadComplete(context: ChannelHandlerContext) {
        flushIfNeeded(context: context)
        context.fireChannelReadComplete()
    }

    private func flushIfNeeded(context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        context.flush()
    }

    /// A client that does not read its answers gets no more requests read.
    func read(context: ChannelHandlerContext) {
        if deferred != nil {
            // One request at a time: what comes next waits in the socket.
            readIsHeld = true
        } else if context.channel.isWritable || exchange.isClosing {
            context.read()
        } else {
            readIsHeld = true
            clock.outputBlocked()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if readIsHeld, deferred == nil, context.channel.isWritable {
            clock.outputUnblocked(betweenRequests: exchange.isIdle)
            releaseRead(context: context)
        }
        context.fireChannelWritabilityChanged()
    }

    private func releaseRead(context: ChannelHandlerContext) {
        readIsHeld = false
        context.read()
    }

    // MARK: Ends

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed where deferred != nil:
            inputEndedMeanwhile = true
        case ChannelEvent.inputClosed:
            perform(exchange.inputClosed(), context: context)
        case let timeout as RequestTimeout:
            expired(timeout.phase, context: context)
        case let handshake as TLSHandshakeCompleted:
            resources.metrics.handshakeFinished()
            exchange.access.isClientAllowed = handshake.isClientAllowed
        case is ChannelShouldQuiesceEvent:
            clock.drain()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func expired(_ phase: RequestClock.Phase, context: ChannelHandlerContext) {
        switch phase {
        case .idle, .blocked, .answering: perform(exchange.close(), context: context)
        case .head, .body: perform(exchange.refused(.requestTimeout), context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // TLS and the socket have closed, or are closing, the connection themselves.
            perform(exchange.close(), context: context)
            return
        }
        perform(exchange.refused(Self.refusal(for: error)), context: context)
        flushIfNeeded(context: context)
    }

    private static func refusal(for error: HTTPParserError) -> HTTPRefusal {
        switch error {
        case .headerOverflow: .headersTooLarge
        case .invalidVersion: .unsupportedVersion
        case .invalidEOFState: .badRequest("the request ended too early")
        default: .badRequest("the request is not valid HTTP/1.1")
        }
    }
}

@available(*, unavailable)
extension AdmissionHTTPHandler: Sendable {}
