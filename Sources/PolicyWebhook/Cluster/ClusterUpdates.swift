import KubernetesAPI
import NIOCore
import NIOPosix
import Synchronization
import Webhook

/// Takes over what the watches see, on a thread of its own and not too often, and says when the server is ready.
final class ClusterUpdates: Sendable {
    private struct State: Sendable {
        var pacing = UpdatePacing()
        var isStopped = false
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let state: NIOLoopBoundBox<State>
    private let assembly: PolicyAssembly
    private let gate: SyncGate
    private let status: ServerStatus
    private let log: Log
    private let sources: ClusterSources

    /// Starts to watch. Until the first sync, or the end of `patience`, the server is unready.
    init(
        _ options: ClusterOptions, client: KubernetesClient, assembly: PolicyAssembly, gate: SyncGate,
        status: ServerStatus, log: Log
    ) {
        let loop = group.next()
        let state = NIOLoopBoundBox.makeBoxSendingValue(State(), eventLoop: loop)
        self.state = state
        self.assembly = assembly
        self.gate = gate
        self.status = status
        self.log = log
        status.setObstacle("kubernetes", "the Kubernetes API has not been read yet")
        let relay = Relay()
        sources = ClusterSources(options.definitions, client: client, log: log) { relay.target?.changed() }
        assembly.use(sources)
        status.add(sources)
        relay.set(self)
        changed()
        if options.syncTimeout > 0 {
            loop.scheduleTask(in: .seconds(Int64(options.syncTimeout))) { self.openAnyway() }
        }
    }

    /// Ends the watches and waits for a change that is being taken over.
    func stop() {
        sources.stop()
        try? group.next().submit { self.state.value.isStopped = true }.wait()
        try? group.syncShutdownGracefully()
    }

    private func changed() {
        group.next().execute {
            let now = MonotonicTime.now()
            guard let time = self.state.value.pacing.changed(now: now) else { return }
            self.schedule(at: time, now: now)
        }
    }

    private func schedule(at time: Duration, now: Duration) {
        let delay = max(.zero, time - now)
        let nanoseconds = delay.components.seconds * 1_000_000_000 + delay.components.attoseconds / 1_000_000_000
        group.next().scheduleTask(in: .nanoseconds(nanoseconds)) { self.run() }
    }

    private func run() {
        guard !state.value.isStopped else { return }
        state.value.pacing.started()
        let start = MonotonicTime.now()
        let isSynced = sources.isSynced
        let again = assembly.update(now: start)
        let end = MonotonicTime.now()
        state.value.pacing.finished(start: start, end: end)
        if let again {
            schedule(at: again, now: end)
        } else if !gate.isOpen, isSynced, sources.isSynced {
            // Synced before the update as well: what it took over was all there is.
            open()
        } else if !gate.isOpen {
            tellWhatIsMissing()
            // Watches say when objects change; that one has been found to be absent is no change.
            schedule(at: end + ExecutableLimits.syncLook, now: end)
        }
    }

    private func open() {
        gate.open()
        status.setObstacle("kubernetes", nil)
        log.write(LogLine(.info, "the Kubernetes API has been read"))
    }

    private func openAnyway() {
        guard !gate.isOpen, !state.value.isStopped else { return }
        gate.open()
        status.setObstacle("kubernetes", nil)
        log.write(LogLine(.warning, "ready without having read the Kubernetes API, as --sync-timeout says"))
    }

    private func tellWhatIsMissing() {
        let missing = sources.watches.filter { !$0.current.isSynced }.map { watch in
            watch.label + (watch.current.failure.map { " (\($0.message))" } ?? "")
        }
        guard !missing.isEmpty else { return }
        status.setObstacle(
            "kubernetes", "not read from the Kubernetes API yet: \(missing.prefix(8).joined(separator: ", "))")
    }

    /// Lets watches call what is not made yet when they begin.
    private final class Relay: Sendable {
        private struct Weak: Sendable { weak var target: ClusterUpdates? }

        private let reference = Mutex(Weak())

        var target: ClusterUpdates? { reference.withLock { $0.target } }

        func set(_ target: ClusterUpdates) { reference.withLock { $0.target = target } }
    }
}
