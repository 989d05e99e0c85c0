import Admission
package import PolicyEngine
package import Values

/// What follows from errors in a policy's evaluation.
package enum FailurePolicy: String, Sendable, CaseIterable {
    case fail = "Fail"
    case ignore = "Ignore"

    package var action: Decision.Action { self == .ignore ? .admit : .deny }
}

/// An expression as it is written: its text and the node that holds it.
package struct ExpressionText: Sendable {
    package var node: Node
    package var field: String
    package var text: String

    package init(node: Node, field: String, text: String) {
        self.node = node
        self.field = field
        self.text = text
    }
}

/// What validating and mutating policies have in common, read but not compiled.
struct PolicyHead: Sendable {
    var root: Node
    var name: String
    var paramKind: GroupVersionKind?
    var match: MatchResources
    var failurePolicy: FailurePolicy
    var variables: [PolicyDefinition.Named]
    var matchConditions: [PolicyDefinition.Named]
}

/// A ValidatingAdmissionPolicy, read but not compiled.
package struct PolicyDefinition: Sendable {
    package struct Validation: Sendable {
        package var expression: ExpressionText
        package var message: String
        package var messageExpression: ExpressionText?
        package var reason: StatusReason
    }

    package struct Named: Sendable {
        package var name: String
        package var expression: ExpressionText

        package init(name: String, expression: ExpressionText) {
            self.name = name
            self.expression = expression
        }
    }

    var head: PolicyHead
    var validations: [Validation]
    var auditAnnotations: [Named]
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
