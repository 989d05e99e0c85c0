package import NIOCore

/// What an HTTP request asks of the engine.
package enum AdmissionEndpoint: Equatable, Sendable {
    /// `POST /validate`
    case validate
    /// `POST /mutate`
    case mutate
}

/// One complete, well-formed HTTP request for the engine. Valid for the call it is passed to only: `body` is not kept.
package struct AdmissionHTTPRequest {
    package let endpoint: AdmissionEndpoint
    /// The caller's patience, from `?timeout=`; nil when it gave none.
    package let timeout: Duration?
    /// When that is over, from the request's first byte; nil without a timeout.
    package let deadline: NIODeadline?
    /// Who asked for a trace, if anybody did.
    package let trace: TraceContext?
    /// The body as it came, contiguous, at most `WebhookLimits.bodyBytes` bytes, perhaps empty.
    ///
    /// After its last byte at least `WebhookLimits.bodyPadding` zero bytes are readable: a parser may load them.
    package let body: UnsafeRawBufferPointer
}

/// A complete answer that was made elsewhere than on the connection's event loop.
package struct AdmissionAnswer: Sendable {
    /// The JSON body of a 200 answer.
    package let body: [UInt8]
    package let outcome: AdmissionOutcome

    package init(body: [UInt8], outcome: AdmissionOutcome) {
        self.body = body
        self.outcome = outcome
    }
}

/// A request whose answer needs something that only waiting brings.
package protocol DeferredAdmission: Sendable {
    /// How long it may take before `expire` is called.
    var patience: Duration { get }

    /// Starts, without blocking.
    ///
    /// - Parameter completion: called once, on any thread, also at once.
    func start(_ completion: @escaping @Sendable (Result<AdmissionAnswer, HTTPRefusal>) -> Void)

    /// The time is over: answer with what there is. Called on an event loop; the completion follows soon.
    func expire()
}

/// What became of a request.
package enum AdmissionReply: Sendable {
    case answered(AdmissionOutcome)
    /// Nothing counts that was written; the answer comes later.
    case deferred(any DeferredAdmission)
}

/// What decides: the seam between HTTP and the engine.
///
/// Called on an event loop, on several at the same time: it must not block. `output` comes empty (its reader index is
/// not at 0, room for the response's head lies before it); the responder appends the JSON body of a 200 answer, or
/// throws a refusal, whatever it wrote until then being dropped. The buffer is reused: nobody keeps it. What it returns
/// is for the metrics.
package protocol AdmissionResponder: Sendable {
    func respond(to request: AdmissionHTTPRequest, into output: inout ByteBuffer) throws(HTTPRefusal)
        -> AdmissionReply
}
