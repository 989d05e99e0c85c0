/// Every bound on outgoing requests. Servers may be hostile, slow or broken.
package enum HTTPLimits {
    /// Bytes of a URL.
    package static let maximumURLBytes = 8 << 10
    /// Bytes of a response's header lines together.
    package static let maximumHeaderBytes = 64 << 10
    /// Header lines of a response.
    package static let maximumHeaderCount = 256
    /// Bytes of a response's body, where the request asks for no other limit.
    package static let defaultMaximumBodyBytes = 4 << 20
    /// Redirects that one request follows.
    package static let maximumRedirects = 5
    /// Idle connections' owners that a client keeps.
    package static let maximumIdleLanes = 64
    /// Open connections of one lane.
    package static let maximumConnectionsPerLane = 4
    /// Longest wait of the loop around a transfer between looks at its deadline, in milliseconds.
    package static let maximumPollMilliseconds = 1_000
    /// Bytes of a file with certificates or a key.
    package static let maximumPEMBytes = 4 << 20
}
