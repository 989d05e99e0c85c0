import Admission
import KubernetesAPI
import NIOPosix
import PolicyEngine
import Synchronization
import Values
import Webhook

/// Gets Namespaces that the copy of the cluster lacks: a request may name one that is newer than the last event of the
/// watch. API servers do the same for their own policies.
///
/// Each name is asked for once at a time, whoever waits for it, and what was found is remembered for a moment.
final class NamespaceLookup: Sendable {
    enum Answer: Sendable {
        case found(Node)
        /// The API server has no such Namespace.
        case absent
        /// Nobody could say.
        case unknown
    }

    struct Counters: Equatable, Sendable {
        var found = 0
        var absent = 0
        var failed = 0
        /// Not asked for, since too many others were.
        var refused = 0
        /// Answered by what was remembered, or by what somebody else was waiting for.
        var shared = 0
    }

    private struct Flight {
        let started: Duration
        var waiting: [@Sendable (Answer) -> Void]
    }

    private struct State {
        var flights: [String: Flight] = [:]
        var memory: [String: (answer: Answer, until: Duration)] = [:]
        var counters = Counters()
        var failure: APIFailure.Kind?
        var isStopped = false
    }

    private static let resource = ServedResource(
        group: "", version: "v1", plural: "namespaces", kind: "Namespace", isNamespaced: false)

    private let client: KubernetesClient
    private let log: Log
    private let now: @Sendable () -> Duration
    private let threads = NIOThreadPool(numberOfThreads: ExecutableLimits.lookupThreads)
    private let state = Mutex(State())

    /// - Parameter now: a clock that does not jump.
    init(_ client: KubernetesClient, log: Log, now: @escaping @Sendable () -> Duration = MonotonicTime.now) {
        self.client = client
        self.log = log
        self.now = now
    }

    var counters: Counters { state.withLock(\.counters) }

    /// Waits for requests that are under way; later ones are not made.
    func stop() {
        state.withLock { $0.isStopped = true }
        try? threads.syncShutdownGracefully()
    }

    /// The Namespace that judging a request may need and that `cluster` has not; nil if it has it.
    static func missing(for request: AdmissionRequest, in cluster: ClusterContext) -> String? {
        guard !request.namespaceUTF8.isEmpty else { return nil }
        // A Namespace that is created or changed comes with the request.
        if request.isNamespaceObject, request.operation == .create || request.operation == .update { return nil }
        let name = request.namespace
        return cluster.namespace(name) == nil ? name : nil
    }

    /// Looks a Namespace up without blocking.
    ///
    /// - Parameter completion: called once, on any thread, also at once.
    func find(_ name: String, _ completion: @escaping @Sendable (Answer) -> Void) {
        let now = now()
        enum Step { case answer(Answer), wait, ask }
        let step = state.withLock { state -> Step in
            if let known = state.memory[name], now < known.until {
                state.counters.shared += 1
                return .answer(known.answer)
            }
            if state.flights[name] != nil {
                state.counters.shared += 1
                state.flights[name]?.waiting.append(completion)
                return .wait
            }
            guard !state.isStopped, state.flights.count < ExecutableLimits.lookups else {
                state.counters.refused += 1
                return .answer(.unknown)
            }
            state.flights[name] = Flight(started: now, waiting: [completion])
            // Only now, as most servers never need them; never after `stop`.
            threads.start()
            return .ask
        }
        switch step {
        case .answer(let answer): completion(answer)
        case .wait: break
        case .ask:
            threads.submit { [self] in land(name, $0 == .active ? ask(name) : .failure(APIFailure(.cancelled, "ended")))
            }
        }
    }

    private func ask(_ name: String) -> Result<Node?, APIFailure> {
        let started = state.withLock { $0.flights[name]?.started }
        // It waited behind slow ones for so long that nobody waits for it any more.
        guard let started, now() - started < ExecutableLimits.lookupPatience else {
            return .failure(APIFailure(.unreachable, "the Kubernetes API is too slow"))
        }
        do throws(APIFailure) {
            let answer = try client.get(Self.resource, name: name, within: ExecutableLimits.lookupPatience)
            guard let object = WatchedObject(answer.object, of: Self.resource), object.key.name == name else {
                return .failure(APIFailure(.malformed, "the answer is no Namespace of that name"))
            }
            return .success(object.node)
        } catch {
            return error.kind == .notFound ? .success(nil) : .failure(error)
        }
    }

    private func land(_ name: String, _ result: Result<Node?, APIFailure>) {
        let now = now()
        let (waiting, answer, isNews) = state.withLock { state in
            let answer: Answer
            var isNews = false
            switch result {
            case .success(let node?):
                answer = .found(node)
                state.counters.found += 1
                state.failure = nil
            case .success(nil):
                answer = .absent
                state.counters.absent += 1
                state.failure = nil
            case .failure(let failure):
                answer = .unknown
                state.counters.failed += 1
                isNews = state.failure != failure.kind
                state.failure = failure.kind
            }
            if state.memory.count >= ExecutableLimits.lookupMemory {
                state.memory = state.memory.filter { now < $0.value.until }
                if state.memory.count >= ExecutableLimits.lookupMemory { state.memory = [:] }
            }
            let isAbsent = if case .absent = answer { true } else { false }
            let time = isAbsent ? ExecutableLimits.absenceMemoryTime : ExecutableLimits.lookupMemoryTime
            state.memory[name] = (answer, now + time)
            return (state.flights.removeValue(forKey: name)?.waiting ?? [], answer, isNews)
        }
        if isNews, case .failure(let failure) = result {
            var line = LogLine(.warning, "cannot look a Namespace up that the watch has not seen")
            line.add("namespace", name)
            line.add("reason", failure.kind.rawValue)
            line.add("error", failure.message)
            log.write(line)
        }
        for completion in waiting { completion(answer) }
    }
}

extension NamespaceLookup: MetricsSource {
    func write(into text: inout MetricsText) {
        let counters = counters
        let name = "guardrail_namespace_lookups_total"
        text.family(name, "counter", "Namespaces that requests named before the watch did, by what came of it.")
        for (result, count) in [
            ("found", counters.found), ("absent", counters.absent), ("failed", counters.failed),
            ("refused", counters.refused), ("shared", counters.shared),
        ] {
            text.sample(name, [("result", result)], count)
        }
    }
}

extension PolicySet {
    /// The same policies, with what a look-up said about one Namespace.
    func with(_ answer: NamespaceLookup.Answer) -> PolicySet {
        var cluster = cluster
        switch answer {
        case .found(let node): cluster.add(namespace: node)
        // For this request no other Namespace matters.
        case .absent: cluster.knowsAllNamespaces = true
        case .unknown: return self
        }
        return with(cluster)
    }
}
