import Diagnostics

/// The Test Anything Protocol, version 13: a line per object, the findings behind it.
struct TAPFormat: ReportWriter {
    private var number = 0

    mutating func begin(_ run: RunHeader, to out: inout [UInt8]) {
        out.append("TAP version 13\n")
    }

    mutating func write(_ file: FileReport, to out: inout [UInt8]) {
        for diagnostic in file.diagnostics where diagnostic.severity == .error {
            line(false, "\(file.name): \(diagnostic.id)", to: &out)
            comment(diagnostic.message, to: &out)
        }
        for report in file.subjects {
            let fails = report.findings.contains { $0.effect.severity == .error }
            let place = report.subject.place?.description ?? file.name
            line(!fails, "\(place) \(report.subject.displayName)", to: &out)
            for finding in report.findings {
                let where_ = (finding.place ?? report.subject.place)?.description ?? file.name
                let severity = finding.effect.severity.rawValue
                comment("\(severity)[\(finding.policy.name)] \(where_): \(finding.message)", to: &out)
            }
        }
    }

    private mutating func line(_ isOK: Bool, _ description: String, to out: inout [UInt8]) {
        number += 1
        // `#` would start a directive.
        let text = TextFormat.oneLine(description, limit: 500).split(separator: "#").joined(separator: "\\#")
        out.append("\(isOK ? "ok" : "not ok") \(number) - \(text)\n")
    }

    private func comment(_ text: String, to out: inout [UInt8]) {
        for line in text.split(separator: "\n") { out.append("# \(DiagnosticRenderer.printable(String(line)))\n") }
    }

    mutating func end(_ summary: Summary, to out: inout [UInt8]) {
        if let nothing = summary.nothingChecked {
            line(false, DiagnosticID.nothingChecked, to: &out)
            comment(nothing, to: &out)
        }
        out.append("1..\(number)\n")
    }
}
