import Foundation
import TestCertificates

/// The real `policy-webhook` of this build, on a free port, in a directory of its own.
// SAFETY: `process` is asked and ended from one test at a time; the rest is constant.
final class RunningWebhook: @unchecked Sendable {
    let directory: URL
    private let process = Process()
    private let log: URL

    private static let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    private static let binary: URL = {
        // `swift test` runs either the bundle or a tool beside the compiler; the bundle is in the list in both cases.
        let candidates = [products] + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
        let found = candidates.map { $0.appending(path: "policy-webhook") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        return found ?? products.appending(path: "policy-webhook")
    }()

    static let isBuilt = FileManager.default.isExecutableFile(atPath: binary.path) && Tool.exists("curl")

    /// - Parameter options: `DIRECTORY` in them is replaced.
    init(_ options: [String], prepare: (URL) throws -> Void = { _ in }) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "webhook-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try prepare(directory)
        log = directory.appending(path: "log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process.executableURL = Self.binary
        let path = directory.path
        process.arguments =
            ["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--threads", "2"]
            + options.map { $0.replacingOccurrences(of: "DIRECTORY", with: path) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        guard Self.wait(until: { self.field("address") != nil }) else {
            throw Failure(text: "the server did not start: \(logText)")
        }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }

    struct Failure: Error { let text: String }

    /// Asks it to end; its exit code.
    func terminate() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    var logText: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    private func field(_ name: String) -> String? {
        let text = logText
        guard let start = text.range(of: "\"\(name)\":\""), let end = text[start.upperBound...].firstIndex(of: "\"")
        else { return nil }
        return String(text[start.upperBound..<end])
    }

    var port: Int { field("address").flatMap { $0.split(separator: ":").last }.flatMap { Int($0) } ?? 0 }

    /// What the metrics port says to a GET.
    func get(_ path: String) -> String {
        let address = field("metricsAddress") ?? ""
        return (try? Tool.run(["curl", "--silent", "--max-time", "5", "http://\(address)\(path)"]).output) ?? ""
    }

    var isReady: Bool {
        let address = field("metricsAddress") ?? ""
        let probe = ["curl", "--silent", "--max-time", "5", "--fail", "http://\(address)/readyz"]
        return (try? Tool.run(probe).status) == 0
    }

    enum Answer: Error, Equatable {
        case allowed
        case denied(String)
        /// An HTTP status other than 200.
        case status(Int)
        case none(String)
    }

    /// Asks for a verdict on the creation of a ConfigMap.
    func review(namespace: String, name: String = "x", data: String = "{}") -> Answer {
        let review = #"""
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u",
            "kind":{"group":"","version":"v1","kind":"ConfigMap"},
            "resource":{"group":"","version":"v1","resource":"configmaps"},"name":"\#(name)","namespace":"\#(namespace)",
            "operation":"CREATE","userInfo":{"username":"a"},"dryRun":false,"object":{"apiVersion":"v1",
            "kind":"ConfigMap","metadata":{"name":"\#(name)","namespace":"\#(namespace)"},"data":\#(data)}}}
            """#
        return ask(review)
    }

    /// Asks for a verdict on a whole AdmissionReview.
    func ask(_ review: String) -> Answer {
        switch send(review) {
        case .failure(let answer): return answer
        case .success(let response):
            guard let allowed = response["allowed"] as? Bool else { return .none("no verdict") }
            if allowed { return .allowed }
            return .denied((response["status"] as? [String: Any])?["message"] as? String ?? "")
        }
    }

    /// The response to an AdmissionReview.
    func response(to review: String) -> [String: Any]? { try? send(review).get() }

    private func send(_ review: String) -> Result<[String: Any], Answer> {
        let command = [
            "curl", "--silent", "--insecure", "--max-time", "10", "--write-out", "\n%{http_code}", "--header",
            "Content-Type: application/json", "--data-binary", "@-", "https://127.0.0.1:\(port)/validate?timeout=5s",
        ]
        guard let result = try? Tool.run(command, input: Data(review.utf8)), result.status == 0 else {
            return .failure(.none("no answer"))
        }
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        let code = lines.last.flatMap { Int($0) } ?? 0
        guard code == 200 else { return .failure(.status(code)) }
        let body = Data(lines.dropLast().joined(separator: "\n").utf8)
        guard let answer = try? JSONSerialization.jsonObject(with: body) as? [String: Any],
            let response = answer["response"] as? [String: Any]
        else { return .failure(.none(result.output)) }
        return .success(response)
    }

    /// Looks again and again, at most a minute: delays between attempts grow to half of that.
    static func wait(until condition: () -> Bool) -> Bool {
        for _ in 0..<1200 {
            if condition() { return true }
            usleep(50_000)
        }
        return false
    }
}
