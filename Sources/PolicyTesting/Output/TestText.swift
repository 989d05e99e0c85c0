package import Diagnostics

/// Results of tests as text, in the manner of `go test`.
package struct TestText: TestWriter {
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
        case .unsupported, .skipped: label = "SKIP"
        case .invalid: label = "ERROR"
        }
        var text = "--- \(label): \(outcome.name) (\(outcome.file))"
        if outcome.status == .unsupported { return text + ": not supported: \(outcome.reason)\n" }
        if outcome.status == .skipped { return text + "\n" }
        text += outcome.status == .passed ? " \(plural(outcome.checks.count, "check"))\n" : "\n"
        for check in outcome.checks where isVerbose || check.failure != nil || check.quirk != nil {
            text += line(check)
        }
        for diagnostic in outcome.diagnostics where diagnostic.severity != .note { text += renderer.render(diagnostic) }
        return text
    }

    func line(_ check: CheckOutcome) -> String {
        let place = check.place.map { "\($0): " } ?? ""
        let what = check.title
        guard let failure = check.failure else {
            let remark = check.quirk.map { " (only since \($0.explanation))" } ?? ""
            return "    ok   \(what): \(check.expected)\(remark)\n"
        }
        var text = "    \(place)\(what): \(failure)\n"
        if !check.message.isEmpty { text += "        \(check.message)\n" }
        if let quirk = check.quirk { text += "        warning[\(quirk.id)]: \(quirk.explanation)\n" }
        return text
    }

    package func summary(_ outcomes: [TestOutcome]) -> String {
        let failed = outcomes.count { $0.status == .failed }
        let invalid = outcomes.count { $0.status == .invalid }
        let unsupported = outcomes.count { $0.status == .unsupported }
        let skipped = outcomes.count { $0.status == .skipped }
        let passed = outcomes.count { $0.status == .passed }
        let checks = outcomes.reduce(0) { $0 + $1.checks.count }
        let verdict = failed + invalid > 0 ? "FAIL" : "ok"
        var parts = ["\(passed) passed"]
        if failed > 0 { parts.append("\(failed) failed") }
        if invalid > 0 { parts.append("\(invalid) invalid") }
        if unsupported > 0 { parts.append("\(unsupported) not supported") }
        if skipped > 0 { parts.append("\(skipped) skipped") }
        return
            "\(verdict)  \(plural(outcomes.count, "test")), \(plural(checks, "check")): \(parts.joined(separator: ", "))\n"
    }

    package func end(_ totals: TestTotals) -> String {
        var text = summary(totals.outcomes)
        if let coverage = totals.coverage {
            text += "\n" + CoverageText(colors: renderer.colors).text(coverage, totals)
        }
        return text
    }
}
