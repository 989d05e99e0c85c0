import Diagnostics
import Documents
import Values

/// GitLab's code quality report: one JSON array.
struct GitLabFormat: ReportWriter {
    private var isFirst = true
    /// GitLab shows only the first of two entries with one fingerprint.
    private var fingerprints: [String: Int] = [:]

    mutating func begin(_ run: RunHeader, to out: inout [UInt8]) {
        out.append("[")
    }

    mutating func write(_ file: FileReport, to out: inout [UInt8]) {
        for diagnostic in file.diagnostics where diagnostic.severity == .error {
            append(
                diagnostic.id, "blocker", diagnostic.message, path: file.name, diagnostic.range,
                identity: [diagnostic.id, file.name, diagnostic.message], to: &out)
        }
        for (subject, finding) in file.findings {
            let place = finding.place ?? subject.place
            append(
                finding.policy.name, Self.severity(finding), "\(subject.displayName): \(finding.message)",
                path: place?.file.name ?? file.name, place?.range, identity: finding.identity(of: subject), to: &out)
        }
    }

    private mutating func append(
        _ check: String, _ severity: String, _ description: String, path: String, _ range: SourceRange?,
        identity: [String], to out: inout [UInt8]
    ) {
        let hash = StableHash.hex(identity)
        fingerprints[hash, default: 0] += 1
        let occurrence = fingerprints[hash, default: 1]
        let unique = occurrence == 1 ? hash : StableHash.hex(identity + [String(occurrence)])
        let entry = makeMap {
            $0.field("description", description)
            $0.field("check_name", check)
            $0.field("fingerprint", unique)
            $0.field("severity", severity)
            $0.map("location") {
                $0.field("path", ReportPath.relative(path))
                $0.map("lines") { $0.field("begin", Int(range?.start.line ?? 1)) }
            }
        }
        out.append(isFirst ? "\n" : ",\n")
        isFirst = false
        JSONWriter().write(entry, to: &out)
    }

    /// What denies ranks as its policy says; what does not is never more than minor.
    private static func severity(_ finding: Finding) -> String {
        switch finding.effect {
        case .deny:
            switch finding.policy.metadata.severity {
            case .critical: "blocker"
            case .high, nil: "critical"
            case .medium: "major"
            case .low: "minor"
            case .info: "info"
            }
        case .error: "blocker"
        case .warn, .ignored: "minor"
        case .audit: "info"
        }
    }

    mutating func end(_ summary: Summary, to out: inout [UInt8]) {
        if let nothing = summary.nothingChecked {
            append(
                DiagnosticID.nothingChecked, "blocker", nothing, path: "policy-check", nil,
                identity: [DiagnosticID.nothingChecked], to: &out)
        }
        out.append(isFirst ? "]\n" : "\n]\n")
    }
}
