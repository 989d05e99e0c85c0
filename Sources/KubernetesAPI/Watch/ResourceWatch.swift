import OutgoingHTTP
import Synchronization

/// A copy of the objects of one kind that is kept up to date, on a thread of its own.
///
/// While the server is away the copy stays as it was.
package final class ResourceWatch: Sendable {
    /// What is watched.
    package struct Definition: Hashable, Sendable {
        package var kind: KindReference
        package var selection: ObjectSelection

        package init(_ kind: KindReference, _ selection: ObjectSelection = ObjectSelection()) {
            self.kind = kind
            self.selection = selection
        }
    }

    /// How it stands.
    package struct State: Sendable {
        package fileprivate(set) var cache = ObjectCache()
        /// nil until the server has been asked.
        package fileprivate(set) var resource: ServedResource?
        /// Whether all objects have been listed at least once, or the server said that it does not have the kind.
        package fileprivate(set) var isSynced = false
        /// Whether the server does not have the kind. Objects that were seen before stay.
        package fileprivate(set) var isAbsent = false
        /// Why the copy may be out of date; nil while all is well.
        package fileprivate(set) var failure: APIFailure?
        /// When the server was last heard of, by the clock given to `init`.
        package fileprivate(set) var lastContact: Duration?
        package fileprivate(set) var counters = WatchCycle.Counters()
        fileprivate var cycle = WatchCycle()
        /// A list that is not complete yet.
        fileprivate var listing = ObjectCache()
    }

    /// What is worth a line in the log.
    package enum Report: Equatable, Sendable {
        case synced(objects: Int)
        case absent(APIFailure)
        /// The first failure after all was well, or one of another kind.
        case failed(APIFailure)
        /// All is well again.
        case restored
    }

    /// The world around it: all injected, so that tests need neither network nor time.
    package struct Environment: Sendable {
        /// A clock that does not jump.
        package var now: @Sendable () -> Duration
        /// From 0 up to 1.
        package var jitter: @Sendable () -> Double
        /// Called on the watch's thread after every change of the objects.
        package var changed: @Sendable () -> Void
        package var report: @Sendable (Report) -> Void

        package init(
            now: @escaping @Sendable () -> Duration = MonotonicTime.now,
            jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
            changed: @escaping @Sendable () -> Void = {}, report: @escaping @Sendable (Report) -> Void = { _ in }
        ) {
            self.now = now
            self.jitter = jitter
            self.changed = changed
            self.report = report
        }
    }

    package let definition: Definition
    private let client: KubernetesClient
    private let environment: Environment
    private let cancellation = HTTPCancellation()
    private let state = Mutex(State())

    package init(_ definition: Definition, _ client: KubernetesClient, _ environment: Environment) {
        self.definition = definition
        self.client = client.with(cancellation)
        self.environment = environment
    }

    package var current: State { state.withLock { $0 } }

    /// Ends `step` at once if it is at work, from any thread.
    package func cancel() { cancellation.cancel() }

    package var isCancelled: Bool { cancellation.isCancelled }

    /// Does the next thing: one request, or one whole watch.
    ///
    /// - Returns: how long to wait before the next step; nil to go on at once.
    package func step() -> Duration? {
        let now = environment.now()
        switch state.withLock({ $0.cycle.next(now: now) }) {
        case .wait(let until): return until - now
        case .discover: attempt(discover)
        case .list(let token, let limit): attempt { () throws(APIFailure) in try self.list(token, limit) }
        case .watch(let version): attempt { () throws(APIFailure) in try self.watch(from: version) }
        }
        return nil
    }

    private func attempt(_ body: () throws(APIFailure) -> Void) {
        do throws(APIFailure) {
            try body()
        } catch {
            guard !cancellation.isCancelled else { return }
            failed(error)
        }
    }

    private func discover() throws(APIFailure) {
        let resource = try client.discover(definition.kind)
        let now = environment.now()
        state.withLock { state in
            state.resource = resource
            state.isAbsent = false
            state.lastContact = now
            state.cycle.discovered()
        }
    }

    private func list(_ token: String, _ limit: Int) throws(APIFailure) {
        guard let resource = state.withLock({ $0.resource }) else { return }
        let page = try client.list(resource, definition.selection, limit: limit, token: token)
        let now = environment.now()
        let listed = try change { state throws(APIFailure) -> (isChanged: Bool, isDone: Bool) in
            if token.isEmpty { state.listing = ObjectCache() }
            for object in page.objects { try state.listing.insert(object) }
            state.lastContact = now
            state.cycle.listed(resourceVersion: page.resourceVersion, token: page.token)
            state.counters = state.cycle.counters
            guard page.token.isEmpty else { return (false, false) }
            let isFirst = !state.isSynced
            let isChanged = state.cache.replace(with: state.listing)
            state.listing = ObjectCache()
            state.isSynced = true
            return (isChanged || isFirst, true)
        }
        guard listed.isDone else { return }
        isWell(synced: true)
        if listed.isChanged { environment.changed() }
    }

    private func watch(from version: String) throws(APIFailure) {
        let (started, jitter) = (environment.now(), environment.jitter())
        let resource = state.withLock { state in
            state.cycle.watchStarted(now: started)
            state.counters = state.cycle.counters
            return state.resource
        }
        guard let resource else { return }
        let extra = Int(Double(KubernetesAPILimits.watchSeconds) / 2 * jitter)
        let seconds = KubernetesAPILimits.watchSeconds + extra
        try client.watch(resource, definition.selection, from: version, seconds: seconds) {
            self.isWell(synced: false)
        } _: { event throws(APIFailure) in
            try self.apply(event)
        }
        let now = environment.now()
        let delay = environment.jitter()
        state.withLock { $0.cycle.watchEnded(now: now, jitter: delay) }
    }

    private func apply(_ event: WatchEvent) throws(APIFailure) {
        let now = environment.now()
        let isChanged = try change { state throws(APIFailure) -> Bool in
            state.lastContact = now
            switch event {
            case .changed(let object):
                try state.cache.insert(object)
                state.cycle.saw(resourceVersion: object.resourceVersion)
                return true
            case .deleted(let object):
                let wasThere = state.cache.remove(object.key)
                state.cycle.saw(resourceVersion: object.resourceVersion)
                return wasThere
            case .bookmark(let version):
                state.cycle.saw(resourceVersion: version)
                return false
            case .failed(let failure): throw failure
            }
        }
        isWell(synced: false)
        if isChanged { environment.changed() }
    }

    /// Changes the state, or throws and leaves what was changed until then.
    private func change<Result: Sendable>(
        _ body: (inout State) throws(APIFailure) -> Result
    ) throws(APIFailure) -> Result {
        var outcome: Swift.Result<Result, APIFailure>?
        state.withLock { state in
            do throws(APIFailure) {
                outcome = .success(try body(&state))
            } catch {
                outcome = .failure(error)
            }
        }
        guard let outcome else { throw APIFailure(.malformed, "no outcome") }
        return try outcome.get()
    }

    private func isWell(synced: Bool) {
        let (before, objects) = state.withLock { state in
            defer { state.failure = nil }
            return (state.failure, state.cache.objects.count)
        }
        if synced { environment.report(.synced(objects: objects)) }
        if before != nil { environment.report(.restored) }
    }

    private func failed(_ failure: APIFailure) {
        let (now, jitter) = (environment.now(), environment.jitter())
        let isAbsent = failure.kind == .notFound
        let (before, wasAbsent, isFirst) = state.withLock { state in
            let before = (state.failure, state.isAbsent, !state.isSynced)
            state.cycle.failed(failure, now: now, jitter: jitter)
            state.counters = state.cycle.counters
            // A list that starts anew, or a resource version that has gone, is nothing that anybody has to know.
            state.failure = failure.kind == .gone ? state.failure : failure
            if isAbsent {
                state.isAbsent = true
                state.isSynced = true
                state.failure = nil
            }
            return before
        }
        if isAbsent {
            if !wasAbsent { environment.report(.absent(failure)) }
            if isFirst { environment.changed() }
        } else if failure.kind != .gone, before?.kind != failure.kind {
            environment.report(.failed(failure))
        }
    }
}
