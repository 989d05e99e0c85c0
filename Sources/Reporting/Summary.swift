import Diagnostics

/// What a run came to, in numbers.
package struct Summary: Sendable {
    package var files = 0
    /// Objects judged.
    package var subjects = 0
    /// Policies in force.
    package var policies = 0
    /// Findings that deny.
    package var denials = 0
    package var warnings = 0
    package var audits = 0
    /// Checks that could not be evaluated or decided.
    package var failures = 0
    /// The same, in policies whose failurePolicy is Ignore.
    package var ignored = 0
    /// Files or documents that could not be read.
    package var unreadable = 0
    /// Documents that are no Kubernetes objects.
    package var skipped = 0
    /// Objects of kinds without a known schema.
    package var withoutSchema = 0
    /// Findings that a baseline let through; they are in no other number.
    package var baselined = 0
    /// Policies that exceptions excused objects from, each object by itself.
    package var waived = 0
    /// Policies that matched no object at all, in the order in which they were loaded.
    package var unmatched: [String] = []
    /// Why the run counts as having checked nothing; nil if it did check something or may be empty.
    package var nothingChecked: String?
    /// What the process exits with.
    package var exitCode: Int32 = 0

    package init() {}

    package mutating func add(_ file: FileReport) {
        files += 1
        subjects += file.subjects.count
        for report in file.subjects { waived += report.excused.count }
        for (_, finding) in file.findings {
            switch finding.effect {
            case .deny: denials += 1
            case .warn: warnings += 1
            case .audit: audits += 1
            case .error: failures += 1
            case .ignored: ignored += 1
            }
        }
        for diagnostic in file.diagnostics {
            if diagnostic.severity == .error { unreadable += 1 }
            if diagnostic.id == DiagnosticID.manifestWithoutKind { skipped += 1 }
        }
    }

    /// `2 errors, 1 warning`, or `no findings`, or `nothing checked`.
    package var findingsText: String {
        let parts = [
            Self.count(denials, "error"), Self.count(failures, "check", after: " not decided"),
            Self.count(warnings + ignored, "warning"), Self.count(audits, "audit note"),
            Self.count(unreadable, "input", after: " unreadable"),
        ].compactMap { $0 }
        let known = (waived == 0 ? "" : ", \(waived) waived") + (baselined == 0 ? "" : ", \(baselined) in the baseline")
        if parts.isEmpty { return (nothingChecked == nil ? "no findings" : "nothing checked") + known }
        return parts.joined(separator: ", ") + known
    }

    /// `1 error`, `2 errors`; nil for none.
    private static func count(_ number: Int, _ noun: String, after: String = "") -> String? {
        number == 0 ? nil : plural(number, noun) + after
    }

    /// `1 error`, `2 errors`, `0 policies`.
    package static func plural(_ number: Int, _ noun: String) -> String {
        guard number != 1 else { return "1 \(noun)" }
        return noun.hasSuffix("y") ? "\(number) \(noun.dropLast())ies" : "\(number) \(noun)s"
    }
}

/// Ids of the diagnostics that are made here and counted there.
package enum DiagnosticID {
    package static let manifestWithoutKind = "manifest-without-kind"
    package static let nothingChecked = "nothing-checked"
    package static let policyUnmatched = "policy-unmatched"
    package static let unusedException = "exception-unused"
}
