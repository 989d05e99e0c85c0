package import Diagnostics
package import Values

/// What a finding does at admission, which is also what it does to the exit code.
package enum Effect: String, Sendable, CaseIterable {
    /// The request is refused.
    case deny
    /// The request goes through with a warning.
    case warn
    /// The request goes through; the finding is in the audit log only.
    case audit
    /// The check could not be evaluated, or not be decided for lack of data.
    case error
    /// The check could not be evaluated, and the policy's failurePolicy is Ignore.
    case ignored

    package var severity: Severity {
        switch self {
        case .deny, .error: .error
        case .warn, .ignored: .warning
        case .audit: .note
        }
    }
}

/// A stretch of a text file with the words to find it by.
package struct Place: Sendable {
    package var file: SourceFile
    /// nil: the file as a whole.
    package var range: SourceRange?

    package init(_ file: SourceFile, _ range: SourceRange? = nil) {
        self.file = file
        self.range = range
    }

    /// `file:line:column`, or the file's name.
    package var description: String {
        guard let start = range?.start else { return file.name }
        return "\(file.name):\(start.line):\(start.column)"
    }
}

/// The part of an expression that decided, and the values that it looked at.
package struct Reason: Sendable {
    package struct Operand: Sendable {
        /// Such as `object.spec.replicas`.
        package var text: String
        /// Its value as JSON data.
        package var value: Node

        package init(text: String, value: Node) {
            self.text = text
            self.value = value
        }
    }

    /// The part's text, such as `object.spec.replicas <= 3`.
    package var expression: String
    package var operands: [Operand]
    /// Where the part is written in the policy's file.
    package var place: Place?

    package init(expression: String, operands: [Operand] = [], place: Place? = nil) {
        self.expression = expression
        self.operands = operands
        self.place = place
    }
}

/// One check that did not simply pass: which one, about what, and why.
package struct Finding: Sendable {
    package var effect: Effect
    package var policy: PolicySummary
    /// The binding that put the policy into force.
    package var binding: String?
    /// `namespace/name` or `name` of the param object in force.
    package var param: String?
    /// Which check of the policy, such as `spec.validations[0]`; empty where it is about no single one.
    package var check: String
    /// Exactly the words of the admission denial.
    package var message: String
    /// As the denial's status has it, such as `Invalid`.
    package var reason: String?
    /// In the manifest: the field that decided, else the document's start.
    package var place: Place?
    /// Of that field, such as `spec.containers[0].image`; empty for the whole document.
    package var fieldPath: String
    /// In the policy: the check that decided.
    package var policyPlace: Place?
    package var why: Reason?
    package var help: String?

    package init(
        _ effect: Effect, policy: PolicySummary, binding: String? = nil, param: String? = nil, check: String = "",
        message: String, reason: String? = nil, place: Place? = nil, fieldPath: String = "",
        policyPlace: Place? = nil, why: Reason? = nil, help: String? = nil
    ) {
        self.effect = effect
        self.policy = policy
        self.binding = binding
        self.param = param
        self.check = check
        self.message = message
        self.reason = reason
        self.place = place
        self.fieldPath = fieldPath
        self.policyPlace = policyPlace
        self.why = why
        self.help = help
    }
}
