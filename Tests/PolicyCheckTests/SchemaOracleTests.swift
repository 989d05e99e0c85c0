import Foundation
import Testing

/// All manifests here and in the shared data, by us and by kubernetes-validate.
@Suite struct SchemaOracleTests {
    /// A Python that has the package: `GUARDRAIL_KUBERNETES_VALIDATE`, or the usual one.
    private static let python: String? = {
        let named = ProcessInfo.processInfo.environment["GUARDRAIL_KUBERNETES_VALIDATE"]
        return [named, "python3"].compactMap { $0 }.first { python in
            (try? run("'\(python)' -c 'import kubernetes_validate, yaml'").status) == 0
        }
    }()

    private static func run(_ command: String) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", command + " 2>/dev/null"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    /// Where the two differ, by the manifest with the reason.
    private static let known = [
        "bad/statefulset-memory-limit-left-empty.yaml StatefulSet":
            "the API server takes a quantity that is null for 0, the JSON schema does not",
        ".kyverno-test/resource-pass.yaml Pod": "names a volume that is not there; the JSON schema has types only",
        ".kyverno-test/resource.yaml Pod":
            "a token volume without a service account; the JSON schema has types only",
    ]

    @Test(
        "agrees with kubernetes-validate, except where named",
        .enabled(if: python != nil, "kubernetes-validate is not installed; see GUARDRAIL_KUBERNETES_VALIDATE"))
    func agreement() throws {
        var roots = ["testdata", "policies", "deploy"].map { CommandRun.root.appendingPathComponent($0).path }
        if let shared = AdmittedTests.shared { roots.append(shared.path) }
        let script = CommandRun.root.appendingPathComponent("scripts/compare-schemas.py").path
        let command = ([Self.python ?? "", script, CommandRun.binary.path] + roots).map { "'\($0)'" }
        let run = try Self.run(command.joined(separator: " "))
        #expect(run.status == 0)
        let report = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
        let different = report["different"] as? [String] ?? []
        #expect(report["alike"] as? Int ?? 0 > (AdmittedTests.shared == nil ? 20 : 1_000))
        let unknown = different.filter { line in !Self.known.keys.contains { line.hasPrefix($0) } }
        #expect(unknown.isEmpty, "\(unknown)")
    }
}
