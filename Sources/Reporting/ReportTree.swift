import Diagnostics
import Documents
import Values

/// The report as data, which the formats json and yaml write in their own ways. docs/policy-check.md describes it.
enum ReportTree {
    /// Grows with every change that can break a reader; new entries alone do not.
    static let schemaVersion = 1

    static func policy(_ policy: PolicySummary) -> Node {
        makeMap {
            $0.field("kind", policy.kind)
            $0.field("name", policy.name)
            $0.place("place", policy.place)
            $0.field("digest", policy.digest)
            $0.field("title", policy.metadata.title)
            $0.field("category", policy.metadata.category)
            $0.field("severity", policy.metadata.severity?.rawValue)
        }
    }

    static func file(_ file: FileReport) -> Node {
        makeMap { tree in
            tree.field("file", file.name)
            tree.list("objects") { list in
                for report in file.subjects { list.map { Self.write(report, to: &$0) } }
            }
            tree.list("diagnostics") { list in
                for diagnostic in file.diagnostics { list.map { Self.write(diagnostic, to: &$0) } }
            }
        }
    }

    private static func write(_ report: SubjectReport, to tree: inout DocumentBuilder) {
        let subject = report.subject
        tree.field("number", subject.number)
        tree.fields(of: subject.place?.range)
        tree.field("apiVersion", subject.apiVersion)
        tree.field("kind", subject.kind)
        if !subject.namespace.isEmpty { tree.field("namespace", subject.namespace) }
        tree.field("name", subject.name)
        tree.field("operation", subject.operation)
        tree.list("matchedPolicies", report.matchedPolicies.map(\.name))
        if let mutation = report.mutation {
            tree.map("mutation") {
                $0.list("policies", mutation.policies.map(\.name))
                $0.appendKey("patch")
                $0.append(copyOf: mutation.patch)
            }
        }
        tree.map("verdict") { write(report.verdict, to: &$0) }
        if !report.excused.isEmpty {
            tree.list("waived") { list in
                for (policy, exception) in report.excused {
                    list.map {
                        $0.field("policy", policy.name)
                        $0.field("exception", exception)
                    }
                }
            }
        }
        tree.list("findings") { list in
            for finding in report.findings { list.map { Self.write(finding, about: subject, to: &$0) } }
        }
    }

    private static func write(_ verdict: SubjectVerdict, to tree: inout DocumentBuilder) {
        tree.field("allowed", verdict.isAllowed)
        if let status = verdict.status {
            tree.map("status") {
                $0.field("code", status.code)
                $0.field("reason", status.reason)
                $0.field("message", status.message)
            }
        }
        if !verdict.warnings.isEmpty { tree.list("warnings", verdict.warnings) }
        if !verdict.auditAnnotations.isEmpty {
            tree.map("auditAnnotations") {
                for (key, value) in verdict.auditAnnotations { $0.field(key, value) }
            }
        }
    }

    private static func write(_ finding: Finding, about subject: Subject, to tree: inout DocumentBuilder) {
        tree.field("policy", finding.policy.name)
        tree.field("check", finding.check.isEmpty ? nil : finding.check)
        tree.field("binding", finding.binding)
        tree.field("param", finding.param)
        tree.field("severity", finding.effect.severity.rawValue)
        tree.field("action", finding.effect.rawValue)
        tree.field("message", finding.message)
        tree.field("reason", finding.reason)
        tree.place("place", finding.place ?? subject.place)
        tree.field("field", finding.fieldPath.isEmpty ? nil : finding.fieldPath)
        tree.place("policyPlace", finding.policyPlace ?? finding.policy.place)
        if let why = finding.why {
            tree.map("why") {
                $0.field("expression", why.expression)
                if !why.operands.isEmpty {
                    $0.list("operands") { list in
                        for operand in why.operands {
                            list.map {
                                $0.field("expression", operand.text)
                                $0.appendKey("value")
                                $0.append(copyOf: operand.value)
                            }
                        }
                    }
                }
                $0.place("place", why.place)
            }
        }
        tree.field("help", finding.help)
    }

    private static func write(_ diagnostic: Diagnostic, to tree: inout DocumentBuilder) {
        tree.field("id", diagnostic.id)
        tree.field("severity", diagnostic.severity.rawValue)
        tree.field("message", diagnostic.message)
        tree.fields(of: diagnostic.range)
        tree.field("help", diagnostic.help)
    }

    static func summary(_ summary: Summary) -> Node {
        makeMap {
            $0.field("files", summary.files)
            $0.field("objects", summary.subjects)
            $0.field("policies", summary.policies)
            $0.field("denied", summary.denials)
            $0.field("warned", summary.warnings)
            $0.field("audited", summary.audits)
            $0.field("undecided", summary.failures)
            $0.field("ignoredErrors", summary.ignored)
            $0.field("unreadable", summary.unreadable)
            $0.field("skipped", summary.skipped)
            if summary.withoutSchema > 0 { $0.field("withoutSchema", summary.withoutSchema) }
            if summary.waived > 0 { $0.field("waived", summary.waived) }
            if summary.baselined > 0 { $0.field("baselined", summary.baselined) }
            $0.list("unmatchedPolicies", summary.unmatched)
            $0.field("nothingChecked", summary.nothingChecked)
            $0.field("exitCode", Int(summary.exitCode))
        }
    }
}
