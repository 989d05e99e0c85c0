import Diagnostics
import Documents
import Foundation
import Testing
import Values

@testable import Reporting

/// A report with one finding of each effect, an unreadable file and a note.
private struct Sample {
    let header: RunHeader
    let files: [FileReport]
    let summary: Summary

    init() {
        let policyFile = SourceFile(name: "policies/p.yaml", text: "kind: P\nexpression: a < b\n")
        var metadata = PolicyMetadata()
        metadata.title = "Allowed registries"
        metadata.description = "Images come from our own registry.\nIt scans them."
        metadata.category = "Supply chain"
        metadata.severity = .high
        let excusing = PolicySummary(kind: "ValidatingPolicy", name: "tags")
        let policy = PolicySummary(
            kind: "ValidatingAdmissionPolicy", name: "allowed-repos", place: Place(policyFile), metadata: metadata)
        let text = "kind: Pod\nspec:\n  containers:\n    - image: nginx:latest # old\n"
        let source = SourceFile(name: "app/deploy & co.yaml", text: text)
        let start = SourcePosition(line: 4, column: 14)
        let place = Place(source, SourceRange(start: start, end: SourcePosition(line: 4, column: 26)))
        var file = FileReport(name: source.name)
        let findings = Effect.allCases.map { effect in
            Finding(
                effect, policy: policy, check: "spec.validations[0].expression",
                message: "image is <not> from \"an\" allowed registry, 100%\nsecond line", place: place,
                fieldPath: "spec.containers[0].image",
                policyPlace: Place(policyFile, SourceRange(at: SourcePosition(line: 2, column: 13))),
                why: Reason(
                    expression: "a <\n  b", operands: [Reason.Operand(text: "a", value: makeMap { $0.field("x", 1) })]),
                help: "use another")
        }
        file.subjects = [
            SubjectReport(
                subject: Subject(
                    apiVersion: "v1", kind: "Pod", namespace: "default", name: "api",
                    place: Place(source, SourceRange(at: .start))),
                verdict: SubjectVerdict(
                    status: SubjectVerdict.Status(code: 422, reason: "Invalid", message: "pods \"api\" is forbidden")),
                findings: findings, matchedPolicies: [policy, excusing]),
            SubjectReport(
                subject: Subject(apiVersion: "v1", kind: "Node", name: "n", number: 2), verdict: SubjectVerdict(),
                matchedPolicies: [policy]),
        ]
        file.subjects[0].excused = [(excusing, "shop/legacy-api")]
        var broken = FileReport(name: "broken.yaml")
        broken.diagnostics = [
            Diagnostic("yaml-syntax", .error, "did not find `]`", range: SourceRange(at: .start)),
            Diagnostic(DiagnosticID.manifestWithoutKind, .note, "passed over"),
        ]
        files = [file, broken]
        header = RunHeader(toolVersion: "1.2.3", policies: [policy, excusing], time: 1_700_000_000)
        var summary = Summary()
        summary.policies = 2
        files.forEach { summary.add($0) }
        summary.exitCode = 3
        self.summary = summary
    }

