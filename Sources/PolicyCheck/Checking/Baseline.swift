import Diagnostics
import Documents
import Reporting
import Values

/// Findings that were there before and are let through: each by file, object, field, policy and check.
struct Baseline {
    struct Entry: Hashable {
        var path: String
        /// `apps/v1 Deployment default/web`.
        var resource: String
        var field: String
        var policy: String
        var check: String

        init(_ finding: Finding, of subject: Subject, in file: String) {
            path = Self.normalized(finding.place?.file.name ?? subject.place?.file.name ?? file)
            resource = "\(subject.apiVersion) \(subject.displayName)"
            field = finding.fieldPath
            policy = finding.policy.name
            check = finding.check
        }

        fileprivate init?(_ node: Node) {
            guard let path = node["path"]?.string, let resource = node["resource"]?.string,
                let policy = node["policy"]?.string
            else { return nil }
            self.path = path
            self.resource = resource
            self.policy = policy
            field = node["field"]?.string ?? ""
            check = node["check"]?.string ?? ""
        }

        private static func normalized(_ path: String) -> String {
            path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        }

        fileprivate var parts: [String] { [path, resource, field, policy, check] }
    }

    /// How many of each are let through.
    private var allowed: [Entry: Int] = [:]
    /// Files that were judged, to tell what is stale from what was not looked at.
    private var judged: Set<String> = []

    init() {}

    private static let schemaVersion: Int64 = 1

    /// - Throws: status 2 if the file is not one that `write` made.
    init(path: String) throws(RunFailure) {
        let root: Node
        do throws(DocumentError) {
            root = try JSONReader.read(try FileReader.read(path: path)).root
        } catch {
            throw RunFailure(.input, "cannot read the baseline: \(error.diagnostic.message)")
        }
        guard let version = root["schemaVersion"]?.int, version == Self.schemaVersion,
            let entries = root["findings"], entries.isList
        else {
            throw RunFailure(.input, "`\(path)` is no baseline that this version wrote; make one with --write-baseline")
        }
        for (index, node) in entries.elements.enumerated() {
            guard let entry = Entry(node) else {
                throw RunFailure(.input, "`\(path)`: findings[\(index)] needs `path`, `resource` and `policy`")
            }
            allowed[entry, default: 0] += Int(node["count"]?.int ?? 1)
        }
    }

    /// Takes out what is let through; checks that could not be decided never are.
    ///
    /// - Returns: how many findings that were.
    mutating func apply(to report: inout FileReport) -> Int {
        var count = 0
        for index in report.subjects.indices {
            let subject = report.subjects[index].subject
            judged.insert(Entry.path(of: subject, report.name))
            report.subjects[index].findings.removeAll { finding in
                guard finding.effect != .error else { return false }
                let entry = Entry(finding, of: subject, in: report.name)
                guard let left = allowed[entry], left > 0 else { return false }
                allowed[entry] = left - 1
                count += 1
                return true
            }
        }
        return count
    }

    /// Records all that can be let through, and takes it out.
    ///
    /// - Returns: how many findings that were.
    mutating func record(_ report: inout FileReport) -> Int {
        var count = 0
        for index in report.subjects.indices {
            let subject = report.subjects[index].subject
            for finding in report.subjects[index].findings where finding.effect != .error {
                allowed[Entry(finding, of: subject, in: report.name), default: 0] += 1
                count += 1
            }
            report.subjects[index].findings.removeAll { $0.effect != .error }
        }
        return count
    }

    /// Entries for files that were judged, or that are gone, and that nothing answered to.
    var stale: [Diagnostic] {
        allowed.filter { $0.value > 0 && (judged.contains($0.key.path) || !FileReader.exists($0.key.path)) }.keys
            .sorted { $0.parts.lexicographicallyPrecedes($1.parts) }
            .map { entry in
                let field = entry.field.isEmpty ? "" : " at \(entry.field)"
                return Diagnostic(
                    "baseline-stale", .warning,
                    "the baseline lets `\(entry.policy)` pass for \(entry.resource)\(field) in `\(entry.path)`, which "
                        + "is no longer found", help: "write the baseline again with --write-baseline")
            }
    }

    /// Sorted, an entry per line, so that version control shows well what changes.
    func write(path: String) throws(RunFailure) {
        let file = try OutputFile(path: path)
        try file.append("{\"schemaVersion\": \(Self.schemaVersion), \"tool\": \"policy-check\", \"findings\": [")
        let entries = allowed.sorted { $0.key.parts.lexicographicallyPrecedes($1.key.parts) }
        for (index, (entry, count)) in entries.enumerated() {
            var line = DocumentBuilder(recordsPositions: false)
            line.beginMap()
            let fields = [
                ("path", entry.path), ("resource", entry.resource), ("field", entry.field),
                ("policy", entry.policy), ("check", entry.check),
            ]
            for (key, value) in fields where !value.isEmpty {
                line.appendKey(key)
                line.append(value)
            }
            if count > 1 {
                line.appendKey("count")
                line.append(Int64(count))
            }
            line.endMap()
            try file.append(index == 0 ? "\n" : ",\n")
            JSONWriter().write(line.finish().root, to: &file.buffer)
        }
        try file.append(entries.isEmpty ? "]}\n" : "\n]}\n")
        try file.flush()
    }
}

extension Baseline.Entry {
    fileprivate static func path(of subject: Subject, _ file: String) -> String {
        let path = subject.place?.file.name ?? file
        return path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    }
}
