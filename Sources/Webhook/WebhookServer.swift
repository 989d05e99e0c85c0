import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
package import OpenSSLTLS
import Synchronization

/// The running TLS server: it serves from `start` to `drain`.
///
/// Each connection lives on one event loop, where its requests are answered one after the other. `start` and `drain` block
/// and must not be called on an event loop.
package final class WebhookServer: Sendable {
    /// How draining ended.
    package enum DrainOutcome: Equatable, Sendable {
        case drained
        /// The deadline passed first; what was left has been cut off.
        case cutOff
    }

    /// The bound address, with the port that the system chose.
    package let address: ListenAddress

    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let loops: [NIOLoopBound<LoopResources>]
    private let drainDeadline: TimeAmount
    private let isDrained = Mutex(false)

    /// Binds and serves. Throws NIO's `IOError` or resolver error when the address cannot be bound.
    package static func start(
        _ configuration: WebhookConfiguration, tls: TLSContextSource, responder: any AdmissionResponder
    ) throws -> WebhookServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.threads))
        do {
            return try WebhookServer(configuration, tls: tls, responder: responder, group: group)
        } catch {
            try? group.syncShutdownGracefully()
            throw error
        }
    }

    private init(
        _ configuration: WebhookConfiguration, tls: TLSContextSource, responder: any AdmissionResponder,
        group: MultiThreadedEventLoopGroup
    ) throws {
        self.group = group
        drainDeadline = configuration.timeouts.drain
        let loops = try group.makeIterator().map { loop in
            try loop.submit { NIOLoopBound(LoopResources(responder: responder), eventLoop: loop) }.wait()
        }
        self.loops = loops
        let resources = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        let setup = ConnectionSetup(configuration, tls: tls, resources: resources)
        listener = try ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: WebhookLimits.acceptBacklog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer(setup.initialize)
            .bind(host: configuration.host, port: configuration.port)
            .wait()
        guard let bound = listener.localAddress, let host = bound.ipAddress, let port = bound.port else {
            throw ChannelError.unknownLocalAddress
        }
        address = ListenAddress(host: host, port: port)
    }

    /// Stops accepting, lets requests in flight finish, then closes everything. Later calls return at once.
    package func drain() -> DrainOutcome {
        let first = isDrained.withLock { done in
            defer { done = true }
            return !done
        }
        guard first else { return .drained }
        let loop = group.next()
        let outcome = loop.makePromise(of: DrainOutcome.self)
        let timer = loop.scheduleTask(in: drainDeadline) { outcome.succeed(.cutOff) }
        let emptied = loops.map { resources in
            resources.eventLoop.flatSubmit {
                let promise = resources.eventLoop.makePromise(of: Void.self)
                resources.value.drain(promise: promise)
                return promise.futureResult
            }
        }
        listener.close(promise: nil)
        EventLoopFuture.andAllComplete(emptied, on: loop).whenComplete { _ in
            timer.cancel()
            outcome.succeed(.drained)
        }
        let result = (try? outcome.futureResult.wait()) ?? .cutOff
        try? group.syncShutdownGracefully()
        return result
    }
}

/// Makes each accepted connection's pipeline, as long as there is room for it.
private final class ConnectionSetup: Sendable {
    private let tls: TLSContextSource
    private let tlsConfiguration: TLSServerConfiguration
    private let timeouts: WebhookConfiguration.Timeouts
    private let resources: [ObjectIdentifier: NIOLoopBound<LoopResources>]
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
            channel.closeFuture.whenComplete { _ in self.open.subtract(1, ordering: .relaxed) }
            guard open.add(1, ordering: .relaxed).newValue <= limit,
                let resources = resources[ObjectIdentifier(channel.eventLoop)]?.value
            else { throw TooManyConnections() }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(
                TLSServerHandler(context: tls.current, workspace: resources.workspace, configuration: tlsConfiguration))
            try pipeline.addAdmissionHandlers(resources: resources, timeouts: timeouts, eventLoop: channel.eventLoop)
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
        resources: LoopResources, timeouts: WebhookConfiguration.Timeouts, eventLoop: any EventLoop
    ) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = WebhookLimits.headerFieldBytes
        limits.maxHeaderListSize = WebhookLimits.headerListBytes
        limits.maxHeaderFieldCount = WebhookLimits.headerFields
        let clock = RequestClockHandler(timeouts: timeouts, eventLoop: eventLoop)
        try addHandler(clock)
        try addHandler(ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)))
        try addHandler(AdmissionHTTPHandler(resources: resources, clock: clock))
    }
}
