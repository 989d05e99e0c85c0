import Dispatch
import Foundation
import NIOCore
import OpenSSLTLS
import TestCertificates
import Testing

@testable import Webhook

/// The whole server on a loopback port, seen by clients that are not ours.
@Suite(.enabled(if: TestCertificates.isPossible, "needs the openssl tool"))
struct WebhookServerTests {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func withServer(
        _ change: (inout WebhookConfiguration) -> Void = { _ in }, _ body: (WebhookServer) throws -> Void
    ) throws {
        let files = try TestCertificates.shared.get()
        let context = try TLSContext(certificatePath: files.certificate, keyPath: files.key)
        var configuration = WebhookConfiguration(host: "127.0.0.1", port: 0, threads: 2)
        change(&configuration)
        let server = try WebhookServer.start(configuration, tls: TLSContextSource(context), responder: EchoResponder())
        let result = Result { try body(server) }
        #expect(server.drain() == .drained)
        try result.get()
    }

    private func curl(
        _ server: WebhookServer, _ path: String, _ arguments: [String], input: String = ""
    ) throws -> String {
        let files = try TestCertificates.shared.get()
        let common = ["curl", "-sS", "--http1.1", "--max-time", "30", "--cacert", files.certificate]
        let result = try Tool.run(
            common + arguments + ["https://localhost:\(server.address.port)\(path)", "--resolve"]
                + ["localhost:\(server.address.port):127.0.0.1"], input: Data(input.utf8))
        return result.output + result.errors
    }

    @Test(
        "passes the protocol checks of Python's ssl", .enabled(if: Tool.exists("python3"), "needs python3"),
        arguments: [
            "tls-1.0", "tls-1.1", "tls-1.2", "tls-1.3", "alpn", "alpn-unknown", "keep-alive", "pipelining",
            "never-reads", "resumption", "half-close-tls", "half-close-tcp", "plaintext", "garbage", "cut-short",
            "oversized", "largest",
        ])
    func protocolCheck(name: String) throws {
        let script = Self.repository.appendingPathComponent("testdata/webhook/protocol_checks.py").path
        try withServer { server in
            let result = try Tool.run(["python3", script, "127.0.0.1", "\(server.address.port)", name])
            #expect(result.output == "ok\n", "\(result.errors)")
        }
    }

