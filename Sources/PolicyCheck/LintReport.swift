import Diagnostics
import PolicyEngine
import PolicyLint
import Reporting
import Values

/// Findings about policies as reports have them: each policy is an object of its file, and each kind of finding a rule.
struct LintReport {
    private var files: [FileReport] = []
    private let policies: [PolicySummary]

    init(_ findings: [LintFinding], of policies: LoadedPolicies) {
        let rules = Dictionary(
            LintFinding.Code.allCases.map { ($0.rawValue, PolicySummary.lint($0.rawValue)) },
            uniquingKeysWith: { first, _ in first })
        let found = Set(findings.map(\.code.rawValue))
        self.policies = LintFinding.Code.allCases.compactMap {
            found.contains($0.rawValue) ? rules[$0.rawValue] : nil
        }
        var numbers: [String: Int] = [:]
        for document in policies.documents {
            guard let file = document.document.source else { continue }
            numbers[file.name, default: 0] += 1
            add(document, file, number: numbers[file.name, default: 1])
        }
        for finding in findings { add(finding, rules) }
    }

    private mutating func add(_ document: Node, _ file: SourceFile, number: Int) {
        let place = Place(file, document.position.map { SourceRange(at: $0) })
        let subject = Subject(
            apiVersion: document["apiVersion"]?.string ?? "", kind: document["kind"]?.string ?? "",
            namespace: document["metadata"]?["namespace"]?.string ?? "",
            name: document["metadata"]?["name"]?.string ?? "", place: place, number: number)
        let index: Int
        if let known = files.firstIndex(where: { $0.name == file.name }) {
            index = known
        } else {
            files.append(FileReport(name: file.name))
            index = files.count - 1
        }
        files[index].subjects.append(SubjectReport(subject: subject, verdict: SubjectVerdict()))
    }

    /// Puts a finding to the policy that it stands in.
    private mutating func add(_ finding: LintFinding, _ rules: [String: PolicySummary]) {
        let diagnostic = finding.diagnostic
        guard let source = diagnostic.file, let rule = rules[finding.code.rawValue],
            let index = files.firstIndex(where: { $0.name == source.name })
        else { return }
        let line = diagnostic.range?.start.line ?? 1
        let subject =
            files[index].subjects.lastIndex { ($0.subject.place?.range?.start.line ?? 1) <= line }
            ?? files[index].subjects.startIndex
        if diagnostic.severity == .error, files[index].subjects[subject].verdict.isAllowed {
            files[index].subjects[subject].verdict.status = .init(
                code: 422, reason: "Invalid", message: diagnostic.message)
        }
        files[index].subjects[subject].findings.append(
            Finding(
                diagnostic.severity == .error ? .deny : .warn, policy: rule, message: diagnostic.message,
                place: Place(source, diagnostic.range), help: diagnostic.help))
    }

    func write(to reports: ReportOutputs, exitCode: ExitStatus) throws(RunFailure) {
        try reports.begin(RunHeader(toolVersion: toolVersion, policies: policies, time: SystemClock.reportTime()))
        var summary = Summary()
        summary.policies = policies.count
        for file in files {
            summary.add(file)
            try reports.write(file)
        }
        summary.exitCode = exitCode.rawValue
        try reports.end(summary)
    }
}
