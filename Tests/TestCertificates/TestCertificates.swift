package import Foundation

/// Runs command-line tools for tests; both pipes are drained while the tool runs.
package enum Tool {
    package struct Result: Sendable {
        package let status: Int32
        package let output: String
        package let errors: String
    }

    /// Whether the tool is on PATH.
    package static func exists(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }

    package static func run(_ arguments: [String], input: Data = Data()) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        let errors = Drained(stderr)
        let writer = Thread {
            try? stdin.fileHandleForWriting.write(contentsOf: input)
            try? stdin.fileHandleForWriting.close()
        }
        writer.start()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: errors.wait(), as: UTF8.self))
    }

    /// Reads a pipe to its end on a thread of its own.
    // SAFETY: `data` is written by the thread before it signals and read after the wait.
    private final class Drained: @unchecked Sendable {
        private let done = DispatchSemaphore(value: 0)
        private var data = Data()

        init(_ pipe: Pipe) {
            Thread.detachNewThread { [self] in
                data = pipe.fileHandleForReading.readDataToEndOfFile()
                done.signal()
            }
        }

        func wait() -> Data {
            done.wait()
            return data
        }
    }
}

/// Throw-away keys and certificates, made with the `openssl` tool once per test run in a directory of their own.
package struct TestCertificates: Sendable {
    package let certificate: String
    package let key: String
    /// Belongs to no certificate here.
    package let otherKey: String
    /// `key` behind a pass phrase.
    package let encryptedKey: String
    package let directory: String

    package static let isPossible = Tool.exists("openssl")

    /// One set for the whole run.
    package static let shared = Result { try TestCertificates() }

    private init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        directory = url.path
        certificate = directory + "/cert.pem"
        key = directory + "/key.pem"
        otherKey = directory + "/other.pem"
        encryptedKey = directory + "/encrypted.pem"
        let curve = ["-pkeyopt", "ec_paramgen_curve:P-256"]
        try openssl(
            ["req", "-x509", "-newkey", "ec"] + curve + ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
                + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate])
        try openssl(["genpkey", "-algorithm", "EC"] + curve + ["-out", otherKey])
        try openssl(["pkcs8", "-topk8", "-in", key, "-out", encryptedKey, "-passout", "pass:secret"])
    }

    private func openssl(_ arguments: [String]) throws {
        let result = try Tool.run(["openssl"] + arguments)
        guard result.status == 0 else { throw Failure(text: result.errors) }
    }

    private struct Failure: Error { let text: String }

    /// Writes a file beside the certificates; its path.
    package func file(_ name: String, _ text: String) throws -> String {
        let path = directory + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}
