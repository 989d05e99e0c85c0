package import Diagnostics
package import Values

/// The reason in a refusal's status, with the HTTP code that goes with it.
package enum StatusReason: String, Sendable {
    case unauthorized = "Unauthorized"
    case forbidden = "Forbidden"
    case invalid = "Invalid"
    case requestEntityTooLarge = "RequestEntityTooLarge"
    case notFound = "NotFound"
    case internalError = "InternalError"

    package var code: Int {
        switch self {
        case .unauthorized: 401
        case .forbidden: 403
        case .notFound: 404
        case .requestEntityTooLarge: 413
        case .invalid: 422
        case .internalError: 500
        }
    }
}

/// A check of a policy as it is written: which one, its text and its place. Made once, when the policy is loaded.
package final class PolicyCheck: Sendable {
    /// Such as `spec.validations[0].expression`.
    package let field: String
    /// Position in its list (`validations`, `matchConditions`…).
    package let index: Int
    /// The expression's text; empty where the check is no expression.
    package let expression: String
    package let file: SourceFile?
    package let range: SourceRange?

    package init(field: String, index: Int, expression: String, file: SourceFile? = nil, range: SourceRange? = nil) {
        self.field = field
        self.index = index
        self.expression = expression
        self.file = file
        self.range = range
    }
}

/// Why a decision is as it is, beyond its message: the deciding part of the expression and the values it had.
package struct DecisionExplanation: Sendable {
    /// A part of the expression that has a value of its own.
    package struct Operand: Sendable {
        package var text: String
        package var value: Value

        package init(text: String, value: Value) {
            self.text = text
            self.value = value
        }
    }

    /// The deciding part in the policy's file.
    package var file: SourceFile?
    package var range: SourceRange?
    /// The deciding part's text, such as `object.spec.replicas <= 3`.
    package var expression: String
    /// What the deciding part looked at.
    package var operands: [Operand]
    /// Where in the request's object that is: the value itself, or the object that lacks the field.
    package var place: Node?

    /// The first of the values that the deciding part looked at.
    package var value: Value? { operands.first?.value }

    package init(
        file: SourceFile? = nil, range: SourceRange? = nil, expression: String, operands: [Operand] = [],
        place: Node? = nil
    ) {
        self.file = file
        self.range = range
        self.expression = expression
        self.operands = operands
        self.place = place
    }
}

/// What one check of one policy, under one binding and param, says about a request.
package struct Decision: Sendable {
    /// The outcome of the check itself.
    package enum Evaluation: String, Sendable { case admit, deny, error }
    /// What follows from it under the policy's failurePolicy.
    package enum Action: String, Sendable { case admit, deny }

    package var evaluation: Evaluation
    package var action: Action
    package var policy: PolicyID
    /// nil for an error in the policy's own configuration, before any binding.
    package var binding: BindingID?
    /// `namespace/name` or `name` of the param object that was in force, if any.
    package var param: String?
    /// nil where the decision is not about one expression (missing params, budget).
    package var check: PolicyCheck?
    /// Empty for admissions.
    package var message: String
    /// nil for errors; the status then says `Invalid`.
    package var reason: StatusReason?
    /// What a denial does. Errors of configuration and of audit annotations deny whatever the binding says.
    package var actions: ValidationActions
    /// Data that was needed and not given; the check is undecided. nil where the check was decided.
    package var missing: MissingContext?
    /// Filled in only where explanations were asked for.
    package var explanation: DecisionExplanation?

    package init(
        _ evaluation: Evaluation, action: Action, policy: PolicyID, binding: BindingID? = nil, param: String? = nil,
        check: PolicyCheck? = nil, message: String = "", reason: StatusReason? = nil, actions: ValidationActions? = nil
    ) {
        self.evaluation = evaluation
        self.action = action
        self.policy = policy
        self.binding = binding
        self.param = param
        self.check = check
        self.message = message
        self.reason = reason
        self.actions = actions ?? binding?.actions ?? .deny
    }

    /// `spec.validations` index; nil if the decision is about no validation.
    package var validationIndex: Int? { check?.index }
}

/// What an undecided check would need.
package enum MissingContext: Sendable, Hashable {
    case namespace(String)
    case authorizer
    /// The object in another API version than the request has.
    case conversion(String)
    /// The schema of that kind, which says how lists are merged.
    case schema(String)
    /// Data that a function asked for, in words: `image metadata of \`nginx\``.
    case data(String)
    /// The request's time was over.
    case time
}

extension MissingContext: CustomStringConvertible {
    package var description: String {
        switch self {
        case .namespace(let name): "undecided: needs namespace `\(name)`"
        case .authorizer: "undecided: needs authorization rules"
        case .conversion(let version): "undecided: needs the object in `\(version)`"
        case .schema(let kind): "undecided: needs the schema of `\(kind)`"
        case .data(let what): "undecided: needs \(what)"
        case .time: "undecided: the time for the request was over"
        }
    }
}

/// What an audit annotation of a policy came to.
package struct AuditAnnotation: Sendable {
    package enum Action: String, Sendable { case publish, exclude, error }

    package var action: Action
    package var key: String
    /// The value, or for errors the error's text (also where failurePolicy Ignore excludes it).
    package var value: String

    package init(_ action: Action, key: String, value: String = "") {
        self.action = action
        self.key = key
        self.value = value
    }
}
