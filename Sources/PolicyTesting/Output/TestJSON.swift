import Diagnostics
import Documents
import PolicyEngine
import Reporting
import Values

/// Results of tests for programs. `schemaVersion` changes when a reader could break.
struct TestJSON: TestWriter {
    static let schemaVersion = 1

    func text(_ outcome: TestOutcome) -> String { "" }

    func end(_ totals: TestTotals) -> String {
        let root = makeMap { map in
            map.field("schemaVersion", Self.schemaVersion)
            map.list("tests") { list in
                for outcome in totals.outcomes { list.map { Self.write(outcome, to: &$0) } }
            }
            if let coverage = totals.coverage { map.map("coverage") { Self.write(coverage, totals, to: &$0) } }
            map.map("summary") {
                $0.field("tests", totals.outcomes.count)
                $0.field("checks", totals.checks)
                $0.field("passed", totals.count(.passed))
                $0.field("failed", totals.count(.failed))
                $0.field("invalid", totals.count(.invalid))
                $0.field("unsupported", totals.count(.unsupported))
                $0.field("skipped", totals.count(.skipped))
                $0.field("exitCode", totals.exitCode)
            }
        }
        return String(decoding: JSONWriter(indent: 2).write(root), as: UTF8.self) + "\n"
    }

    private static func write(_ outcome: TestOutcome, to map: inout DocumentBuilder) {
        map.field("name", outcome.name)
        map.field("file", outcome.file)
        map.field("status", outcome.status.rawValue)
        if !outcome.reason.isEmpty { map.field("reason", outcome.reason) }
        map.list("checks") { list in
            for check in outcome.checks {
                list.map {
                    $0.field("policy", check.policy)
                    $0.field("resource", check.resource)
                    $0.field("expected", check.expected)
                    $0.field("actual", check.actual)
                    $0.field("holds", check.failure == nil)
                    $0.field("failure", check.failure)
                    if !check.message.isEmpty { $0.field("message", check.message) }
                    $0.field("warning", check.quirk?.id)
                    $0.place("place", check.file, check.range)
                }
            }
        }
        map.list("diagnostics") { list in
            for diagnostic in outcome.diagnostics {
                list.map {
                    $0.field("id", diagnostic.id)
                    $0.field("severity", diagnostic.severity.rawValue)
                    $0.field("message", diagnostic.message)
                    $0.place("place", diagnostic.file, diagnostic.range)
                }
            }
        }
    }

    private static func write(_ coverage: CoverageSummary, _ totals: TestTotals, to map: inout DocumentBuilder) {
        func count(_ key: String, _ count: (seen: Int, of: Int), _ map: inout DocumentBuilder) {
            map.map(key) {
                $0.field("seen", count.seen)
                $0.field("of", count.of)
            }
        }
        map.appendKey("percent")
        map.append(CoverageSummary.percent(coverage.count))
        if let minimum = totals.minimumCoverage {
            map.appendKey("minimum")
            map.append(minimum)
        }
        count("outcomes", coverage.count, &map)
        map.list("policies") { list in
            for policy in coverage.policies {
                list.map { map in
                    map.field("kind", policy.kind)
                    map.field("name", policy.name)
                    map.field("file", policy.file?.name)
                    map.appendKey("percent")
                    map.append(CoverageSummary.percent(policy.count()))
                    for role in CoveragePoint.Role.allCases { count(role.plural, policy.count(role), &map) }
                    map.list("missing") { list in
                        for point in policy.points {
                            guard let complaint = point.complaint else { continue }
                            list.map {
                                $0.field("what", point.role.rawValue)
                                $0.field("expression", point.text)
                                $0.field("missing", complaint)
                                $0.place("place", policy.file, point.range)
                            }
                        }
                    }
                }
            }
        }
    }
}

extension CoveragePoint.Role {
    var plural: String {
        switch self {
        case .validation: "validations"
        case .condition: "conditions"
        case .branch: "branches"
        case .part: "parts"
        }
    }
}

extension DocumentBuilder {
    fileprivate mutating func place(_ key: String, _ file: SourceFile?, _ range: SourceRange?) {
        guard let file else { return }
        map(key) {
            $0.field("file", file.name)
            $0.fields(of: range)
        }
    }
}
