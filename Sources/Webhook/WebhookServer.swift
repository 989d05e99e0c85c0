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
    /// Where metrics are served, if not there.
    package let managementAddress: ListenAddress?

    private let group: MultiThreadedEventLoopGroup
    /// The loop of the metrics port, if there is one: a probe never waits behind the evaluation of a request.
    private let managementGroup: MultiThreadedEventLoopGroup?
    private let listeners: [any Channel]
    private let loops: [NIOLoopBound<LoopResources>]
    private let drainDeadline: TimeAmount
    private let isDrained = Mutex(false)

    /// Binds and serves. Throws NIO's `IOError` or resolver error when the address cannot be bound.
    package static func start(
        _ configuration: WebhookConfiguration, tls: TLSContextSource, responder: any AdmissionResponder,
        status: ServerStatus = ServerStatus(version: "0")
    ) throws -> WebhookServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.threads))
        let managementGroup = configuration.management.map { _ in MultiThreadedEventLoopGroup(numberOfThreads: 1) }
        do {
            return try WebhookServer(
                configuration, tls: tls, responder: responder, status: status, group: group,
                managementGroup: managementGroup)
        } catch {
            try? group.syncShutdownGracefully()
            try? managementGroup?.syncShutdownGracefully()
            throw error
        }
    }

    private init(
        _ configuration: WebhookConfiguration, tls: TLSContextSource, responder: any AdmissionResponder,
        status: ServerStatus, group: MultiThreadedEventLoopGroup, managementGroup: MultiThreadedEventLoopGroup?
    ) throws {
        self.group = group
        self.managementGroup = managementGroup
        drainDeadline = configuration.timeouts.drain
        let labels = KindLabels()
        let eventLoops = Array(group.makeIterator()) + (managementGroup.map { Array($0.makeIterator()) } ?? [])
        let blocks = eventLoops.map { loop in (loop: loop, block: LoopMetrics.makeBlock()) }
        let metrics = ServerMetrics(status: status, labels: labels, blocks: blocks.map(\.block))
        let inFlightLimit = max(1, configuration.inFlight / max(1, configuration.threads))
        let loops = try blocks.map { loop, block in
            try loop.submit {
                let resources = LoopResources(
                    responder: responder, metrics: LoopMetrics(block: block, labels: labels), server: metrics,
                    status: status, inFlightLimit: inFlightLimit)
                return NIOLoopBound(resources, eventLoop: loop)
            }.wait()
        }
        self.loops = loops
        let resources = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        let setup = ConnectionSetup(configuration, tls: tls, resources: resources)
        let listener = try ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: WebhookLimits.acceptBacklog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer(setup.initialize)
            .bind(host: configuration.host, port: configuration.port)
            .wait()
        address = try Self.address(of: listener)
        guard let management = configuration.management, let managementGroup else {
            managementAddress = nil
            listeners = [listener]
            return
        }
        let plain = ManagementSetup(timeouts: configuration.timeouts, resources: resources)
        let other = try ServerBootstrap(group: managementGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer(plain.initialize)
            .bind(host: management.host, port: management.port)
            .wait()
        managementAddress = try Self.address(of: other)
        listeners = [listener, other]
    }

    private static func address(of listener: any Channel) throws -> ListenAddress {
        guard let bound = listener.localAddress, let host = bound.ipAddress, let port = bound.port else {
            throw ChannelError.unknownLocalAddress
        }
        return ListenAddress(host: host, port: port)
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
        listeners.forEach { $0.close(promise: nil) }
        EventLoopFuture.andAllComplete(emptied, on: loop).whenComplete { _ in
            timer.cancel()
            outcome.succeed(.drained)
        }
        let result = (try? outcome.futureResult.wait()) ?? .cutOff
        try? group.syncShutdownGracefully()
        try? managementGroup?.syncShutdownGracefully()
        return result
    }
}
