import Diagnostics
import Documents
import Values

/// Kubernetes' own reports: PolicyReport and ClusterPolicyReport of wgpolicyk8s.io/v1alpha2, or Report and ClusterReport
/// of openreports.io/v1alpha1. One for each namespace and one for objects without, as YAML that `kubectl apply` takes.
struct PolicyReportFormat: ReportWriter {
    enum API {
        case policyWorkingGroup, openReports
    }

    /// The results for one namespace, as written.
    private struct Section {
        var results: [UInt8] = []
        var counts: [Outcome: Int] = [:]
    }

    private enum Outcome: String, CaseIterable {
        case pass, fail, warn, error, skip

        init(_ effect: Effect) {
            switch effect {
            case .deny: self = .fail
            case .warn, .audit: self = .warn
            case .error, .ignored: self = .error
            }
        }
    }

    private let api: API
    /// By namespace; the empty one is for cluster-scoped objects.
    private var sections: [String: Section] = [:]
    private var time: Int64?

    private static let source = "policy-check"

    init(_ api: API) {
        self.api = api
    }

    mutating func begin(_ run: RunHeader, to out: inout [UInt8]) { time = run.time }

    mutating func write(_ file: FileReport, to out: inout [UInt8]) {
        for report in file.subjects {
            let subject = report.subject
            let found = Set(report.findings.map { ObjectIdentifier($0.policy) })
            for policy in report.matchedPolicies where !found.contains(ObjectIdentifier(policy)) {
                let exception = report.excused.first { $0.policy === policy }?.exception
                add(policy, exception == nil ? .pass : .skip, about: subject, in: file) { result in
                    if let exception { result.field("message", "excused by the exception \(exception)") }
                } properties: {
                    $0.field("exception", exception)
                }
            }
            for finding in report.findings {
                let place = finding.place ?? subject.place
                add(finding.policy, Outcome(finding.effect), about: subject, in: file, place, check: finding.check) {
                    $0.field("message", finding.message)
                } properties: {
                    $0.field("action", finding.effect.rawValue)
                    $0.field("field", finding.fieldPath.isEmpty ? nil : finding.fieldPath)
                    $0.field("binding", finding.binding)
                    $0.field("param", finding.param)
                    $0.field("why", finding.why.map(TextFormat.sentence))
                }
            }
        }
    }

    private mutating func add(
        _ policy: PolicySummary, _ outcome: Outcome, about subject: Subject, in file: FileReport, _ place: Place? = nil,
        check: String = "", message: (inout DocumentBuilder) -> Void,
        properties: (inout DocumentBuilder) -> Void
    ) {
        let place = place ?? subject.place
        let result = makeMap {
            $0.field("source", Self.source)
            $0.field("policy", policy.name)
            $0.field("rule", check.isEmpty ? nil : check)
            $0.field("category", policy.metadata.category)
            $0.field("severity", policy.metadata.severity?.rawValue)
            if let time {
                $0.map("timestamp") {
                    $0.field("seconds", Int(time))
                    $0.field("nanos", 0)
                }
            }
            $0.field("result", outcome.rawValue)
            $0.field("scored", outcome != .warn && outcome != .skip)
            $0.list("resources") {
                $0.map {
                    $0.field("apiVersion", subject.apiVersion)
                    $0.field("kind", subject.kind)
                    if !subject.namespace.isEmpty { $0.field("namespace", subject.namespace) }
                    $0.field("name", subject.name)
                }
            }
            message(&$0)
            $0.map("properties") {
                $0.field("file", place?.file.name ?? file.name)
                // A map of strings only.
                if let start = place?.range?.start {
                    $0.field("line", String(start.line))
                    $0.field("column", String(start.column))
                }
                properties(&$0)
            }
        }
        sections[subject.namespace, default: Section()].counts[outcome, default: 0] += 1
        YAMLText.appendItem(result, to: &sections[subject.namespace, default: Section()].results)
    }

    mutating func end(_ summary: Summary, to out: inout [UInt8]) {
        // Without any object there is still a report, which says so by its counts.
        if sections.isEmpty { sections[""] = Section() }
        var isFirst = true
        for (namespace, section) in sections.sorted(by: { $0.key < $1.key }) {
            if !isFirst { out.append("---\n") }
            isFirst = false
            let head = makeMap {
                $0.field("apiVersion", api == .openReports ? "openreports.io/v1alpha1" : "wgpolicyk8s.io/v1alpha2")
                let kind = api == .openReports ? "Report" : "PolicyReport"
                $0.field("kind", namespace.isEmpty ? "Cluster\(kind)" : kind)
                $0.map("metadata") {
                    $0.field("name", "policy-check")
                    if !namespace.isEmpty { $0.field("namespace", namespace) }
                    $0.map("labels") { $0.field("app.kubernetes.io/managed-by", Self.source) }
                }
                if api == .openReports { $0.field("source", Self.source) }
                $0.map("summary") {
                    for outcome in Outcome.allCases { $0.field(outcome.rawValue, section.counts[outcome] ?? 0) }
                }
            }
            YAMLText.append(head, indent: 0, isItem: true, to: &out)
            out.append("\nresults:")
            out += section.results.isEmpty ? Array(" []".utf8) : section.results
            out.append("\n")
        }
    }
}
