import Admission
import PolicyEngine
import Values

/// What follows from errors in a policy's evaluation.
package enum FailurePolicy: String, Sendable, CaseIterable {
    case fail = "Fail"
    case ignore = "Ignore"

    var action: Decision.Action { self == .ignore ? .admit : .deny }
}

/// An expression as it is written: its text and the node that holds it.
struct ExpressionText: Sendable {
    var node: Node
    var field: String
    var text: String
}

/// What validating and mutating policies have in common, read but not compiled.
struct PolicyHead: Sendable {
    struct Named: Sendable {
        var name: String
        var expression: ExpressionText
    }

    var root: Node
    var name: String
    var paramKind: GroupVersionKind?
    var match: MatchResources
    var failurePolicy: FailurePolicy
    var variables: [Named]
    var matchConditions: [Named]
}

/// A ValidatingAdmissionPolicy, read but not compiled.
struct PolicyDefinition: Sendable {
    struct Validation: Sendable {
        var expression: ExpressionText
        var message: String
        var messageExpression: ExpressionText?
        var reason: StatusReason
    }

    var head: PolicyHead
    var validations: [Validation]
    var auditAnnotations: [PolicyHead.Named]
}

/// A binding of either kind; those of mutating policies have no actions.
struct BindingDefinition: Sendable {
    enum NotFoundAction: String, CaseIterable {
        case allow = "Allow"
        case deny = "Deny"
    }

    struct ParamRef: Sendable {
        var name: String
        var namespace: String
        var selector: LabelSelector?
        var notFoundAction: NotFoundAction?
    }

    var root: Node
    var name: String
    var policyName: String
    /// Where the policy's name stands.
    var policyNameNode: Node
    var paramRef: ParamRef?
    var match: MatchResources?
    var actions: ValidationActions
    var actionNames: [String]
}
