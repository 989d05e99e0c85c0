package import Diagnostics
import Values

/// A policy in force, as reports name it. One object per policy, shared by its findings.
package final class PolicySummary: Sendable {
    /// `ValidatingAdmissionPolicy`.
    package let kind: String
    /// `name`, or `namespace/name`.
    package let name: String
    /// Where the policy's document starts.
    package let place: Place?
    package let metadata: PolicyMetadata
    private let text: ArraySlice<UInt8>?

    /// Of the policy's text, such as `sha256:…`; nil where the text is not known. Computed anew each time.
    package var digest: String? { text.map { "sha256:" + MessageDigest.hexadecimal(MessageDigest.sha256(Array($0))) } }

    /// - Parameter text: the policy's document as it is written.
    package init(
        kind: String, name: String, place: Place? = nil, text: ArraySlice<UInt8>? = nil,
        metadata: PolicyMetadata = PolicyMetadata()
    ) {
        self.kind = kind
        self.name = name
        self.place = place
        self.text = text
        self.metadata = metadata
    }
}

extension PolicySummary {
    /// What a finding is reported under that comes of the schema of the object's kind, not of a policy.
    ///
    /// - Parameter check: such as `schema-unknown-field`.
    package static func schema(_ check: String) -> PolicySummary { PolicySummary(kind: schemaKind, name: check) }

    package var isSchema: Bool { kind == Self.schemaKind }

    /// What a finding about a policy itself is reported under.
    ///
    /// - Parameter id: such as `lint-absent-field`.
    package static func lint(_ id: String) -> PolicySummary { PolicySummary(kind: lintKind, name: id) }

    var isLint: Bool { kind == Self.lintKind }

    private static let lintKind = "Lint"

    private static let schemaKind = "Schema"
}

/// What is known before the first manifest is read.
package struct RunHeader: Sendable {
    package var toolVersion: String
    /// In the order in which they were loaded.
    package var policies: [PolicySummary]
    /// When the run started, in seconds since 1970; nil leaves times out.
    package var time: Int64?

    package init(toolVersion: String, policies: [PolicySummary], time: Int64? = nil) {
        self.toolVersion = toolVersion
        self.policies = policies
        self.time = time
    }
}

/// The object that a document holds, or that a recorded request is about.
package struct Subject: Sendable {
    package var apiVersion: String
    package var kind: String
    /// Empty for cluster-scoped objects.
    package var namespace: String
    /// Empty for objects that the server will name.
    package var name: String
    /// Where the object starts in its file.
    package var place: Place?
    /// Counted from 1 within the file, items of lists one by one.
    package var number: Int
    /// `CREATE` unless the request says otherwise.
    package var operation: String

    package init(
        apiVersion: String, kind: String, namespace: String = "", name: String, place: Place? = nil,
        number: Int = 1, operation: String = "CREATE"
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.place = place
        self.number = number
        self.operation = operation
    }

    /// `Pod default/api`, and the operation if it is not CREATE.
    package var displayName: String {
        var out = kind
        if !name.isEmpty || !namespace.isEmpty {
            out += " " + (namespace.isEmpty ? name : "\(namespace)/\(name)")
        }
        return operation == "CREATE" ? out : "\(out) (\(operation))"
    }
}

/// The answer that the API server would get for an object.
package struct SubjectVerdict: Sendable {
    package struct Status: Sendable {
        package var code: Int
        package var reason: String
        package var message: String

        package init(code: Int, reason: String, message: String) {
            self.code = code
            self.reason = reason
            self.message = message
        }
    }

    /// nil if allowed.
    package var status: Status?
    package var warnings: [String] = []
    package var auditAnnotations: [(key: String, value: String)] = []
    package var isAllowed: Bool { status == nil }

    package init(status: Status? = nil) {
        self.status = status
    }
}

/// One judged object with what was found.
package struct SubjectReport: Sendable {
    package var subject: Subject
    package var verdict: SubjectVerdict
    /// In the order of the policies and their checks.
    package var findings: [Finding]
    /// In the order in which they were loaded.
    package var matchedPolicies: [PolicySummary]
    /// What mutating policies changed first; nil if nothing.
    package var mutation: SubjectMutation?
    /// The names of exceptions that excused the object from a policy.
    package var usedExceptions: Set<String> = []
    /// Policies that an exception excused the object from altogether, with the exception's name.
    package var excused: [(policy: PolicySummary, exception: String)] = []

    package init(
        subject: Subject, verdict: SubjectVerdict, findings: [Finding] = [], matchedPolicies: [PolicySummary] = []
    ) {
        self.subject = subject
        self.verdict = verdict
        self.findings = findings
        self.matchedPolicies = matchedPolicies
    }
}

/// Everything about one input file. Reports are made file by file so that memory stays bounded.
package struct FileReport: Sendable {
    /// The path as the user gave it, or `<stdin>`.
    package var name: String
    /// In the order of the text.
    package var subjects: [SubjectReport] = []
    /// Unreadable parts (errors) and what was passed over (notes), in the order of the text.
    package var diagnostics: [Diagnostic] = []

    package init(name: String) {
        self.name = name
    }

    package var findings: some Sequence<(subject: Subject, finding: Finding)> {
        subjects.lazy.flatMap { report in report.findings.lazy.map { (report.subject, $0) } }
    }
}
