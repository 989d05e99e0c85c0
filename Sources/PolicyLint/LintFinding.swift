import CEL
package import Diagnostics
import Documents
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// Something that lint has to say about a policy.
package struct LintFinding: Sendable {
    package enum Code: String, Sendable, CaseIterable {
        // Types.
        case undefinedField = "lint-undefined-field"
        case someKinds = "lint-some-kinds"
        case type = "lint-type"
        case quantity = "lint-quantity"
        case `enum` = "lint-enum"
        // Presence.
        case absentField = "lint-absent-field"
        case absentKey = "lint-absent-key"
        case nullObject = "lint-null-object"
        // The policy itself.
        case unusedVariable = "lint-unused-variable"
        case alwaysTrue = "lint-always-true"
        case alwaysFalse = "lint-always-false"
        case shadowedName = "lint-shadowed-name"
        case noMessage = "lint-no-message"
        case removedVersion = "lint-removed-version"
        case unknownResource = "lint-unknown-resource"
        case overlap = "lint-overlap"
        case cost = "lint-cost"

        /// Whether the finding is about the types of what expressions read, and so of the kind that API servers warn of.
        package var isAboutTypes: Bool {
            switch self {
            case .undefinedField, .someKinds, .type: true
            default: false
            }
        }

        /// Errors are what cannot be meant, or cannot work; the rest can fail, or can be had better.
        package var severity: Severity {
            switch self {
            case .undefinedField, .type, .enum, .alwaysFalse: .error
            default: .warning
            }
        }
    }

    package let code: Code
    package let diagnostic: Diagnostic

    /// The diagnostic as it is where policies are loaded to be used: it does not keep them from being used.
    package var asWarning: Diagnostic {
        var diagnostic = diagnostic
        diagnostic.severity = .warning
        return diagnostic
    }

    init(_ code: Code, _ message: String, at place: Place, notes: [Diagnostic.Note] = [], help: String? = nil) {
        self.code = code
        diagnostic = Diagnostic(
            code.rawValue, code.severity, message, file: place.file, range: place.range, notes: notes, help: help)
    }

    /// Where something is in a file.
    struct Place {
        let file: SourceFile?
        let range: SourceRange?

        init(_ node: Node) {
            file = node.document.source
            range =
                ScalarMap(node).map { $0.range(utf8Offsets: 0..<node.utf8.count) }
                ?? node.position.map { SourceRange(at: $0) }
        }

        init(_ expression: CompiledExpression, _ span: SourceSpan? = nil) {
            file = expression.node.document.source
            range = span.map { expression.range($0) } ?? expression.check.range
        }
    }
}
