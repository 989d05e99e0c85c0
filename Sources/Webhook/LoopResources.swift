import NIOCore
import OpenSSLTLS

/// What the connections of one event loop share. Used on that loop only.
final class LoopResources {
    let workspace = TLSWorkspace()
    let responder: any AdmissionResponder
    let metrics: LoopMetrics
    let server: ServerMetrics
    let status: ServerStatus
    /// Requests that this loop may have in flight.
    let inFlightLimit: Int
    var response = ResponseWriter()
    /// The server stops: every answer is its connection's last.
    private(set) var isDraining = false

    private var bodyBuffers: [ByteBuffer] = []
    private var unfinishedBodyBytes = 0
    private var connections: [ObjectIdentifier: any Channel] = [:]
    private var drained: EventLoopPromise<Void>?

    init(
        responder: any AdmissionResponder, metrics: LoopMetrics, server: ServerMetrics, status: ServerStatus,
        inFlightLimit: Int
    ) {
        self.responder = responder
        self.metrics = metrics
        self.server = server
        self.status = status
        self.inFlightLimit = inFlightLimit
    }

    /// Whether one more request may come in flight.
    var hasRoom: Bool { metrics.inFlight < inFlightLimit }

    // MARK: Bodies

    /// An empty buffer for a body of probably this size.
    func borrowBody(expectedBytes: Int) -> ByteBuffer {
        var buffer = bodyBuffers.popLast() ?? ByteBuffer()
        let wanted = min(expectedBytes, WebhookLimits.initialBodyReservation) + WebhookLimits.bodyPadding
        buffer.reserveCapacity(wanted)
        return buffer
    }

    func returnBody(_ buffer: ByteBuffer) {
        guard buffer.capacity <= WebhookLimits.keptBufferBytes, bodyBuffers.count < WebhookLimits.keptBodyBuffers else {
            return
        }
        var empty = buffer
        empty.clear()
        bodyBuffers.append(empty)
    }

    /// Counts bytes of unfinished bodies; false when the loop holds too many already.
    func reserveBodyBytes(_ count: Int) -> Bool {
        guard unfinishedBodyBytes + count <= WebhookLimits.unfinishedBodyBytesPerLoop else { return false }
        unfinishedBodyBytes += count
        return true
    }

    func releaseBodyBytes(_ count: Int) {
        unfinishedBodyBytes -= count
    }

    // MARK: Connections

    func add(_ channel: any Channel) {
        connections[ObjectIdentifier(channel)] = channel
    }

    func remove(_ channel: any Channel) {
        connections[ObjectIdentifier(channel)] = nil
        if connections.isEmpty { drained.take()?.succeed() }
    }

    /// Tells every connection to finish; `promise` succeeds when the last one is gone.
    func drain(promise: EventLoopPromise<Void>) {
        isDraining = true
        guard !connections.isEmpty else {
            promise.succeed()
            return
        }
        drained = promise
        for channel in connections.values {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }
}

@available(*, unavailable)
extension LoopResources: Sendable {}
