import Diagnostics

/// Results of tests for a step summary or a comment: the totals, then what failed.
struct TestMarkdown: TestWriter {
    func text(_ outcome: TestOutcome) -> String { "" }

    func end(_ totals: TestTotals) -> String {
        let text = TestText(renderer: DiagnosticRenderer(), isVerbose: false)
        let isGood = totals.exitCode == 0
        var out = "### Policy tests: \(isGood ? "passed" : "failed")\n\n"
        out +=
            Self.escape(text.summary(totals.outcomes).split(separator: " ").dropFirst().joined(separator: " ")) + "\n"
        var rows = ""
        for outcome in totals.outcomes {
            for check in outcome.failures {
                rows += row([outcome.name, check.title, check.failure ?? "", check.place ?? ""])
            }
            if outcome.status == .invalid || outcome.status == .unsupported {
                let reason = outcome.diagnostics.first { $0.severity == .error }?.message ?? outcome.reason
                rows += row([outcome.name, outcome.status.rawValue, reason, outcome.file])
            }
        }
        if !rows.isEmpty { out += "\n| test | check | what is wrong | place |\n|---|---|---|---|\n\(rows)" }
        guard let coverage = totals.coverage else { return out }
        out += "\n| policy | coverage | not reached |\n|---|---|---|\n"
        for policy in coverage.policies {
            let missing = policy.points.compactMap { point in
                point.complaint.map { "`\(point.text)` \($0)" }
            }
            out += row([
                policy.name, "\(CoverageSummary.percent(policy.count())) %", missing.joined(separator: "; "),
            ])
        }
        return out
    }

    private func row(_ cells: [String]) -> String { "| \(cells.map(Self.escape).joined(separator: " | ")) |\n" }

    private static func escape(_ text: String) -> String {
        var out = ""
        for character in DiagnosticRenderer.printable(text.split(whereSeparator: \.isNewline).joined(separator: " ")) {
            switch character {
            case "|": out += "\\|"
            case "<": out += "&lt;"
            default: out.append(character)
            }
        }
        return out
    }
}
