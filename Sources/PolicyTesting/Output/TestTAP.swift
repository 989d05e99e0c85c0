import Diagnostics

/// The Test Anything Protocol, version 13: a line per check.
struct TestTAP: TestWriter {
    private var number = 0

    mutating func text(_ outcome: TestOutcome) -> String {
        var out = number == 0 ? "TAP version 13\n" : ""
        let name = outcome.name.isEmpty ? outcome.file : outcome.name
        switch outcome.status {
        case .skipped, .unsupported:
            out += line(true, name, directive: "SKIP \(outcome.reason)")
        case .invalid:
            out += line(false, name)
            for diagnostic in outcome.diagnostics where diagnostic.severity == .error {
                out += comment(diagnostic.message)
            }
        case .passed, .failed:
            for check in outcome.checks {
                out += line(check.failure == nil, "\(name): \(check.title) is \(check.expected)")
                guard let failure = check.failure else { continue }
                out += comment("\(check.place.map { "\($0): " } ?? "")\(failure)")
                if !check.message.isEmpty { out += comment(check.message) }
                if let quirk = check.quirk { out += comment("warning[\(quirk.id)]: \(quirk.explanation)") }
            }
        }
        return out
    }

    private mutating func line(_ isOK: Bool, _ description: String, directive: String = "") -> String {
        number += 1
        // `#` would start a directive.
        let text = Self.clean(description).split(separator: "#", omittingEmptySubsequences: false).joined(
            separator: "\\#")
        let end = directive.isEmpty ? "" : " # \(Self.clean(directive))"
        return "\(isOK ? "ok" : "not ok") \(number) - \(text)\(end)\n"
    }

    private static func clean(_ text: String) -> String {
        DiagnosticRenderer.printable(text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    private func comment(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { "# \(DiagnosticRenderer.printable(String($0)))\n" }.joined()
    }

    mutating func end(_ totals: TestTotals) -> String {
        var out = number == 0 ? "TAP version 13\n" : ""
        if let coverage = totals.coverage {
            if totals.minimumCoverage != nil { out += line(!totals.failsMinimum, "coverage is high enough") }
            out += comment(CoverageText(colors: false).text(coverage, totals))
        }
        return out + "1..\(number)\n"
    }
}
