import Diagnostics

/// Workflow commands that GitHub turns into annotations.
///
/// A step may have 10 errors and 10 warnings; more would silently be dropped, so the gravest are kept, and the last one
/// says how many there are.
struct GitHubFormat: ReportWriter {
    private static let maximumPerLevel = 10
    /// With how grave each is; the gravest first, else in the order of the input.
    private var commands: [Severity: [(rank: Int, text: String)]] = [:]
    /// Above all policies: what could not be read.
    private static let unreadable = PolicySeverity.allCases.count
    private var counts: [Severity: Int] = [:]

    mutating func begin(_ run: RunHeader, to out: inout [UInt8]) {}

    mutating func write(_ file: FileReport, to out: inout [UInt8]) {
        for diagnostic in file.diagnostics where diagnostic.severity == .error {
            add(
                .error, rank: Self.unreadable, file: file.name, diagnostic.range, title: diagnostic.id,
                diagnostic.message)
        }
        for (subject, finding) in file.findings {
            let place = finding.place ?? subject.place
            add(
                finding.effect.severity, rank: Self.rank(finding.policy), file: place?.file.name ?? file.name,
                place?.range,
                title: finding.policy.name, "\(subject.displayName): \(finding.message)")
        }
    }

    private static func rank(_ policy: PolicySummary) -> Int {
        PolicySeverity.allCases.firstIndex(of: policy.metadata.severity ?? .medium) ?? 0
    }

    private mutating func add(
        _ severity: Severity, rank: Int, file: String, _ range: SourceRange?, title: String, _ message: String
    ) {
        counts[severity, default: 0] += 1
        var kept = commands[severity] ?? []
        if kept.count >= Self.maximumPerLevel {
            guard let least = kept.last, least.rank < rank else { return }
            kept.removeLast()
        }
        var properties = "file=\(Self.property(ReportPath.relative(file)))"
        if let range {
            properties += ",line=\(range.start.line),endLine=\(max(range.start.line, range.end.line))"
            properties += ",col=\(range.start.column)"
            // Columns only count for one line; the last one is inclusive.
            if range.start.line == range.end.line, range.end.column > range.start.column {
                properties += ",endColumn=\(range.end.column - 1)"
            }
        }
        properties += ",title=\(Self.property(title))"
        let index = kept.firstIndex { $0.rank < rank } ?? kept.endIndex
        kept.insert((rank, "\(properties)::\(Self.data(message))"), at: index)
        commands[severity] = kept
    }

    mutating func end(_ summary: Summary, to out: inout [UInt8]) {
        if let nothing = summary.nothingChecked { out.append("::error title=policy-check::\(Self.data(nothing))\n") }
        for (severity, name) in [(Severity.error, "error"), (.warning, "warning"), (.note, "notice")] {
            let all = counts[severity, default: 0]
            var lines = commands[severity, default: []].map(\.text)
            if all > lines.count {
                lines.removeLast()
                lines.append("title=policy-check::\(all - lines.count) more; the log has them all")
            }
            for line in lines { out.append("::\(name) \(line)\n") }
        }
    }

    private static func data(_ text: String) -> String { escape(text, also: "") }
    private static func property(_ text: String) -> String { escape(text, also: ":,") }

    private static func escape(_ text: String, also special: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            if "%\r\n".unicodeScalars.contains(scalar) || special.unicodeScalars.contains(scalar) {
                let hex = String(scalar.value, radix: 16, uppercase: true)
                out += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
