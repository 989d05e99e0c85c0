import ArgumentParser
import CMalloc
import Glibc
import NIOCore
import OpenSSLTLS
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
    static let configuration = CommandConfiguration(
        commandName: "policy-webhook",
        abstract: "Decide Kubernetes admission requests over HTTPS.",
        discussion: """
            Exits with 0 after SIGTERM or SIGINT, once requests in flight are answered; with 2 when an option, a file \
            or the address is unusable; with 3 when a policy is invalid.
            """,
        version: "0.1.0")

    @Option(name: .customLong("policy"), help: "A policy file or a directory of them; may be repeated.")
    var policies: [String]

    @Option(help: "HOST:PORT to serve on; port 0 lets the system choose.", transform: listenAddress)
    var listen = ListenAddress(host: "127.0.0.1", port: 8443)

    @Option(help: "The certificate chain, PEM, the server's own certificate first.")
    var tlsCert: String

    @Option(help: "The certificate's private key, PEM, unencrypted.")
    var tlsKey: String

    @Option(help: "Event loops (default: one per core).")
    var threads = System.coreCount

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
        guard (1...1024).contains(threads) else { throw ValidationError("--threads must be between 1 and 1024") }
    }

    func run() throws {
        // Before the first thread, so that every thread inherits it.
        let signals = SignalSet(blocking: [SIGTERM, SIGINT])
        // Left alone, glibc raises both after the first large body that is freed, and keeps as much memory from then on:
        // 58 MB instead of 24 MB after eight bodies of 8 MiB.
        mallopt(M_MMAP_THRESHOLD, 256 << 10)
        mallopt(M_TRIM_THRESHOLD, 512 << 10)
        let responder = try makeResponder(policyPaths: policies)
        let context: TLSContext
        do throws(TLSContextError) {
            context = try TLSContext(certificatePath: tlsCert, keyPath: tlsKey)
        } catch {
            throw StartFailure(exitCode: 2, text: "error: \(error)")
        }
        let configuration = WebhookConfiguration(host: listen.host, port: listen.port, threads: threads)
        let server: WebhookServer
        do {
            server = try WebhookServer.start(configuration, tls: TLSContextSource(context), responder: responder)
        } catch {
            throw StartFailure(exitCode: 2, text: "error: cannot listen on `\(listen)`: \(error)")
        }
        var started = LogLine(.info, "serving")
        started.add("address", server.address.description)
        started.add("threads", threads)
        started.write()

        let signal = signals.wait()
        var draining = LogLine(.info, "draining")
        draining.add("signal", signal == SIGTERM ? "SIGTERM" : "SIGINT")
        draining.write()
        let outcome = server.drain()
        var stopped = LogLine(.info, "stopped")
        stopped.add("outcome", outcome == .drained ? "drained" : "cut-off")
        stopped.write()
    }
}

private func listenAddress(_ text: String) throws -> ListenAddress {
    guard let address = ListenAddress(text) else {
        throw ValidationError("`\(text)` is not HOST:PORT")
    }
    return address
}
