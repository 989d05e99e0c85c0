import Diagnostics

/// A table for step summaries and merge request comments.
struct MarkdownFormat: ReportWriter {
    /// GitHub's step summary holds 1 MiB; a table of this many rows stays below.
    private static let maximumRows = 1000
    private static let maximumBytes = 900 << 10
    private var rows: [String] = []
    private var bytes = 0
    private var dropped = 0

    mutating func begin(_ run: RunHeader, to out: inout [UInt8]) {}

    mutating func write(_ file: FileReport, to out: inout [UInt8]) {
        for diagnostic in file.diagnostics where diagnostic.severity == .error {
            let place = diagnostic.range.map { "\(file.name):\($0.start.line):\($0.start.column)" } ?? file.name
            add([diagnostic.severity.rawValue, diagnostic.id, place, "", diagnostic.message])
        }
        for (subject, finding) in file.findings {
            let place = (finding.place ?? subject.place)?.description ?? file.name
            let message = finding.fieldPath.isEmpty ? finding.message : "\(finding.message) (\(finding.fieldPath))"
            let severity = finding.policy.metadata.severity.map { ", \($0.rawValue)" } ?? ""
            add([finding.effect.rawValue + severity, finding.policy.name, place, subject.displayName, message])
        }
    }

    private mutating func add(_ cells: [String]) {
        let row = "| \(cells.map(MarkdownText.cell).joined(separator: " | ")) |\n"
        guard rows.count < Self.maximumRows, bytes + row.utf8.count <= Self.maximumBytes else {
            dropped += 1
            return
        }
        bytes += row.utf8.count
        rows.append(row)
    }

    mutating func end(_ summary: Summary, to out: inout [UInt8]) {
        out.append("### policy-check\n\n")
        let resources = Summary.plural(summary.subjects, "resource")
        out.append("\(resources) × \(Summary.plural(summary.policies, "policy")): **\(summary.findingsText)**\n")
        if let nothing = summary.nothingChecked { out.append("\n**error:** \(MarkdownText.cell(nothing))\n") }
        guard !rows.isEmpty else { return }
        out.append("\n| action | policy | place | resource | message |\n|---|---|---|---|---|\n")
        for row in rows { out.append(row) }
        if dropped > 0 { out.append("\n\(dropped) more are not shown.\n") }
    }
}

/// Text in a table of GitHub's and GitLab's Markdown.
package enum MarkdownText {
    /// With what would be markup escaped, and line ends as `<br>`.
    package static func cell(_ text: String) -> String {
        var out = ""
        for scalar in DiagnosticRenderer.printable(text).unicodeScalars {
            switch scalar {
            case "\n", "\r": out += "<br>"
            case "<": out += "&lt;"
            case "|", "\\", "`", "*", "_", "[", "]": out += "\\\(scalar)"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