    @Test(
        "the metrics port answers while every loop that judges is busy", .enabled(if: Tool.exists("curl"), "needs curl")
    )
    func busy() throws {
        let files = try TestCertificates.shared.get()
        let context = try TLSContext(certificatePath: files.certificate, keyPath: files.key)
        var configuration = WebhookConfiguration(host: "127.0.0.1", port: 0, threads: 1)
        configuration.management = ListenAddress(host: "127.0.0.1", port: 0)
        let responder = StuckResponder()
        let server = try WebhookServer.start(configuration, tls: TLSContextSource(context), responder: responder)
        let answered = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            _ = try? curl(server, "/validate", ["-H", "Content-Type: application/json", "-d", "x"])
            answered.signal()
        }
        #expect(responder.started.wait(timeout: .now() + 20) == .success)
        let address = try #require(server.managementAddress)
        let probe = try Tool.run(["curl", "-sS", "--max-time", "20", "http://\(address)/livez"])
        #expect(probe.output == "ok\n", "\(probe.errors)")
        #expect(answered.wait(timeout: .now()) == .timedOut, "the request was answered before the probe")
        responder.proceed.signal()
        #expect(answered.wait(timeout: .now() + 20) == .success)
        #expect(server.drain() == .drained)
    }

    @Test("answers every mutated body", .enabled(if: Tool.exists("python3"), "needs python3"))
    func mutatedBodies() throws {
        let script = Self.repository.appendingPathComponent("scripts/mutate-webhook.py").path
        let samples = Self.repository.appendingPathComponent("testdata/webhook/admission-reviews").path
        try withServer { server in
            let result = try Tool.run(
                ["python3", script, "--address", server.address.description, "--samples", samples, "--count", "1000"])
            #expect(result.status == 0, "\(result.output)\(result.errors)")
        }
    }

    @Test("serves curl", .enabled(if: Tool.exists("curl"), "needs curl"))
    func curlRequests() throws {
        let json = ["-H", "Content-Type: application/json", "-w", " %{http_code}", "--data-binary", "@-"]
        try withServer { server in
            let once = try curl(server, "/validate?timeout=7s", json, input: "body")
            #expect(once == PipelineHarness.echo("body", timeout: "7") + " 200")
            let chunked = try curl(server, "/validate", json + ["-H", "Transfer-Encoding: chunked"], input: "body")
            #expect(chunked == PipelineHarness.echo("body") + " 200")
            let large = String(repeating: "0123456789", count: 300_000)
            let expecting = try curl(server, "/validate", json + ["-H", "Expect: 100-continue"], input: large)
            #expect(expecting == PipelineHarness.echo(large) + " 200")
            let tooLarge = try curl(server, "/validate", json, input: String(repeating: large, count: 3))
            #expect(tooLarge.hasSuffix(" 413"))
            #expect(try curl(server, "/healthz", ["-w", "%{http_code}"]) == "ok\n200")
            #expect(try curl(server, "/healthz", ["-I"]).hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(try curl(server, "/validate", ["-w", " %{http_code}"]).hasSuffix(" 405"))
        }
    }

    @Test("refuses renegotiation and speaks ALPN to s_client")
    func openSSLClient() throws {
        try withServer { server in
            let common = ["openssl", "s_client", "-connect", "127.0.0.1:\(server.address.port)"]
            let renegotiated = try Tool.run(common + ["-tls1_2"], input: Data("R\n".utf8))
            #expect((renegotiated.output + renegotiated.errors).contains("no renegotiation"))
            let modern = try Tool.run(common + ["-tls1_3", "-alpn", "http/1.1"])
            #expect(modern.output.contains("ALPN protocol: http/1.1"))
            #expect(modern.output.contains("New, TLSv1.3"))
            let weak = try Tool.run(common + ["-tls1_2", "-cipher", "AES128-SHA256:AES128-GCM-SHA256:@SECLEVEL=0"])
            #expect(weak.status != 0, "a cipher without forward secrecy was accepted")
        }
    }

    /// `pip install sslyze`, or a Python that has it in `GUARDRAIL_SSLYZE_PYTHON`.
    @Test("passes a scan by sslyze", .enabled(if: scanner != nil, "needs sslyze from PyPI"))
    func scan() throws {
        let python = try #require(Self.scanner)
        let script = Self.repository.appendingPathComponent("testdata/webhook/scan_tls.py").path
        try withServer { server in
            let result = try Tool.run([python, script, "127.0.0.1", "\(server.address.port)"])
            #expect(result.output == "ok\n", "\(result.errors)")
        }
    }

    private static let scanner: String? = {
        let python = ProcessInfo.processInfo.environment["GUARDRAIL_SSLYZE_PYTHON"] ?? "python3"
        let found = try? Tool.run([python, "-c", "import sslyze"])
        return found?.status == 0 ? python : nil
    }()

    @Test("closes connections over the limit at once", .enabled(if: Tool.exists("curl"), "needs curl"))
    func connectionLimit() throws {
        try withServer({ $0.connections = 0 }) { server in
            let answer = try curl(server, "/healthz", [])
            #expect(!answer.contains("ok"))
        }
    }

    @Test("a new certificate serves new connections", .enabled(if: Tool.exists("curl"), "needs curl"))
    func reload() throws {
        let files = try TestCertificates.shared.get()
        let context = try TLSContext(certificatePath: files.certificate, keyPath: files.key)
        let source = TLSContextSource(context)
        let configuration = WebhookConfiguration(host: "127.0.0.1", port: 0, threads: 1)
        let server = try WebhookServer.start(configuration, tls: source, responder: EchoResponder())
        #expect(try curl(server, "/healthz", []) == "ok\n")
        source.replace(with: try TLSContext(certificatePath: files.certificate, keyPath: files.key))
        #expect(try curl(server, "/healthz", []) == "ok\n")
        #expect(server.drain() == .drained)
    }

    @Test("a bound address cannot be bound again")
    func addressInUse() throws {
        try withServer { server in
            #expect(throws: (any Error).self) {
                try withServer({ $0.port = server.address.port }, { _ in })
            }
        }
    }

    @Test(
        "draining answers a request whose body is still coming",
        .enabled(if: Tool.exists("python3"), "needs python3"))
    func drainingFinishesRequests() throws {
        let files = try TestCertificates.shared.get()
        let context = try TLSContext(certificatePath: files.certificate, keyPath: files.key)
        let configuration = WebhookConfiguration(host: "127.0.0.1", port: 0, threads: 2)
        let server = try WebhookServer.start(configuration, tls: TLSContextSource(context), responder: EchoResponder())
        let client = try Process.drainClient(port: server.address.port)
        // The client says that it is connected and half of its body is sent, and goes on when told.
        #expect(client.line() == "half sent")
        let drained = Drain(server)
        // New connections are refused once the listener is closed; the client waits for that itself.
        client.goOn()
        #expect(client.line() == "refused")
        #expect(client.line() == "200 close")
        #expect(drained.outcome() == .drained)
    }
}

