import FakeKubernetesAPI
import Synchronization

@testable import KubernetesAPI

/// A watch of a fake API server in a time of its own: waiting takes none.
final class Simulation: Sendable {
    private struct Plan {
        var now = Duration.seconds(1000)
        var actions: [(at: Duration, run: @Sendable (FakeAPIServer) -> Void)] = []
        var reports: [ResourceWatch.Report] = []
        var changes = 0
        /// How each watch is cut; nil for not at all.
        var cut: (@Sendable () -> Cut)?
        var pageBytes = Int.max
        /// Of the run, where open watches end.
        var end = Duration.zero
    }

    /// What befalls a stream.
    struct Cut {
        /// Events that come at once.
        var events = Int.max
        var sendsBookmark = false
        /// Bytes of each piece.
        var piece = Int.max
        /// Whether the connection is lost within the last line.
        var loses = false
        /// Whether the server ends the watch after this.
        var ends = false
    }

    let server: FakeAPIServer
    private let plan = Mutex(Plan())

    init(_ server: FakeAPIServer = FakeAPIServer()) { self.server = server }

    var now: Duration { plan.withLock { $0.now } }
    var reports: [ResourceWatch.Report] { plan.withLock { $0.reports } }
    var changes: Int { plan.withLock { $0.changes } }

    func at(_ seconds: Int, _ run: @escaping @Sendable (FakeAPIServer) -> Void) {
        plan.withLock { plan in
            plan.actions.append((.seconds(1000 + seconds), run))
            plan.actions.sort { $0.at < $1.at }
        }
    }

    func cutWatches(_ cut: @escaping @Sendable () -> Cut) { plan.withLock { $0.cut = cut } }

    /// Answers larger than this do not fit.
    func limitPages(bytes: Int) { plan.withLock { $0.pageBytes = bytes } }

    func watch(
        _ kind: KindReference, _ selection: ObjectSelection = ObjectSelection(), token: BearerToken? = nil,
        jitter: Double = 0.5
    ) -> ResourceWatch {
        let environment = ResourceWatch.Environment(
            now: { self.now }, jitter: { jitter },
            changed: { self.plan.withLock { $0.changes += 1 } },
            report: { report in self.plan.withLock { $0.reports.append(report) } })
        return ResourceWatch(
            ResourceWatch.Definition(kind, selection), KubernetesClient(Transport(simulation: self, token: token)),
            environment)
    }

    /// Lets the watch take its steps until this second.
    func run(_ watch: ResourceWatch, until second: Int) {
        let end = Duration.seconds(1000 + second)
        plan.withLock { $0.end = end }
        while now < end {
            guard let delay = watch.step() else { continue }
            advance(to: min(now + delay, end))
        }
    }

    /// Moves the clock, and does what was planned on the way.
    private func advance(to time: Duration) {
        while let action = takeAction(before: time) { action(server) }
        plan.withLock { $0.now = max($0.now, time) }
    }

    private func takeAction(before time: Duration) -> (@Sendable (FakeAPIServer) -> Void)? {
        plan.withLock { plan in
            guard let next = plan.actions.first, next.at <= time else { return nil }
            plan.now = max(plan.now, next.at)
            return plan.actions.removeFirst().run
        }
    }

    /// Goes on to the next thing that happens, `limit` at the latest.
    fileprivate func advanceToNextAction(limit: Duration) {
        advance(to: min(limit, plan.withLock { $0.actions.first?.at } ?? limit))
    }

    private struct Transport: APITransport {
        let simulation: Simulation
        let token: BearerToken?

        func send(_ request: APIRequest) throws(APIFailure) -> APIResponse {
            let server = simulation.server
            guard
                let answer = server.answer(
                    request.method, request.target, body: request.body, token: token?.current())
            else { throw APIFailure(.unreachable, "connection refused") }
            guard (200..<300).contains(answer.status) else {
                if answer.status == 401 { token?.refused() }
                throw APIFailure(
                    status: answer.status, body: answer.body, retryAfter: answer.retryAfter.map(String.init))
            }
            guard answer.body.count <= min(request.maximumBytes, simulation.plan.withLock { $0.pageBytes }) else {
                throw APIFailure(.tooLarge, "too large")
            }
            return APIResponse(body: answer.body, date: server.now)
        }

        func stream(
            _ request: APIRequest, seconds: Int, accepted: () -> Void, chunk: ([UInt8]) -> Bool
        ) throws(APIFailure) {
            let server = simulation.server
            guard let started = server.startWatch(request.target, token: token?.current()) else {
                throw APIFailure(.unreachable, "connection refused")
            }
            var watch: FakeWatch
            switch started {
            case .success(let open): watch = open
            case .failure(let failure):
                if failure.answer.status == 401 { token?.refused() }
                throw APIFailure(
                    status: failure.answer.status, body: failure.answer.body,
                    retryAfter: failure.answer.retryAfter.map(String.init))
            }
            accepted()
            let end = min(simulation.now + .seconds(seconds), simulation.plan.withLock { $0.end })
            while simulation.now < end {
                let cut = simulation.plan.withLock { $0.cut }?() ?? Cut()
                switch server.advance(&watch, limit: cut.events, bookmarks: cut.sendsBookmark) {
                case .end: return
                case .wait: simulation.advanceToNextAction(limit: end)
                case .lines(var bytes):
                    if cut.loses { bytes.removeLast(min(bytes.count, 5)) }
                    for start in stride(from: 0, to: bytes.count, by: min(cut.piece, bytes.count)) {
                        guard chunk(Array(bytes[start..<min(bytes.count, start + min(cut.piece, bytes.count))])) else {
                            return
                        }
                    }
                    if cut.loses { throw APIFailure(.unreachable, "connection reset") }
                }
                if cut.ends { return }
            }
        }
    }
}

extension KindReference {
    static let namespaces = KindReference(apiVersion: "v1", kind: "Namespace")
    static let configMaps = KindReference(apiVersion: "v1", kind: "ConfigMap")
    static let exceptions = KindReference(
        group: "policies.kyverno.io", versions: ["v1", "v1beta1"], kind: "PolicyException")
}

extension ResourceWatch {
    /// Resource versions by `namespace/name`, as `FakeAPIServer.versions` has them.
    var versions: [String: String] {
        Dictionary(
            uniqueKeysWithValues: current.cache.objects.map {
                ("\($0.key.namespace)/\($0.key.name)", $0.value.resourceVersion)
            })
    }
}

extension FakeAPIServer {
    func putNamespace(_ name: String, _ labels: String = "{}") {
        put(.namespaces, #"{"metadata":{"name":"\#(name)","labels":\#(labels)}}"#)
    }
}
