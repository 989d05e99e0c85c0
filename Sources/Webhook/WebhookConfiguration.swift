package import NIOCore

/// How the server listens and how long it waits.
package struct WebhookConfiguration: Sendable {
    /// All injected, so that tests move a clock instead of sleeping.
    package struct Timeouts: Sendable, Equatable {
        /// For the TLS handshake.
        package var handshake = TimeAmount.seconds(10)
        /// From a request's first byte to the end of its head.
        package var head = TimeAmount.seconds(10)
        /// From the end of the head to the end of the body: as long as the API server's longest webhook timeout.
        package var body = TimeAmount.seconds(30)
        /// Between requests: longer than the 90 s after which the API server drops idle connections, so that the
        /// server never closes one on which a request is on its way.
        package var idle = TimeAmount.seconds(180)
        /// For a client to read its answers.
        package var write = TimeAmount.seconds(30)
        /// After our close, for the client's.
        package var linger = TimeAmount.seconds(2)
        /// While draining, from the last answer to the close of an idle connection.
        package var drainIdle = TimeAmount.seconds(1)
        /// From the start of draining to the end of whatever is left.
        package var drain = TimeAmount.seconds(25)

        package init() {}
    }

    /// An address, or a name that resolves to one.
    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    /// Event loops; each serves its share of the connections.
    package var threads: Int
    package var connections = WebhookLimits.connections
    /// Admission requests that may be unanswered at a time, on all event loops together.
    package var inFlight = WebhookLimits.inFlight
    /// Where metrics are served, over plain HTTP; nil serves them beside the verdicts.
    package var management: ListenAddress?
    package var timeouts = Timeouts()

    package init(host: String, port: Int, threads: Int) {
        self.host = host
        self.port = port
        self.threads = threads
    }
}
