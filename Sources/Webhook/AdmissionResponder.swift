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
    /// Who asked for a trace, if anybody did.
    package let trace: TraceContext?
    /// The body as it came, contiguous, at most `WebhookLimits.bodyBytes` bytes, perhaps empty.
    ///
    /// After its last byte at least `WebhookLimits.bodyPadding` zero bytes are readable: a parser may load them.
    package let body: UnsafeRawBufferPointer
}

/// What decides: the seam between HTTP and the engine.
///
/// Called on an event loop, on several at the same time: it must not block. `output` comes empty (its reader index is
/// not at 0, room for the response's head lies before it); the responder appends the JSON body of a 200 answer, or
/// throws a refusal, whatever it wrote until then being dropped. The buffer is reused: nobody keeps it. What it returns
/// is for the metrics.
package protocol AdmissionResponder: Sendable {
    func respond(to request: AdmissionHTTPRequest, into output: inout ByteBuffer) throws(HTTPRefusal)
        -> AdmissionOutcome
}
