import Diagnostics
import Documents
import Values

/// SARIF 2.1.0 by the rules of GitHub's code scanning: regions are the field, never the resource, and fingerprints are
/// those of GitHub's own uploader.
struct SARIFFormat: ReportWriter {
    private var header = RunHeader(toolVersion: "", policies: [])
    private var ruleIndex: [String: Int] = [:]
    private var isFirst = true
    private var notifications: [Node] = []
    /// Unreadable inputs that the log names; the count in the summary is complete.
    private static let maximumNotifications = 1000
    /// Characters of a rule's description that GitHub accepts.
    private static let maximumDescription = 1024
    private let writer = JSONWriter(indent: 2)
    private static let schema = "https://json.schemastore.org/sarif-2.1.0.json"

    mutating func begin(_ run: RunHeader, to out: inout [UInt8]) {
        header = run
        for (index, policy) in run.policies.enumerated() where ruleIndex[policy.name] == nil {
            ruleIndex[policy.name] = index
        }
        out.append("{\n\"$schema\": \"\(Self.schema)\",\n\"version\": \"2.1.0\",\n\"runs\": [{\n\"tool\": ")
        let version = run.toolVersion
        let rules = run.policies.map(Self.rule)
        let tool = makeMap {
            $0.map("driver") {
                $0.field("name", "policy-check")
                $0.field("semanticVersion", version)
                $0.list("rules") { list in rules.forEach { list.append(copyOf: $0) } }
            }
        }
        writer.write(tool, to: &out)
        out.append(",\n\"columnKind\": \"unicodeCodePoints\",\n\"results\": [")
    }

    private static func rule(_ policy: PolicySummary) -> Node {
        let place = policy.place?.description ?? policy.name
        let metadata = policy.metadata
        let title = metadata.title ?? "\(policy.kind) \(policy.name)"
        let text = String(
            (metadata.description
                ?? "\(policy.kind) \(policy.name)" + (policy.isLint ? "" : ", written at \(place)")).prefix(
                    maximumDescription))
        let advice =
            policy.isLint
            ? (
                "Change the policy, or leave such findings out with --disable \(policy.name).",
                "Change the policy, or leave such findings out with `--disable \(policy.name)`."
            )
            : (
                "Change the object so that it meets the policy, or the policy at \(place).",
                "Change the object so that it meets the policy, or the policy at `\(place)`."
            )
        return makeMap {
            $0.field("id", policy.name)
            $0.field("name", policy.name)
            $0.map("shortDescription") { $0.field("text", String(title.prefix(maximumDescription))) }
            $0.map("fullDescription") { $0.field("text", text) }
            $0.map("help") {
                $0.field("text", advice.0)
                $0.field("markdown", advice.1)
            }
            $0.map("defaultConfiguration") { $0.field("level", "error") }
            $0.map("properties") {
                $0.list("tags", ["kubernetes", "policy"] + (metadata.category.map { [$0] } ?? []))
                $0.field("precision", "very-high")
                $0.field("problem.severity", "error")
                $0.field("security-severity", metadata.severity?.securitySeverity)
            }
        }
    }

    mutating func write(_ file: FileReport, to out: inout [UInt8]) {
        var fingerprints: [String]?
        for (subject, finding) in file.findings {
            let place = finding.place ?? subject.place
            if fingerprints == nil, let source = place?.file {
                fingerprints = RollingHash.fingerprints(of: String(decoding: source.bytes, as: UTF8.self))
            }
            out.append(isFirst ? "\n" : ",\n")
            isFirst = false
            let line = Int(place?.range?.start.line ?? 1)
            let hash = fingerprints.flatMap { $0.indices.contains(line - 1) ? $0[line - 1] : nil }
            writer.write(result(finding, about: subject, in: file, fingerprint: hash), to: &out)
        }
        for diagnostic in file.diagnostics
        where diagnostic.severity == .error && notifications.count < Self.maximumNotifications {
            notifications.append(Self.notification(diagnostic, in: file))
        }
    }

    private func result(
        _ finding: Finding, about subject: Subject, in file: FileReport, fingerprint: String?
    ) -> Node {
        let place = finding.place ?? subject.place
        let index = ruleIndex[finding.policy.name]
        return makeMap {
            $0.field("ruleId", finding.policy.name)
            if let index { $0.field("ruleIndex", index) }
            $0.field("level", finding.effect.severity.rawValue)
            $0.map("message") { $0.field("text", "\(subject.displayName): \(finding.message)") }
            $0.list("locations") {
                $0.map { location in
                    location.map("physicalLocation") {
                        Self.physicalLocation(file: place?.file.name ?? file.name, place?.range, &$0)
                    }
                    guard !finding.fieldPath.isEmpty else { return }
                    location.list("logicalLocations") {
                        $0.map { $0.field("fullyQualifiedName", finding.fieldPath) }
                    }
                }
            }
            if let policy = finding.policyPlace ?? finding.policy.place {
                $0.list("relatedLocations") {
                    $0.map { location in
                        location.map("physicalLocation") {
                            Self.physicalLocation(file: policy.file.name, policy.range, &$0)
                        }
                        location.map("message") { $0.field("text", "the policy's check") }
                    }
                }
            }
            $0.map("partialFingerprints") {
                $0.field("primaryLocationLineHash", fingerprint)
                $0.field("policyCheckIdentity/v1", StableHash.hex(finding.identity(of: subject)))
            }
            if let why = finding.why { $0.map("properties") { $0.field("why", TextFormat.sentence(why)) } }
        }
    }

    private static func physicalLocation(file: String, _ range: SourceRange?, _ tree: inout DocumentBuilder) {
        tree.map("artifactLocation") { $0.field("uri", ReportPath.uri(file)) }
        tree.map("region") {
            let start = range?.start ?? .start
            let end = range?.end ?? start
            $0.field("startLine", Int(start.line))
            $0.field("startColumn", Int(start.column))
            // An empty region is no place to show; it gets the one character.
            $0.field("endLine", Int(end.line))
            $0.field("endColumn", end > start ? Int(end.column) : Int(start.column) + 1)
        }
    }

    private static func notification(_ diagnostic: Diagnostic, in file: FileReport) -> Node {
        makeMap {
            $0.field("level", diagnostic.severity.rawValue)
            $0.map("message") { $0.field("text", diagnostic.message) }
            $0.map("descriptor") { $0.field("id", diagnostic.id) }
            $0.list("locations") {
                $0.map { location in
                    location.map("physicalLocation") {
                        physicalLocation(file: diagnostic.file?.name ?? file.name, diagnostic.range, &$0)
                    }
                }
            }
        }
    }

    mutating func end(_ summary: Summary, to out: inout [UInt8]) {
        out.append(isFirst ? "],\n\"invocations\": [" : "\n],\n\"invocations\": [")
        let notes = notifications
        let invocation = makeMap {
            $0.field("executionSuccessful", summary.exitCode <= 1)
            $0.field("exitCode", Int(summary.exitCode))
            $0.field("exitCodeDescription", summary.nothingChecked)
            $0.list("toolExecutionNotifications") { list in notes.forEach { list.append(copyOf: $0) } }
        }
        writer.write(invocation, to: &out)
        out.append("]\n}]\n}\n")
    }
}
