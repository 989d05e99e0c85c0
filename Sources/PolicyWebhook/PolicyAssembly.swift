import Diagnostics
import Documents
import NIOCore
import PolicyEngine
import PolicyLanguages
import Synchronization
import Webhook

/// Puts the policies in force together: from files, and from objects of the Kubernetes API where it is watched.
///
/// Each change makes a new set, which takes the place of the one before as a whole.
final class PolicyAssembly: Sendable {
    private struct State {
        /// Those of the set in force.
        var files: PolicyFileSet
        var objects: [String: SourceFile] = [:]
        /// Resource versions of the objects that were last compiled.
        var versions: [String: String] = [:]
        /// The set without the objects around it.
        var base: PolicySet
        /// Until when a set waits for its params to be read; nil if it is in force.
        var waitsUntil: Duration?
        var load: PolicyLoad
    }

    let paths: [String]
    let holder: PolicyHolder
    private let watchesPolicies: Bool
    private let status: ServerStatus
    private let log: Log
    /// Called after policies were compiled, whose garbage is better given back to the system.
    private let afterLoad: @Sendable () -> Void
    private let sources = Mutex<ClusterSources?>(nil)
    private let state: Mutex<State>

    /// The first load, of files only.
    ///
    /// - Throws: `StartFailure` with all diagnostics if anything is wrong: a server with half of its policies is worse
    ///   than none. Unreadable paths are the caller's mistake (2), everything else a policy's (3).
    init(
        _ paths: [String], watchesPolicies: Bool, enforcement: Enforcement, status: ServerStatus, log: Log,
        afterLoad: @escaping @Sendable () -> Void
    ) throws {
        let files = PolicyFileSet(reading: paths)
        let load = PolicyLoad(files, objects: watchesPolicies ? [] : nil)
        guard let policies = load.policies else {
            let renderer = DiagnosticRenderer()
            let text = load.diagnostics.map { renderer.render($0) }.joined()
            throw StartFailure(exitCode: load.isUnreadable ? 2 : 3, text: text + "error: the policies cannot be used\n")
        }
        self.paths = paths
        self.watchesPolicies = watchesPolicies
        self.status = status
        self.log = log
        self.afterLoad = afterLoad
        holder = PolicyHolder(policies, enforcement: enforcement)
        state = Mutex(State(files: files, base: policies, load: load))
        for diagnostic in load.diagnostics { log.write(LogLine(policyDiagnostic: diagnostic)) }
        if !watchesPolicies { log.write(modesOf: enforcement, unknownTo: policies) }
        let now = WallClock.now()
        let listing = PoliciesListing(holder.copy().policies, load, now: now)
        status.policiesLoaded(count: policies.policies.count, json: listing.json, isReload: false, now: now)
    }

    /// Where objects come from, from now on.
    func use(_ sources: ClusterSources) { self.sources.withLock { $0 = sources } }

    func reloadFiles() -> ReloadOutcome {
        defer { afterLoad() }
        return state.withLock { state in
            let files = PolicyFileSet(reading: paths)
            let objects = watchesPolicies ? Array(state.objects.values).sorted { $0.name < $1.name } : nil
            let load = PolicyLoad(files, objects: objects, before: state.objects)
            guard let policies = load.policies else {
                refuse(load, inForce: state.objects)
                return load.isUnreadable ? .unreadable : .refused
            }
            state.files = files
            accept(policies, load, &state)
            putInForce(&state)
            return .loaded
        }
    }

    /// Takes over what the watches have seen.
    ///
    /// - Parameter now: of a clock that does not jump.
    /// - Returns: when to call again at the latest; nil if everything is in force.
    func update(now: Duration) -> Duration? {
        guard let sources = sources.withLock({ $0 }) else { return nil }
        let (objects, versions) = sources.policyObjects()
        return state.withLock { state in
            if versions != state.versions {
                let files = objects.map { ClusterObjects.source($0.0, of: $0.1) }
                let load = PolicyLoad(state.files, objects: files, before: state.objects)
                state.versions = versions
                guard let policies = load.policies else {
                    refuse(load, inForce: state.objects)
                    return nil
                }
                accept(policies, load, &state)
                state.waitsUntil = now + ExecutableLimits.paramPatience
                afterLoad()
            }
            sources.follow(state.base.paramSources)
            if let until = state.waitsUntil, now < until, !sources.isSynced { return until }
            state.waitsUntil = nil
            putInForce(&state)
            return nil
        }
    }

    /// A set compiled.
    private func accept(_ policies: PolicySet, _ load: PolicyLoad, _ state: inout State) {
        state.base = policies
        state.load = load
        state.objects = load.objects
        log.write(modesOf: holder.enforcement, unknownTo: policies)
        let listing = PoliciesListing(
            policies.with(holder.enforcement), load, objects: load.objects, now: WallClock.now())
        status.policiesLoaded(
            count: policies.policies.count, json: listing.json, isReload: true, now: WallClock.now(),
            errors: load.errors)
        var line = LogLine(.info, "policies loaded")
        line.add("policies", policies.policies.count)
        line.add("digest", listing.digest)
        log.write(line)
        for name in load.refusedObjects.sorted() {
            var line = LogLine(.error, "policy object refused")
            line.add("object", name)
            line.add("kept", load.objects[name] == nil ? "nothing" : "the version before")
            log.write(line)
        }
        logDiagnostics(load)
    }

    private func putInForce(_ state: inout State) {
        var cluster = state.base.cluster
        sources.withLock { $0 }?.add(to: &cluster)
        holder.replace(with: state.base.with(cluster))
    }

    private func refuse(_ load: PolicyLoad, inForce objects: [String: SourceFile]) {
        let listing = PoliciesListing(holder.copy().policies, load, objects: objects, now: WallClock.now())
        status.policiesRefused(errors: load.errors, json: listing.json)
        var line = LogLine(.error, "policies refused, the ones before stay in force")
        line.add("errors", load.errors)
        log.write(line)
        logDiagnostics(load)
    }

    private func logDiagnostics(_ load: PolicyLoad) {
        for diagnostic in load.diagnostics.prefix(ExecutableLimits.shownDiagnostics) {
            log.write(LogLine(policyDiagnostic: diagnostic))
        }
    }
}
