import Certificates
import KubernetesAPI
import Synchronization
import Values

/// Agrees with the other replicas on one set of certificates through a Secret, renews it, and keeps the authorities in
/// the webhook configurations. Takes steps; in between, somebody else waits.
final class CertificateKeeper: Sendable {
    /// What it tells, for whoever serves, logs and counts.
    enum Event: Sendable {
        /// To be served from now on.
        case adopted(CertificateSet)
        /// A new one was made and stored.
        case renewed(reason: String)
        case patched(configuration: String)
        case failed(String)
    }

    /// The world around it, injected.
    struct Environment: Sendable {
        /// A clock that does not jump.
        var now: @Sendable () -> Duration
        /// The time of day, in seconds since 1970.
        var wallClock: @Sendable () -> Int
        var jitter: @Sendable () -> Double
        /// Adopting may fail; it is then tried again.
        var tell: @Sendable (Event) -> Bool
    }

    private struct State {
        var clock = ServerClock()
        var adopted: CertificateSet?
        var backoff = Backoff()
        /// For each configuration, delays between patches that somebody keeps undoing.
        var pacing: [String: Pacing] = [:]
    }

    private struct Pacing {
        var backoff = Backoff()
        var lastPatch: Duration
        var notBefore: Duration
    }

    private let identity: ServiceIdentity
    private let client: KubernetesClient
    /// Of the webhook configurations.
    private let watches: [ResourceWatch]
    private let environment: Environment
    private let state = Mutex(State())

    init(
        _ identity: ServiceIdentity, client: KubernetesClient, watches: [ResourceWatch], environment: Environment
    ) {
        self.identity = identity
        self.client = client
        self.watches = watches
        self.environment = environment
    }

    /// What the API server's clock says, in seconds since 1970.
    var serverTime: Int {
        state.withLock { $0.clock.now(at: environment.now(), wall: environment.wallClock()) }
    }

    /// What is watched to see that an authority is missing: by name, so that a role can be about those names only.
    static func definitions(_ identity: ServiceIdentity) -> [ResourceWatch.Definition] {
        identity.configurations.flatMap { name in
            ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"].map { kind in
                ResourceWatch.Definition(
                    KindReference(group: "admissionregistration.k8s.io", versions: ["v1"], kind: kind),
                    ObjectSelection(fields: "metadata.name=\(name)"))
            }
        }
    }

    /// Reads the Secret, renews and adopts what is in it, patches what does not trust it.
    ///
    /// - Returns: how long to wait for the next step, unless something happens before.
    func step() -> Duration {
        do throws(APIFailure) {
            let set = try agree()
            let isNew = state.withLock { $0.adopted != set }
            guard !isNew || environment.tell(.adopted(set)) else { return retry() }
            state.withLock { state in
                state.adopted = set
                state.backoff.reset()
            }
            return patchAll(set)
        } catch {
            _ = environment.tell(.failed(error.message))
            return retry()
        }
    }

    private func retry() -> Duration {
        let jitter = environment.jitter()
        return state.withLock { $0.backoff.next(jitter: jitter) }
    }

    // MARK: The Secret

    /// The set that all replicas use, made or renewed where that is due.
    private func agree() throws(APIFailure) -> CertificateSet {
        for _ in 0..<ExecutableLimits.agreementAttempts {
            let secret = try readSecret()
            var set: CertificateSet?
            switch secret.map(CertificateSecret.read) {
            case .ours(let stored): set = stored
            case .empty, nil: set = nil
            case .foreign:
                throw APIFailure(
                    .invalid,
                    "the Secret `\(identity.namespace)/\(identity.secret)` holds somebody else's certificate; delete it"
                )
            }
            let now = serverTime
            let empty = CertificateSet(authorities: [], authorityKey: [], certificate: [], key: [])
            let plan = RenewalPlan((set ?? empty).inventory(names: identity.dnsNames), now: now)
            if plan.action == .keep, let set { return set }
            var changed = set ?? empty
            do throws(CertificateError) {
                try changed.apply(plan.action, names: identity.dnsNames, now: now)
            } catch {
                throw APIFailure(.invalid, error.description)
            }
            guard try store(changed, replacing: secret) else { continue }
            _ = environment.tell(.renewed(reason: plan.reason))
            return changed
        }
        throw APIFailure(.conflict, "others keep changing the Secret `\(identity.namespace)/\(identity.secret)`")
    }

    private func readSecret() throws(APIFailure) -> Node? {
        do throws(APIFailure) {
            let answer = try client.get(
                CertificateSecret.resource, namespace: identity.namespace, name: identity.secret)
            let at = environment.now()
            state.withLock { $0.clock.read(answer.date, at: at) }
            return answer.object
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }

    /// - Returns: false if somebody else was faster; what they stored is then to be read.
    private func store(_ set: CertificateSet, replacing before: Node?) throws(APIFailure) -> Bool {
        let body = CertificateSecret.json(set, identity, replacing: before)
        do throws(APIFailure) {
            if before == nil {
                _ = try client.create(CertificateSecret.resource, namespace: identity.namespace, body)
            } else {
                _ = try client.update(
                    CertificateSecret.resource, namespace: identity.namespace, name: identity.secret, body)
            }
            return true
        } catch {
            if [.conflict, .alreadyExists, .notFound].contains(error.kind) { return false }
            throw error
        }
    }

    // MARK: The webhook configurations

    private func patchAll(_ set: CertificateSet) -> Duration {
        let bundle = Base64.encode(set.authorities)
        var wait = ExecutableLimits.certificateLook
        for watch in watches {
            let current = watch.current
            guard let resource = current.resource else { continue }
            for object in current.cache.objects.values {
                guard let patch = AuthorityPatch.make(object.node, identity, bundle: bundle) else { continue }
                let label = "\(resource.kind)/\(object.key.name)"
                if let delay = pace(label) {
                    wait = min(wait, delay)
                    continue
                }
                do throws(APIFailure) {
                    _ = try client.patch(resource, name: object.key.name, patch)
                    _ = environment.tell(.patched(configuration: label))
                } catch {
                    _ = environment.tell(.failed("cannot patch \(label): \(error.message)"))
                }
                // Whether that worked is seen by the watch.
                wait = min(wait, KubernetesAPILimits.shortestBackoff)
            }
        }
        return wait
    }

    /// - Returns: how long to wait before this configuration is patched; nil for now, which counts as a patch.
    private func pace(_ label: String) -> Duration? {
        let (now, jitter) = (environment.now(), environment.jitter())
        return state.withLock { state in
            var pacing = state.pacing[label] ?? Pacing(lastPatch: now, notBefore: now)
            if now < pacing.notBefore { return pacing.notBefore - now }
            if now - pacing.lastPatch > ExecutableLimits.patchMemory { pacing.backoff.reset() }
            pacing.lastPatch = now
            pacing.notBefore = now + pacing.backoff.next(jitter: jitter)
            state.pacing[label] = pacing
            return nil
        }
    }
}
