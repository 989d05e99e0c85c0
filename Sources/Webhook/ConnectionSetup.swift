import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import OpenSSLTLS
import Synchronization

/// Makes each accepted connection's pipeline, as long as there is room for it.
final class ConnectionSetup: Sendable {
    private let tls: TLSContextSource
    private let tlsConfiguration: TLSServerConfiguration
    private let timeouts: WebhookConfiguration.Timeouts
    private let resources: [ObjectIdentifier: NIOLoopBound<LoopResources>]
    private let access: RequestRoute.Access
    private let limit: Int
    private let open = Atomic<Int>(0)

    /// More connections than the configured limit, or than the process may have descriptors for.
    private struct TooManyConnections: Error {}

    init(
        _ configuration: WebhookConfiguration, tls: TLSContextSource,
        resources: [ObjectIdentifier: NIOLoopBound<LoopResources>]
    ) {
        self.tls = tls
        self.resources = resources
        timeouts = configuration.timeouts
        var access = RequestRoute.Access()
        access.servesManagement = configuration.management == nil
        // Until the handshake says otherwise.
        access.isClientAllowed = false
        self.access = access
        limit = min(configuration.connections, Self.raiseDescriptorLimit() - WebhookLimits.reservedDescriptors)
        var tlsConfiguration = TLSServerConfiguration()
        tlsConfiguration.handshakeTimeout = timeouts.handshake
        tlsConfiguration.lingerTimeout = timeouts.linger
        var response = ResponseWriter()
        let refusal = HTTPRefusal.badRequest("this port speaks HTTPS, the request was plain HTTP")
        response.write(refusal, headOnly: false, keepAlive: false)
        tlsConfiguration.plaintextHTTPReply = response.buffer
        self.tlsConfiguration = tlsConfiguration
    }

    func initialize(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            guard let resources = resources[ObjectIdentifier(channel.eventLoop)] else { throw TooManyConnections() }
            resources.value.metrics.connectionAccepted()
            resources.value.metrics.connectionOpened()
            channel.closeFuture.whenComplete { _ in
                self.open.subtract(1, ordering: .relaxed)
                resources.value.metrics.connectionClosed()
            }
            guard open.add(1, ordering: .relaxed).newValue <= limit else {
                resources.value.metrics.shed(.connections)
                throw TooManyConnections()
            }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(
                TLSServerHandler(
                    context: tls.current, workspace: resources.value.workspace, configuration: tlsConfiguration))
            try pipeline.addAdmissionHandlers(
                resources: resources.value, timeouts: timeouts, eventLoop: channel.eventLoop, access: access)
        }
    }

    /// Raises the soft limit of file descriptors to the hard one; the number of descriptors that it allows.
    private static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Everything above TLS; tests put it on an embedded channel without TLS.
    func addAdmissionHandlers(
        resources: LoopResources, timeouts: WebhookConfiguration.Timeouts, eventLoop: any EventLoop,
        access: RequestRoute.Access
    ) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = WebhookLimits.headerFieldBytes
        limits.maxHeaderListSize = WebhookLimits.headerListBytes
        limits.maxHeaderFieldCount = WebhookLimits.headerFields
        let clock = RequestClockHandler(timeouts: timeouts, eventLoop: eventLoop)
        try addHandler(clock)
        try addHandler(ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)))
        try addHandler(AdmissionHTTPHandler(resources: resources, clock: clock, access: access))
    }
}
