import Diagnostics
import Documents
import Reporting
import Values

/// What two sets of policies say about the same objects, where it differs.
struct Comparison {
    enum Kind: String, CaseIterable {
        case denied = "newly denied"
        case allowed = "no longer denied"
        case changed = "otherwise changed"

        /// For programs.
        var key: String {
            switch self {
            case .denied: "denied"
            case .allowed: "allowed"
            case .changed: "changed"
            }
        }
    }

    struct Change {
        let kind: Kind
        let subject: Subject
        /// Findings that only one of the sets has.
        let removed: [Finding]
        let added: [Finding]
    }

    private(set) var changes: [Change] = []
    private(set) var objects = 0
    private(set) var unreadable = 0
    private(set) var undecided = 0

    mutating func add(_ old: FileReport, _ new: FileReport) {
        unreadable += old.diagnostics.count { $0.severity == .error }
        for (before, after) in zip(old.subjects, new.subjects) {
            objects += 1
            let findings = before.findings + after.findings
            undecided += findings.contains { $0.effect == .error } ? 1 : 0
            let (left, right) = (Set(before.findings.map(Self.key)), Set(after.findings.map(Self.key)))
            if left == right, before.verdict.isAllowed == after.verdict.isAllowed { continue }
            let kind: Kind =
                switch (before.verdict.isAllowed, after.verdict.isAllowed) {
                case (true, false): .denied
                case (false, true): .allowed
                default: .changed
                }
            changes.append(
                Change(
                    kind: kind, subject: after.subject,
                    removed: before.findings.filter { !right.contains(Self.key($0)) },
                    added: after.findings.filter { !left.contains(Self.key($0)) }))
        }
    }

    /// What a user would notice: which policy does what about which field, and its words.
    private static func key(_ finding: Finding) -> [String] {
        [finding.policy.name, finding.effect.rawValue, finding.fieldPath, finding.message]
    }

    private var summary: String {
        let counts = Kind.allCases.compactMap { kind in
            let count = changes.count { $0.kind == kind }
            return count == 0 ? nil : "\(count) \(kind.rawValue)"
        }
        return Summary.plural(objects, "object") + ": "
            + (counts.isEmpty ? "no verdict changes" : counts.joined(separator: ", "))
    }

    private static func place(_ change: Change) -> String { change.subject.place?.description ?? "" }

    func writeText(to out: inout [UInt8], colors: Bool) {
        func paint(_ text: String, _ code: String) -> String { colors ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
        for change in changes {
            let name = DiagnosticRenderer.printable(change.subject.displayName)
            out.append("\(paint(change.kind.rawValue, "1")): \(name)   \(Self.place(change))\n")
            for (sign, color, findings) in [("-", "32", change.removed), ("+", "31", change.added)] {
                for finding in findings {
                    let words = "\(finding.effect.rawValue)[\(finding.policy.name)] \(finding.message)"
                    out.append(paint("  \(sign) \(DiagnosticRenderer.printable(words))", color) + "\n")
                }
            }
        }
        out.append(summary + ".\n")
    }

    func writeMarkdown(to out: inout [UInt8]) {
        out.append("### Policy change\n\n\(summary).\n")
        if changes.isEmpty { return }
        out.append("\n| verdict | object | place | before | after |\n|---|---|---|---|---|\n")
        for change in changes {
            let cells = [
                change.kind.rawValue, change.subject.displayName, Self.place(change), Self.list(change.removed),
                Self.list(change.added),
            ]
            out.append("| \(cells.map(MarkdownText.cell).joined(separator: " | ")) |\n")
        }
    }

    private static func list(_ findings: [Finding]) -> String {
        findings.map { "\($0.effect.rawValue) \($0.policy.name): \($0.message)" }.joined(separator: "\n")
    }

    func writeJSON(to out: inout [UInt8]) {
        var tree = DocumentBuilder(recordsPositions: false)
        func text(_ key: String, _ value: String) {
            tree.appendKey(key)
            tree.append(value)
        }
        func findings(_ key: String, _ findings: [Finding]) {
            tree.appendKey(key)
            tree.beginList()
            for finding in findings {
                tree.beginMap()
                text("policy", finding.policy.name)
                text("action", finding.effect.rawValue)
                text("message", finding.message)
                if !finding.fieldPath.isEmpty { text("field", finding.fieldPath) }
                tree.endMap()
            }
            tree.endList()
        }
        tree.beginMap()
        tree.appendKey("schemaVersion")
        tree.append(Int64(1))
        tree.appendKey("objects")
        tree.append(Int64(objects))
        tree.appendKey("changes")
        tree.beginList()
        for change in changes {
            tree.beginMap()
            text("change", change.kind.key)
            text("apiVersion", change.subject.apiVersion)
            text("kind", change.subject.kind)
            if !change.subject.namespace.isEmpty { text("namespace", change.subject.namespace) }
            text("name", change.subject.name)
            text("place", Self.place(change))
            findings("before", change.removed)
            findings("after", change.added)
            tree.endMap()
        }
        tree.endList()
        tree.endMap()
        JSONWriter(indent: 2).write(tree.finish().root, to: &out)
        out.append("\n")
    }
}
