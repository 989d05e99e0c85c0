import ArgumentParser
import CMalloc
import Glibc
import ImageArguments
import ImageVerification
import KubernetesAPI
import NIOCore
import OpenSSLTLS
import PolicyEngine
import Webhook

/// Why the server did not start: text for standard error and the exit code.
struct StartFailure: Error {
    /// 2: usage, an unreadable file, an address that cannot be bound; 3: a policy is invalid.
    let exitCode: Int32
    /// Complete lines for people.
    let text: String
}

@main
struct PolicyWebhook: ParsableCommand {
    private static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "policy-webhook",
        abstract: "Decide Kubernetes admission requests over HTTPS.",
        discussion: """
            Exits with 0 after SIGTERM or SIGINT, once requests in flight are answered; with 2 when an option, a file \
            or the address is unusable; with 3 when a policy is invalid.
            """,
        version: version)

    @Option(name: .customLong("policy"), help: "A policy file or a directory of them; may be repeated.")
    var policies: [String] = []

    @Option(help: "HOST:PORT to serve on; port 0 lets the system choose.", transform: listenAddress)
    var listen = ListenAddress(host: "127.0.0.1", port: 8443)

    @Option(
        help: "HOST:PORT for /metrics, /policies, /version and the probes over plain HTTP (default: beside /validate).",
        transform: listenAddress)
    var metricsListen: ListenAddress?

    @Option(help: "The certificate chain, PEM, the server's own certificate first.")
    var tlsCert: String?

    @Option(help: "The certificate's private key, PEM, unencrypted.")
    var tlsKey: String?

    @OptionGroup(title: "Kubernetes API")
    var cluster: ClusterOptions

    @OptionGroup(title: "Self-signed certificate")
    var selfSigned: SelfSignedOptions

    @OptionGroup(title: "Enforcement")
    var enforcement: EnforcementOptions

    @OptionGroup(title: "Recording")
    var recording: RecordingOptions

    @OptionGroup(title: "Tracing")
    var tracing: TracingOptions

    @Option(name: .customLong("client-ca"), help: "Answer only clients with a certificate of these authorities, PEM.")
    var clientCA: String?

    @Option(
        name: .customLong("client-name"), parsing: .singleValue,
        help: "A common or alternative name that the client's certificate must have; may be repeated.")
    var clientNames: [String] = []

    @Option(help: "Event loops (default: one per core).")
    var threads = System.coreCount

    @Option(help: "Unanswered requests at a time; more get 429.")
    var maxInFlight = WebhookLimits.inFlight

    @Option(help: "Seconds between two looks at the policies and the certificate; 0 never looks (SIGHUP does).")
    var reloadInterval = 1.0

    @Option(help: "The least level of log lines: debug, info, warning or error.")
    var logLevel = LogLine.Level.info

    @OptionGroup var images: ImageOptions

    @OptionGroup var imageReach: ImageReachOptions

    @Flag(help: "Count as unready once the certificate has expired.")
    var readinessNeedsValidCertificate = false

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as StartFailure {
            report(failure.text, exitCode: failure.exitCode)
        } catch {
            // ArgumentParser's own code for a usage error is 64.
            let isUsageError = exitCode(for: error) == .validationFailure
            if isUsageError { report(fullMessage(for: error), exitCode: 2) }
            exit(withError: error)
        }
    }

    private static func report(_ text: String, exitCode: Int32) -> Never {
        var line = text.hasSuffix("\n") ? text : text + "\n"
        line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
        Glibc.exit(exitCode)
    }

    func validate() throws {
        guard !policies.isEmpty || cluster.watchPolicies != nil else {
            throw ValidationError("nothing to judge by: give --policy, or --watch-policies")
        }
        if selfSigned.selfSigned {
            guard tlsCert == nil, tlsKey == nil else {
                throw ValidationError("--self-signed makes the certificate that --tls-cert and --tls-key name")
            }
        } else if tlsCert == nil || tlsKey == nil {
            throw ValidationError("a certificate is needed: give --tls-cert and --tls-key, or --self-signed")
        }
        guard cluster.kubeconfig == nil || cluster.kubernetes || selfSigned.selfSigned else {
            throw ValidationError("--kubeconfig needs --kubernetes or --self-signed")
        }
        guard (1...1024).contains(threads) else { throw ValidationError("--threads must be between 1 and 1024") }
        guard (1...1_000_000).contains(maxInFlight) else {
            throw ValidationError("--max-in-flight must be between 1 and 1000000")
        }
        guard (0...ExecutableLimits.longestReloadInterval).contains(reloadInterval) else {
            throw ValidationError("--reload-interval must be between 0 and 3600")
        }
        try imageReach.validate(images, cluster)
        guard clientNames.isEmpty || clientCA != nil else { throw ValidationError("--client-name needs --client-ca") }
    }

    func run() throws {
        // Before the first thread, so that every thread inherits it.
        let signals = SignalSet(blocking: [SIGTERM, SIGINT, SIGHUP])
        // A peer or a log reader that goes away is an error of one write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // Left alone, glibc raises both after the first large body that is freed, and keeps as much memory from then on:
        // 58 MB instead of 24 MB after eight bodies of 8 MiB.
        mallopt(M_MMAP_THRESHOLD, 256 << 10)
        mallopt(M_TRIM_THRESHOLD, 512 << 10)
        let log = Log(level: logLevel)
        let status = ServerStatus(
            version: Self.version, log: log, needsValidCertificate: readinessNeedsValidCertificate)
        let service = try makeService(status: status, log: log)
        var started = LogLine(.info, "serving")
        started.add("address", service.server.address.description)
        if let address = service.server.managementAddress { started.add("metricsAddress", address.description) }
        started.add("threads", threads)
        started.add("version", Self.version)
        if !enforcement.value.isFull { started.add("enforcement", enforcement.enforcement.rawValue) }
        log.write(started)

        let ending = waitForEnd(signals, log: log, watch: service.watch)
        var draining = LogLine(.info, "draining")
        draining.add("signal", ending == SIGTERM ? "SIGTERM" : "SIGINT")
        log.write(draining)
        let outcome = service.server.drain()
        service.stopBackgroundWork()
        var stopped = LogLine(.info, "stopped")
        stopped.add("outcome", outcome == .drained ? "drained" : "cut-off")
        log.write(stopped)
        log.flush()
    }

    /// Everything that runs.
    private struct Service {
        let server: WebhookServer
        let watch: FileWatch
        let recorder: Recorder?
        let tracer: Tracer?
        let updates: ClusterUpdates?
        let namespaces: NamespaceLookup?
        let selfSigned: SelfSignedService?

        /// Once no request comes any more.
        func stopBackgroundWork() {
            watch.stop()
            updates?.stop()
            namespaces?.stop()
            selfSigned?.stop()
            recorder?.stop()
            tracer?.exporter.stop()
        }
    }

    /// Loads everything and starts to serve.
    private func makeService(status: ServerStatus, log: Log) throws -> Service {
        let recorder = try recording.recorder(log: log, status: status)
        let tracer = try tracing.tracer(version: Self.version, log: log, status: status)
        // Before the first load, so that a change in the meantime is seen.
        let policiesAtStart = PolicyFiles.fingerprint(policies)
        let imagesAtStart = ImageFiles.fingerprint(images)
        let client = cluster.kubernetes || selfSigned.selfSigned ? try cluster.client() : nil
        let pulls = imageReach.imagePullSecrets ? client.map { PullSecrets($0, home: PullSecrets.ownNamespace()) } : nil
        let imageFiles: ImageFiles?
        do throws(VerificationError) {
            imageFiles = try ImageFiles(images, imageReach, pulls: pulls, log: log)
        } catch {
            throw StartFailure(exitCode: 2, text: "error: \(error.detail)\n")
        }
        if let imageFiles { status.add(imageFiles) }
        let assembly = try PolicyAssembly(
            policies, watchesPolicies: cluster.watchPolicies != nil, enforcement: enforcement.value, status: status,
            log: log
        ) { malloc_trim(0) }
        let certificate = try makeCertificate(client, status: status, log: log)
        var configuration = WebhookConfiguration(host: listen.host, port: listen.port, threads: threads)
        configuration.inFlight = maxInFlight
        configuration.management = metricsListen
        let gate = SyncGate(isOpen: !cluster.kubernetes)
        let namespaces = cluster.kubernetes ? client.map { NamespaceLookup($0, log: log) } : nil
        if let namespaces { status.add(namespaces) }
        let responder = EngineResponder(
            assembly.holder, gate: gate, namespaces: namespaces, shortensAuditKeys: enforcement.auditKeys == .webhook,
            workloads: enforcement.workloads, recorder: recorder, tracer: tracer, images: imageFiles, log: log)
        let server: WebhookServer
        do {
            server = try WebhookServer.start(
                configuration, tls: certificate.serving.contexts, responder: responder, status: status)
        } catch {
            let addresses = [listen, metricsListen].compactMap { $0.map { "`\($0)`" } }.joined(separator: " and ")
            throw StartFailure(exitCode: 2, text: "error: cannot listen on \(addresses): \(error)")
        }
        let updates = client.flatMap { client in
            guard cluster.kubernetes else { return ClusterUpdates?.none }
            return ClusterUpdates(
                cluster, client: client, assembly: assembly, gate: gate, status: status, log: log)
        }
        var watched: [(reloadable: any Reloadable, loaded: UInt64)] = [
            (PolicyFiles(assembly: assembly), policiesAtStart), (certificate.reloadable, certificate.fingerprint),
        ]
        if let imageFiles { watched.append((imageFiles, imagesAtStart)) }
        let watch = FileWatch(
            watched, interval: reloadInterval > 0 ? .nanoseconds(Int64(reloadInterval * 1e9)) : nil)
        return Service(
            server: server, watch: watch, recorder: recorder, tracer: tracer, updates: updates,
            namespaces: namespaces, selfSigned: certificate.reloadable as? SelfSignedService)
    }

    /// The certificate from files, or one of our own.
    private func makeCertificate(
        _ client: KubernetesClient?, status: ServerStatus, log: Log
    ) throws -> (serving: ServingCertificate, reloadable: any Reloadable, fingerprint: UInt64) {
        let clients = clientCA.map { TLSClientAuthority(path: $0, names: clientNames) }
        if let client, let identity = selfSigned.identity {
            let made = try SelfSignedService(identity, client: client, clients: clients, status: status, log: log)
            return (made.serving, made, made.fingerprint())
        }
        let (certificatePath, keyPath) = (tlsCert ?? "", tlsKey ?? "")
        let fingerprint = CertificateFiles.fingerprint(
            certificatePath: certificatePath, keyPath: keyPath, clients: clients)
        do throws(TLSContextError) {
            let files = try CertificateFiles(
                certificatePath: certificatePath, keyPath: keyPath, clients: clients, status: status, log: log)
            return (files.serving, files, fingerprint)
        } catch {
            throw StartFailure(exitCode: 2, text: "error: \(error)")
        }
    }

    /// Waits for the signal that ends the server; SIGHUP loads everything again.
    private func waitForEnd(_ signals: SignalSet, log: Log, watch: FileWatch) -> Int32 {
        while true {
            let signal = signals.wait()
            guard signal == SIGHUP else { return signal }
            log.write(LogLine(.info, "reloading on SIGHUP"))
            watch.reloadNow()
        }
    }
}

extension LogLine.Level: ExpressibleByArgument {}

private func listenAddress(_ text: String) throws -> ListenAddress {
    guard let address = ListenAddress(text) else {
        throw ValidationError("`\(text)` is not HOST:PORT")
    }
    return address
}
