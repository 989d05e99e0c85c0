import Certificates
import KubernetesAPI
import OpenSSLTLS
import Synchronization
import Webhook

/// Serves a certificate of our own making: a stand-in until the Secret has been read, so that probes are answered.
final class SelfSignedService: Sendable {
    private struct Counters {
        var patches = 0
        var renewals = 0
        /// Whether the last step went well.
        var isCurrent = false
        var lastFailure = ""
        var nextSkewWarning = Duration.zero
    }

    private struct Parts {
        var keeper: CertificateKeeper
        var watches: [ResourceWatch]
        var threads: [WatchThread]
    }

    let serving: ServingCertificate
    private let identity: ServiceIdentity
    private let clients: TLSClientAuthority?
    private let status: ServerStatus
    private let log: Log
    private let counters = Mutex(Counters())
    private let adopted = Mutex<CertificateSet?>(nil)
    private let parts = Mutex<Parts?>(nil)

    /// - Throws: `StartFailure` if the authorities of clients cannot be used.
    init(
        _ identity: ServiceIdentity, client: KubernetesClient, clients: TLSClientAuthority?, status: ServerStatus,
        log: Log
    ) throws {
        self.identity = identity
        self.clients = clients
        self.status = status
        self.log = log
        do {
            let standIn = try CertificateSet(names: identity.dnsNames, now: WallClock.now())
            let context = try TLSContext(
                certificate: standIn.certificate, key: standIn.key, name: "the stand-in certificate", clients: clients)
            serving = ServingCertificate(context, counts: false, status: status, log: log)
        } catch {
            throw StartFailure(exitCode: 2, text: "error: \(error)")
        }
        status.setObstacle("certificate", "the certificate's Secret has not been read yet")
        status.add(self)
        start(client)
    }

    private func start(_ client: KubernetesClient) {
        let log = log
        let watches = CertificateKeeper.definitions(identity).map { definition in
            let environment = ResourceWatch.Environment(
                changed: { self.wake() },
                report: { report in
                    // A configuration of one of the two kinds is enough.
                    if case .absent = report { return }
                    log.write(report, of: definition)
                })
            return ResourceWatch(definition, client, environment)
        }
        let environment = CertificateKeeper.Environment(
            now: MonotonicTime.now, wallClock: WallClock.now, jitter: { Double.random(in: 0..<1) },
            tell: { self.note($0) })
        let keeper = CertificateKeeper(identity, client: client, watches: watches, environment: environment)
        // The keeper's thread comes first: `wake` is for it.
        let own = WatchThread(cancel: {}, step: { self.step(keeper) })
        parts.withLock {
            $0 = Parts(keeper: keeper, watches: watches, threads: [own] + watches.map { WatchThread($0) })
        }
    }

    /// Ends the watches, and waits for that.
    func stop() {
        guard let threads = parts.withLock({ $0 })?.threads else { return }
        for thread in threads { thread.requestStop() }
        for thread in threads { thread.stop() }
    }

    private func wake() { parts.withLock { $0?.threads.first }?.wake() }

    private func step(_ keeper: CertificateKeeper) -> Duration {
        counters.withLock { $0.isCurrent = true }
        let delay = keeper.step()
        if counters.withLock({ $0.isCurrent }) { counters.withLock { $0.lastFailure = "" } }
        warnOfSkew(WallClock.now() - keeper.serverTime)
        return delay
    }

    private func note(_ event: CertificateKeeper.Event) -> Bool {
        var line: LogLine
        switch event {
        case .adopted(let set): return adopt(set)
        case .renewed(let reason):
            counters.withLock { $0.renewals += 1 }
            line = LogLine(.info, "certificate renewed")
            line.add("reason", reason)
        case .patched(let configuration):
            counters.withLock { $0.patches += 1 }
            line = LogLine(.info, "caBundle patched")
            line.add("configuration", configuration)
        case .failed(let message):
            let isNews = counters.withLock { counters in
                counters.isCurrent = false
                defer { counters.lastFailure = message }
                return counters.lastFailure != message
            }
            guard isNews else { return true }
            line = LogLine(.warning, "self-signed certificate: the last attempt failed, it is tried again")
            line.add("error", message)
        }
        log.write(line)
        return true
    }

    private func adopt(_ set: CertificateSet) -> Bool {
        do throws(TLSContextError) {
            let context = try TLSContext(
                certificate: set.certificate, key: set.key,
                name: "Secret \(identity.namespace)/\(identity.secret)", clients: clients)
            serving.replace(with: context)
        } catch {
            serving.refuse(error)
            return false
        }
        adopted.withLock { $0 = set }
        status.setObstacle("certificate", nil)
        return true
    }

    private func warnOfSkew(_ skew: Int) {
        let now = MonotonicTime.now()
        guard abs(skew) > ExecutableLimits.clockSkew else { return }
        let isDue = counters.withLock { counters in
            guard now >= counters.nextSkewWarning else { return false }
            counters.nextSkewWarning = now + .seconds(3600)
            return true
        }
        guard isDue else { return }
        var line = LogLine(.warning, "this node's clock is not the API server's, by which certificates are renewed")
        line.add("seconds", skew)
        log.write(line)
    }
}

/// The authorities of clients are in a file, which may change.
extension SelfSignedService: Reloadable {
    func fingerprint() -> UInt64 {
        var fingerprint = FileFingerprint()
        if let clients { fingerprint.add(path: clients.path) }
        return fingerprint.value
    }

    func reload() -> ReloadOutcome {
        guard let set = adopted.withLock({ $0 }) else { return .loaded }
        return adopt(set) ? .loaded : .unreadable
    }

    func tick() { serving.tick() }
}

extension SelfSignedService: MetricsSource {
    func write(into text: inout MetricsText) {
        let counters = counters.withLock { $0 }
        text.single(
            "guardrail_self_signed_current", "gauge",
            "1 while the Secret and the webhook configurations are as they should be.",
            counters.isCurrent ? 1 : 0)
        text.single(
            "guardrail_self_signed_renewals_total", "counter", "Certificates made by this Pod.", counters.renewals)
        text.single("guardrail_ca_bundle_patches_total", "counter", "Webhook configurations patched.", counters.patches)
        let skew = parts.withLock { $0?.keeper }.map { WallClock.now() - $0.serverTime } ?? 0
        text.single(
            "guardrail_clock_skew_seconds", "gauge", "How far this node's clock is ahead of the API server's.", skew)
    }
}
