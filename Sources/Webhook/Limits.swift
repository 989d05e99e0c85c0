import NIOCore

/// The bounds of the server. Durations that an operator may want to change are in `WebhookConfiguration.Timeouts`.
package enum WebhookLimits {
    /// The largest request body, in bytes. The API server accepts objects of 1.5 MiB at most; an update carries two.
    package static let bodyBytes = 8 << 20
    /// Readable bytes after a body's end that a responder may load but not interpret: vector parsers read in blocks.
    package static let bodyPadding = 64
    /// Bodies that one event loop holds unfinished, in bytes, before it answers 429.
    package static let unfinishedBodyBytesPerLoop = 32 << 20
    /// The first reservation for a body, whatever its Content-Length promises, in bytes.
    package static let initialBodyReservation = 64 << 10
    /// The largest buffer that is kept for the next request, in bytes.
    package static let keptBufferBytes = 256 << 10
    /// Body buffers that one event loop keeps.
    package static let keptBodyBuffers = 8
    /// The body of a refused request that is read and dropped so that its connection can be kept, in bytes.
    package static let discardedBodyBytes = 64 << 10
    /// One header's name and value, in bytes.
    package static let headerFieldBytes = 8 << 10
    /// All headers and the request line, in bytes.
    package static let headerListBytes = 32 << 10
    /// Headers in one request.
    package static let headerFields = 100
    /// Open connections of the whole server; more are closed at once.
    package static let connections = 4096
    /// File descriptors that stay free for everything but connections.
    package static let reservedDescriptors = 64
    /// Connections that wait in the kernel to be accepted.
    package static let acceptBacklog: Int32 = 1024
    /// Room for a response's head before its body, in bytes.
    package static let responseHeadBytes = 512
    /// The first reservation for a response's body, in bytes.
    package static let initialResponseReservation = 4 << 10
    /// The longest path that a message quotes, in bytes.
    package static let quotedPathBytes = 256
    /// Admission requests of the whole server that are not answered yet; more get 429 at once.
    package static let inFlight = 1024
    /// Log lines about single requests in one second.
    package static let requestLogLinesPerSecond = 200
    /// Log lines that wait to be written.
    package static let queuedLogLines = 2048
    /// The most of one value that a log line about a request quotes, in bytes.
    package static let loggedValueBytes = 1024
    /// Kinds that get a metric of their own; requests of others are counted together.
    package static let kindLabels = 64
    /// The longest kind or group that becomes a label, in bytes.
    package static let labelBytes = 128
    /// Open connections of the metrics port.
    package static let managementConnections = 64
    /// How long a change of watched files must have settled: looks that see the same.
    static let unsettledLooks = 10
    /// After a reload that failed, it is tried again in this time even if no file changes.
    static let reloadRetrySeconds = 10
    /// How often a connection's deadline is looked at.
    static let clockPeriod = TimeAmount.seconds(1)
    /// How long an answer from elsewhere may take before its connection is given up: the API server waits 30 seconds.
    static let longestAnswer = TimeAmount.seconds(35)
}
