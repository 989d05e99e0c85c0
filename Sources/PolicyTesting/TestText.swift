package import Diagnostics

/// Results of tests as text, in the manner of `go test`.
package struct TestText {
    private let renderer: DiagnosticRenderer
    /// Also say which checks hold.
    private let isVerbose: Bool

    package init(renderer: DiagnosticRenderer, isVerbose: Bool) {
        self.renderer = renderer
        self.isVerbose = isVerbose
    }

    package func text(_ outcome: TestOutcome) -> String {
        let label: String
        switch outcome.status {
        case .passed: label = "PASS"
        case .failed: label = "FAIL"
        case .unsupported: label = "SKIP"
        case .invalid: label = "ERROR"
        }
        var text = "--- \(label): \(outcome.name) (\(outcome.file))"
        if outcome.status == .unsupported { return text + ": not supported: \(outcome.reason)\n" }
        text += outcome.status == .passed ? " \(plural(outcome.checks.count, "check"))\n" : "\n"
        for check in outcome.checks where isVerbose || check.failure != nil || check.quirk != nil {
            text += line(check)
        }
        for diagnostic in outcome.diagnostics where diagnostic.severity != .note { text += renderer.render(diagnostic) }
        return text
    }

    private func line(_ check: CheckOutcome) -> String {
        var place = ""
        if let file = check.file, let range = check.range {
            place = "\(file.name):\(range.start.line):\(range.start.column): "
        }
        let what = check.resource.isEmpty ? check.policy : "\(check.policy) \(check.resource)"
        guard let failure = check.failure else {
            let remark = check.quirk.map { " (only since \($0.explanation))" } ?? ""
            return "    ok   \(what): \(check.expected.rawValue)\(remark)\n"
        }
        var text = "    \(place)\(what): \(failure)\n"
        if !check.message.isEmpty { text += "        \(check.message)\n" }
        if let quirk = check.quirk { text += "        note: \(quirk.explanation)\n" }
        return text
    }

    package func summary(_ outcomes: [TestOutcome]) -> String {
        let failed = outcomes.count { $0.status == .failed }
        let invalid = outcomes.count { $0.status == .invalid }
        let skipped = outcomes.count { $0.status == .unsupported }
        let passed = outcomes.count { $0.status == .passed }
        let checks = outcomes.reduce(0) { $0 + $1.checks.count }
        let verdict = failed + invalid > 0 ? "FAIL" : "ok"
        var parts = ["\(passed) passed"]
        if failed > 0 { parts.append("\(failed) failed") }
        if invalid > 0 { parts.append("\(invalid) invalid") }
        if skipped > 0 { parts.append("\(skipped) not supported") }
        return
            "\(verdict)  \(plural(outcomes.count, "test")), \(plural(checks, "check")): \(parts.joined(separator: ", "))\n"
    }

    private func plural(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
}
