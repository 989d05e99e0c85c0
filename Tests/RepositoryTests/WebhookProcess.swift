import Foundation
import Testing

/// The real `policy-webhook` of this build, on a free port, with a certificate of its own.
enum WebhookProcess {
    static func makeDirectory() throws -> URL {
        let work = FileManager.default.temporaryDirectory.appending(path: "guardrail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        return work
    }

    /// Starts the server, runs `body` with its address and process id, stops it and expects a clean exit.
    ///
    /// - Parameters:
    ///   - arguments: more of the command line, for a shell.
    ///   - work: where the certificate goes (`ca.crt`, `tls.crt`, `tls.key`).
    static func run(
        policies: [String] = ["policies"], arguments: String = "", work: URL,
        _ body: (_ address: String, _ process: Int32) throws -> Void
    ) throws {
        let shell = Shell(environment: ["WORK": work.path])
        let made = try shell.run("scripts/make-certificates.sh \"$WORK\" 127.0.0.1 localhost")
        #expect(made.status == 0, "\(made.output)")
        let options = policies.map { "--policy '\($0)'" }.joined(separator: " ")
        let certificate = "--tls-cert \"$WORK/tls.crt\" --tls-key \"$WORK/tls.key\""
        let server = try shell.start("exec policy-webhook \(options) --listen 127.0.0.1:0 \(certificate) \(arguments)")
        do {
            let address = try #require(listenAddress(of: server), "the server did not start")
            try body(address, server.process.processIdentifier)
        } catch {
            _ = server.terminate()
            throw error
        }
        let end = server.terminate()
        #expect(end.status == 0, "\(end.output)")
    }

    /// Waits until the server says where it listens, at most ten seconds.
    private static func listenAddress(of server: Shell.Running) -> String? {
        for _ in 0..<200 {
            let log = (try? String(contentsOf: server.log, encoding: .utf8)) ?? ""
            if let start = log.range(of: "\"address\":\""), let end = log[start.upperBound...].firstIndex(of: "\"") {
                return String(log[start.upperBound..<end])
            }
            usleep(50_000)
        }
        return nil
    }
}
