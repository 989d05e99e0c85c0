import Diagnostics

/// Checkstyle's XML, which many review tools read.
struct CheckstyleFormat: ReportWriter {
    mutating func begin(_ run: RunHeader, to out: inout [UInt8]) {
        out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">\n")
    }

    mutating func write(_ file: FileReport, to out: inout [UInt8]) {
        out.append("  <file name=\"\(XMLText.escape(ReportPath.relative(file.name)))\">\n")
        for (subject, finding) in file.findings {
            let message = "\(subject.displayName): \(finding.message)"
            out.append(
                Self.error(
                    (finding.place ?? subject.place)?.range, finding.effect.severity, message,
                    source: "policy-check.\(finding.policy.name)"))
        }
        for diagnostic in file.diagnostics where diagnostic.severity == .error {
            out.append(
                Self.error(
                    diagnostic.range, diagnostic.severity, diagnostic.message,
                    source: "policy-check.\(diagnostic.id)"))
        }
        out.append("  </file>\n")
    }

    private static func error(
        _ range: SourceRange?, _ severity: Severity, _ message: String, source: String
    ) -> String {
        let start = range?.start ?? .start
        let level = severity == .note ? "info" : severity.rawValue
        return "    <error line=\"\(start.line)\" column=\"\(start.column)\" severity=\"\(level)\""
            + " message=\"\(XMLText.escape(message))\" source=\"\(XMLText.escape(source))\"/>\n"
    }

    mutating func end(_ summary: Summary, to out: inout [UInt8]) {
        if let nothing = summary.nothingChecked {
            out.append("  <file name=\"policy-check\">\n")
            out.append(Self.error(nil, .error, nothing, source: "policy-check.\(DiagnosticID.nothingChecked)"))
            out.append("  </file>\n")
        }
        out.append("</checkstyle>\n")
    }
}