    func written(_ format: ReportFormat, _ options: ReportOptions = ReportOptions()) -> String {
        var writer = format.makeWriter(options)
        var out: [UInt8] = []
        writer.begin(header, to: &out)
        for file in files { writer.write(file, to: &out) }
        writer.end(summary, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
}

@Suite struct FormatTests {
    @Test("writes every format as recorded", arguments: ReportFormat.allCases)
    func snapshots(_ format: ReportFormat) throws {
        try Snapshot.check(Sample().written(format), "reports/\(format.rawValue).txt")
    }

    @Test("writes the empty report of every format without crashing", arguments: ReportFormat.allCases)
    func empty(_ format: ReportFormat) throws {
        var writer = format.makeWriter(ReportOptions())
        var out: [UInt8] = []
        var summary = Summary()
        summary.nothingChecked = "nothing checked: there are no policies"
        writer.begin(RunHeader(toolVersion: "1", policies: []), to: &out)
        writer.end(summary, to: &out)
        try Snapshot.check(String(decoding: out, as: UTF8.self), "reports/\(format.rawValue)-empty.txt")
    }

    @Test("json formats are JSON", arguments: [ReportFormat.json, .sarif, .gitlab])
    func isJSON(_ format: ReportFormat) throws {
        _ = try JSONSerialization.jsonObject(with: Data(Sample().written(format).utf8))
    }

    @Test("yaml says what json says")
    func yamlEqualsJSON() throws {
        var stream = DocumentStream(SourceFile(name: "r", text: Sample().written(.yaml)))
        let yaml = try #require(try stream.next())
        let json = try JSONReader.read(SourceFile(name: "r", text: Sample().written(.json)))
        #expect(JSONWriter().write(yaml.root) == JSONWriter().write(json.root))
    }

    @Test("counts each effect once")
    func counts() {
        let summary = Sample().summary
        #expect(summary.denials == 1 && summary.warnings == 1 && summary.audits == 1)
        #expect(summary.failures == 1 && summary.ignored == 1 && summary.unreadable == 1 && summary.skipped == 1)
        #expect(summary.subjects == 2 && summary.files == 2)
        #expect(
            summary.findingsText
                == "1 error, 1 check not decided, 2 warnings, 1 audit note, 1 input unreadable, 1 waived")
    }

    @Test("github keeps to ten annotations a level and says how many more there are")
    func githubLimit() {
        var writer = ReportFormat.github.makeWriter(ReportOptions())
        var out: [UInt8] = []
        for _ in 0..<15 { writer.write(Sample().files[0], to: &out) }
        writer.end(Summary(), to: &out)
        let lines = String(decoding: out, as: UTF8.self).split(separator: "\n")
        #expect(lines.count(where: { $0.hasPrefix("::error ") }) == 10)
        #expect(lines.contains("::error title=policy-check::21 more; the log has them all"))
    }

    @Test("github keeps the gravest")
    func githubOrder() {
        var writer = ReportFormat.github.makeWriter(ReportOptions())
        var out: [UInt8] = []
        for number in 0..<30 {
            var metadata = PolicyMetadata()
            metadata.severity = number == 29 ? .critical : number < 15 ? .low : nil
            let policy = PolicySummary(kind: "P", name: "p\(number)", metadata: metadata)
            let report = SubjectReport(
                subject: Subject(apiVersion: "v1", kind: "Pod", name: "x"), verdict: SubjectVerdict(),
                findings: [Finding(.deny, policy: policy, message: "no")])
            var file = FileReport(name: "f.yaml")
            file.subjects = [report]
            writer.write(file, to: &out)
        }
        writer.end(Summary(), to: &out)
        let titles = String(decoding: out, as: UTF8.self).split(separator: "\n").compactMap {
            $0.split(separator: "title=").last?.split(separator: ":").first.map(String.init)
        }
        #expect(titles == ["p29"] + (15..<23).map { "p\($0)" } + ["policy-check"])
    }

    @Test("control characters of a manifest never reach the terminal")
    func controlCharacters() {
        let sample = Sample()
        var file = sample.files[0]
        file.subjects[0].findings[0].message = "a\u{1B}[2Jb"
        file.subjects[0].subject.name = "x\u{7}y"
        var writer = ReportFormat.text.makeWriter(ReportOptions())
        var out: [UInt8] = []
        writer.write(file, to: &out)
        #expect(!out.contains(0x1B) && !out.contains(0x07))
    }
}

/// Expected outputs in files; `RECORD_SNAPSHOTS=1` rewrites them, and the run then fails so that nobody forgets to look.
enum Snapshot {
    static func check(_ text: String, _ name: String, at location: SourceLocation = #_sourceLocation) throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let url = root.appendingPathComponent("testdata/snapshots").appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
            Issue.record("recorded \(name)", sourceLocation: location)
            return
        }
        let expected = String(decoding: try Data(contentsOf: url), as: UTF8.self)
        #expect(text == expected, "differs from testdata/snapshots/\(name)", sourceLocation: location)
    }
}
