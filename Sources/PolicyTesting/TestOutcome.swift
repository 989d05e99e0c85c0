package import Diagnostics
import Values

/// What one check of a test came to.
package struct CheckOutcome: Sendable {
    /// Ways in which Kyverno's own runner passes a check that shows nothing.
    package enum Quirk: String, Sendable, CaseIterable {
        /// No policy judged the object, and the check expects that one did: Kyverno calls it excluded and passes it.
        case nothingMatched = "nothing-matched"
        /// The rule is unknown; without a result to compare Kyverno passes the check.
        case unknownRule = "unknown-rule"
        /// The object's kind is not the check's; Kyverno does not compare it.
        case kindIgnored = "kind-ignored"
        /// An entry without resources compares nothing.
        case noResources = "no-resources"
        /// A constraint is not about the object, so that a test of it shows nothing; gator passes it.
        case notMatched = "not-matched"
        /// A namespaced object names no namespace; gator takes it as one in none, which no cluster does.
        case noNamespace = "no-namespace"
        /// The file of patched objects does not hold the object; Kyverno then compares nothing.
        case patchedMissing = "patched-missing"
        /// The policy expects all params that a selector finds as one list, which no API server gives it.
        case paramsAsList = "params-as-list"

        package var explanation: String {
            switch self {
            case .nothingMatched: "`kyverno test` passes it as excluded"
            case .unknownRule: "`kyverno test` passes a rule that it does not know"
            case .kindIgnored: "`kyverno test` does not compare the kind"
            case .notMatched: "the constraint is not about the object"
            case .noNamespace: "gator takes the object as one in no namespace; in `default` the constraint differs"
            case .noResources: "`kyverno test` passes an entry that names no resource"
            case .paramsAsList: "`kyverno test` gives a policy all selected params as one list"
            case .patchedMissing: "`kyverno test` compares nothing where the file does not hold the object"
            }
        }

        /// The id under which it is reported.
        package var id: String {
            switch self {
            case .notMatched, .noNamespace: "gator-\(rawValue)"
            default: "kyverno-\(rawValue)"
            }
        }
    }

    package var policy: String
    package var resource: String
    package var expected: String
    /// nil if the policy did not judge the object.
    package var actual: String?
    /// Why the check failed; nil if it holds.
    package var failure: String?
    /// The policy's own words, for results other than pass.
    package var message: String
    /// Set if Kyverno's own runner would pass the failed check.
    package var quirk: Quirk?
    package var file: SourceFile?
    package var range: SourceRange?
    /// How the test's file would have to read for the check to hold; nil where that cannot be or should not be written.
    var correction: TestCorrection?

    package var title: String { resource.isEmpty ? policy : "\(policy) \(resource)" }
}

/// What to write into a test's file in place of what is there.
enum TestCorrection: Sendable {
    /// An entry of a kyverno-test.yaml: what it should expect of one of its resources.
    ///
    /// - resource: the name in the entry; nil where the entry names none.
    case result(String, entry: Node, result: Node, resource: Node?)
    /// A value on its own.
    case value(String, at: Node)
}

/// What a test came to.
package struct TestOutcome: Sendable {
    package enum Status: String, Sendable { case passed, failed, skipped, unsupported, invalid }

    package var name: String
    package var file: String
    package var status: Status
    package var checks: [CheckOutcome] = []
    /// What is not supported, for that status.
    package var reason = ""
    /// What is wrong with the test or its policies.
    package var diagnostics: [Diagnostic] = []
    /// What the checks reached in the policies, where that was asked for.
    package var coverage: [PolicyCoverage] = []

    /// How ids of diagnostics begin that are about the test and its files rather than about a policy.
    static let inputPrefixes = ["test-", "suite-", "file-", "directory-", "yaml-", "json-", "manifest-", "context-"]

    /// Whether an invalid policy is among what is wrong.
    package var hasInvalidPolicy: Bool {
        diagnostics.contains { diagnostic in
            diagnostic.severity == .error && !Self.inputPrefixes.contains { diagnostic.id.hasPrefix($0) }
        }
    }

    package var failures: [CheckOutcome] { checks.filter { $0.failure != nil } }
}
