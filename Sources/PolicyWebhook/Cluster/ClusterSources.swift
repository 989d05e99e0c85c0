import Admission
import KubernetesAPI
import PolicyEngine
import Synchronization
import Webhook

/// All watches of the Kubernetes API, and what they have seen.
final class ClusterSources: Sendable {
    private struct Running {
        let watch: ResourceWatch
        let thread: WatchThread
        /// What it is watched for; nil for what is watched from the beginning.
        var params: Set<ParamSource>?
    }

    private struct State {
        var running: [ResourceWatch.Definition: Running] = [:]
        var isStopped = false
    }

    private let client: KubernetesClient
    private let log: Log
    private let state = Mutex(State())
    private let changed: @Sendable () -> Void

    /// - Parameter changed: called on a watch's thread after every change.
    init(
        _ definitions: [ResourceWatch.Definition], client: KubernetesClient, log: Log,
        changed: @escaping @Sendable () -> Void
    ) {
        self.client = client
        self.log = log
        self.changed = changed
        for definition in definitions { start(definition, params: nil) }
    }

    /// What is watched now.
    var watches: [ResourceWatch] {
        state.withLock { state in state.running.values.map(\.watch) }.sorted { $0.label < $1.label }
    }

    /// Whether everything that is watched has been read at least once.
    var isSynced: Bool { watches.allSatisfy(\.current.isSynced) }

    /// Watches these params and no others.
    func follow(_ params: Set<ParamSource>) {
        let wanted = Dictionary(grouping: params, by: ResourceWatch.Definition.init(params:))
        let (obsolete, new) = state.withLock { state in
            let obsolete = state.running.filter { $0.value.params != nil && wanted[$0.key] == nil }
            for definition in obsolete.keys { state.running[definition] = nil }
            for (definition, sources) in wanted where state.running[definition]?.params != nil {
                state.running[definition]?.params = Set(sources)
            }
            return (Array(obsolete.values), wanted.filter { state.running[$0.key] == nil })
        }
        // Not waited for: the caller holds up a change of policies.
        for running in obsolete { running.thread.requestStop() }
        for (definition, sources) in new.sorted(by: { $0.key.label < $1.key.label }) {
            guard watches.count < ExecutableLimits.watches else {
                var line = LogLine(.error, "too many kinds of params are watched")
                line.add("watch", definition.label)
                log.write(line)
                continue
            }
            start(definition, params: Set(sources))
        }
    }

    /// Ends all watches, and waits for that.
    func stop() {
        let all = state.withLock { state in
            state.isStopped = true
            return Array(state.running.values)
        }
        for running in all { running.thread.requestStop() }
        for running in all { running.thread.stop() }
    }

    private func start(_ definition: ResourceWatch.Definition, params: Set<ParamSource>?) {
        let log = log
        let environment = ResourceWatch.Environment(changed: changed) { log.write($0, of: definition) }
        let watch = ResourceWatch(definition, client, environment)
        state.withLock { state in
            guard !state.isStopped else { return }
            state.running[definition] = Running(watch: watch, thread: WatchThread(watch), params: params)
        }
    }
}

extension ClusterSources {
    /// The objects that judging needs, as last seen, beside those in `context`.
    func add(to context: inout ClusterContext) {
        for running in state.withLock({ Array($0.running.values) }) {
            let current = running.watch.current
            if let params = running.params {
                guard let resource = current.resource, current.isSynced else { continue }
                for kind in Set(params.map(\.kind)) {
                    context.declare(paramKind: kind, isNamespaced: resource.isNamespaced)
                }
                for object in current.cache.objects.values.sorted(by: { $0.key < $1.key }) {
                    context.add(param: object.node, isNamespaced: resource.isNamespaced)
                }
            } else if running.watch.definition.kind.kind == "Namespace" {
                context.reserve(namespaces: current.cache.objects.count)
                for (key, object) in current.cache.objects { context.add(namespace: object.node, name: key.name) }
            }
        }
    }

    /// Policies, bindings and exceptions with the versions of them that tell whether they have changed.
    func policyObjects() -> (objects: [(WatchedObject, ServedResource)], versions: [String: String]) {
        var objects: [(WatchedObject, ServedResource)] = []
        var versions: [String: String] = [:]
        for watch in watches where ClusterObjects.isPolicy(watch.definition.kind) {
            let current = watch.current
            guard let resource = current.resource else { continue }
            for object in current.cache.objects.values.sorted(by: { $0.key < $1.key }) {
                objects.append((object, resource))
                versions["\(resource.name)/\(object.key.namespace)/\(object.key.name)"] = object.resourceVersion
            }
        }
        return (objects, versions)
    }
}

extension ClusterObjects {
    static func isPolicy(_ kind: KindReference) -> Bool { kind == exceptionKind || policyKinds.contains(kind) }
}

extension ResourceWatch.Definition {
    /// The objects that a binding names, and no more of their kind than that.
    init(params: ParamSource) {
        let kind = params.kind
        let version = kind.group.isEmpty ? kind.version : "\(kind.group)/\(kind.version)"
        self.init(
            KindReference(apiVersion: version, kind: kind.kind),
            ObjectSelection(
                namespace: params.namespace, labels: params.selector,
                fields: params.name.isEmpty ? "" : "metadata.name=\(params.name)"))
    }

    /// `Namespace`, `ConfigMap(metadata.name=x)`: for logs and metrics.
    var label: String {
        let name = kind.group.isEmpty ? kind.kind : "\(kind.kind).\(kind.group)"
        let parts = [selection.namespace, selection.labels, selection.fields].filter { !$0.isEmpty }
        return parts.isEmpty ? name : "\(name)(\(parts.joined(separator: ";")))"
    }
}

extension ResourceWatch {
    var label: String { definition.label }
}

extension Log {
    func write(_ report: ResourceWatch.Report, of definition: ResourceWatch.Definition) {
        var line: LogLine
        switch report {
        case .synced(let objects):
            line = LogLine(.info, "read from the Kubernetes API")
            line.add("objects", objects)
        case .absent(let failure):
            line = LogLine(.warning, "the Kubernetes API does not serve this kind")
            line.add("error", failure.message)
        case .failed(let failure):
            line = LogLine(.warning, "cannot watch, what was seen before stays")
            line.add("reason", failure.kind.rawValue)
            line.add("error", failure.message)
        case .restored: line = LogLine(.info, "watching again")
        }
        line.add("watch", definition.label)
        write(line)
    }
}