/// `drain` on a thread of its own.
// SAFETY: `result` is written before the signal and read after the wait.
private final class Drain: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    private var result: WebhookServer.DrainOutcome?

    init(_ server: WebhookServer) {
        Thread.detachNewThread { [self] in
            result = server.drain()
            done.signal()
        }
    }

    func outcome() -> WebhookServer.DrainOutcome? {
        done.wait()
        return result
    }
}

/// A client in another process that is led step by step.
private final class LedClient {
    private let process: Process
    private let input: Pipe
    private let output: Pipe
    private var buffered = ""

    init(_ process: Process, input: Pipe, output: Pipe) {
        self.process = process
        self.input = input
        self.output = output
    }

    func goOn() { try? input.fileHandleForWriting.write(contentsOf: Data("\n".utf8)) }

    /// The next line that the client prints; empty at its end.
    func line() -> String {
        while true {
            if let end = buffered.firstIndex(of: "\n") {
                defer { buffered = String(buffered[buffered.index(after: end)...]) }
                return String(buffered[..<end])
            }
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { return "" }
            buffered += String(decoding: data, as: UTF8.self)
        }
    }
}

extension Process {
    fileprivate static func drainClient(port: Int) throws -> LedClient {
        let script = """
            import socket, ssl, sys
            def connect():
                return socket.create_connection(("127.0.0.1", \(port)), 20)
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            tls = context.wrap_socket(connect(), server_hostname="localhost")
            head = "POST /validate HTTP/1.1", "Host: h", "Content-Type: application/json", "Content-Length: 4"
            tls.sendall("\\r\\n".join(head).encode() + b"\\r\\n\\r\\nbo")
            print("half sent", flush=True)
            sys.stdin.readline()
            while True:
                try:
                    connect().close()
                except ConnectionError:
                    break
            print("refused", flush=True)
            tls.sendall(b"dy")
            answer = b""
            while piece := tls.recv(4096):
                answer += piece
            print(answer.split()[1].decode(), "close" if b"connection: close" in answer else "stays", flush=True)
            """
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        return LedClient(process, input: input, output: output)
    }
}

/// Holds its event loop until told to go on.
private struct StuckResponder: AdmissionResponder {
    let started = DispatchSemaphore(value: 0)
    let proceed = DispatchSemaphore(value: 0)

    func respond(
        to request: AdmissionHTTPRequest, into output: inout ByteBuffer
    ) throws(HTTPRefusal) -> AdmissionReply {
        started.signal()
        proceed.wait()
        output.writeString("{}")
        return .answered(AdmissionOutcome(operation: .create, group: "", kind: "Pod", decision: .allowed))
    }
}
