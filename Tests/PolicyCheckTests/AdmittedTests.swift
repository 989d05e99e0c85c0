import Foundation
import Testing

/// The admitted view through the command line, against what a real API server made of the same manifests.
@Suite("policy-check and the admitted view")
struct AdmittedTests {
    static let shared: URL? = {
        let named = ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(fileURLWithPath: $0) }
        let beside = CommandRun.root.deletingLastPathComponent().appendingPathComponent("shared")
        return [named, beside].compactMap { $0 }.first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("conformance/api-server").path)
        }
    }()

    private static func lines(_ name: String) throws -> [[String: Any]] {
        let file = try #require(shared).appendingPathComponent("conformance/api-server/\(name).jsonl")
        return try json(lines: String(decoding: Data(contentsOf: file), as: UTF8.self))
    }

    private static func json(lines: String) throws -> [[String: Any]] {
        try lines.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private static func text(_ value: Any?) throws -> String {
        String(
            decoding: try JSONSerialization.data(
                withJSONObject: try #require(value), options: [.sortedKeys, .withoutEscapingSlashes]), as: UTF8.self)
    }

    private static func objects(_ lines: [[String: Any]], _ key: String) throws -> String {
        try lines.map { try text($0[key]) }.joined(separator: "\n---\n")
    }

    @Test(
        "prints what the API server admits", .enabled(if: shared != nil, "needs the shared recordings"),
        arguments: ["json", "report"])
    func admitted(format: String) throws {
        let lines = try Self.lines("admitted")
        let run = try CommandRun(["admitted", "-o", format, "-"], input: try Self.objects(lines, "manifest"))
        // Some of the manifests have fields that only strict decoding refuses; they were sent without it.
        #expect(run.status == 1)
        let printed = try Self.json(lines: run.output)
        #expect(printed.count == lines.count)
        var different: [String] = []
        for (number, (object, line)) in zip(printed, lines).enumerated() {
            let own = format == "json" ? object : try #require(object["admitted"] as? [String: Any])
            if try Self.text(own) != Self.text(line["admitted"]) { different.append("line \(number + 1)") }
        }
        // Only the cluster knows a node port, or a Job's uid; KubernetesSchemasTests names them.
        #expect(different.count <= 6, "\(different)")
    }

    @Test("refuses what the API server refuses, and nothing else", .enabled(if: shared != nil))
    func refusals() throws {
        let lines = try Self.lines("damaged")
        let run = try CommandRun(["admitted", "-o", "report", "-"], input: try Self.objects(lines, "manifest"))
        let reports = try Self.json(lines: run.output)
        #expect(reports.count == lines.count)
        var wrong: [String] = []
        for (report, line) in zip(reports, lines) where report["accepted"] as? Bool != line["accepted"] as? Bool {
            wrong.append("\(line["error"] ?? "accepted")")
        }
        // What needs the cluster's state: ports taken, classes that do not exist.
        wrong.removeAll {
            $0.contains("already allocated") || $0.contains("no PriorityClass") || $0.contains("RuntimeClass")
        }
        #expect(wrong.isEmpty, "\(wrong)")
    }

    @Test("judges a manifest as the object that the API server admits", .enabled(if: shared != nil))
    func parity() throws {
        let lines = try Self.lines("admitted")
        let arguments = ["-p", "policies", "-o", "json", "--no-schemas", "--no-expand-workloads", "-"]
        let written = try CommandRun(arguments, input: try Self.objects(lines, "manifest"))
        let admitted = try CommandRun(["--raw"] + arguments, input: try Self.objects(lines, "admitted"))
        func verdicts(_ run: CommandRun) throws -> [String] {
            let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            let files = try #require(report["files"] as? [[String: Any]])
            return try (files.first?["objects"] as? [[String: Any]] ?? []).map { try Self.text($0["verdict"]) }
        }
        let (ours, servers) = (try verdicts(written), try verdicts(admitted))
        #expect(ours.count == lines.count)
        #expect(ours == servers)
    }

    @Test("says of a deciding field that it was filled in, and points at its parent")
    func defaulted() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            Samples.policy(
                expression: "object.spec.containers.all(c, c.imagePullPolicy == 'Never')"), to: "policy.yaml")
        try directory.write(Samples.good, to: "pod.yaml")
        let run = try CommandRun(["-p", "policy.yaml", "pod.yaml"], in: directory.url)
        #expect(run.status == 1)
        #expect(run.output.contains("spec.containers[0].imagePullPolicy"), "\(run.output)")
        #expect(run.output.contains("pod.yaml:8:16"))
        #expect(run.output.contains("= help: the manifest does not set this field: the API server fills it in"))
        // As it is written there is no such field, and the check cannot be evaluated.
        #expect(try CommandRun(["--raw", "-p", "policy.yaml", "pod.yaml"], in: directory.url).status == 3)
        let explained = try CommandRun(["explain", "policy.yaml", "pod.yaml"], in: directory.url)
        #expect(explained.output.contains("\"IfNotPresent\""), "\(explained.output)")
    }
}
