package import Admission
package import CEL
package import PolicyEngine
package import Values

/// A compiled policy's parts, for what looks at policies rather than at requests.
package struct PolicyInspection: Sendable {
    package struct Named: Sendable {
        package let name: String
        package let expression: CompiledExpression

        package init(_ name: String, _ expression: CompiledExpression) {
            self.name = name
            self.expression = expression
        }
    }

    package struct Validation: Sendable {
        package let expression: CompiledExpression
        package let message: CompiledExpression?
        /// Whether the policy says anything of its own where the validation fails.
        package let hasMessage: Bool

        package init(expression: CompiledExpression, message: CompiledExpression?, hasMessage: Bool) {
            self.expression = expression
            self.message = message
            self.hasMessage = hasMessage
        }
    }

    package let id: PolicyID
    /// The policy's document.
    package let root: Node
    /// Which objects the expressions see as `object`.
    package let match: MatchResources
    package let paramKind: GroupVersionKind?
    package let variables: [Named]
    package let matchConditions: [Named]
    package let validations: [Validation]
    package let auditAnnotations: [Named]
    package let mutations: [CompiledExpression]
    /// What the expressions were compiled with, composed variables included.
    package let environment: Environment

    package init(
        id: PolicyID, root: Node, match: MatchResources, paramKind: GroupVersionKind? = nil, variables: [Named],
        matchConditions: [Named], validations: [Validation] = [], auditAnnotations: [Named] = [],
        mutations: [CompiledExpression] = [], environment: Environment
    ) {
        self.id = id
        self.root = root
        self.match = match
        self.paramKind = paramKind
        self.variables = variables
        self.matchConditions = matchConditions
        self.validations = validations
        self.auditAnnotations = auditAnnotations
        self.mutations = mutations
        self.environment = environment
    }

    /// All expressions, in the order of evaluation.
    package var expressions: [CompiledExpression] {
        matchConditions.map(\.expression) + variables.map(\.expression)
            + validations.flatMap { [$0.expression] + ($0.message.map { [$0] } ?? []) }
            + auditAnnotations.map(\.expression) + mutations
    }
}

/// A policy that can be looked at.
package protocol InspectablePolicy: Sendable {
    var inspection: PolicyInspection { get }
}

extension AdmissionPolicy: InspectablePolicy {
    package var inspection: PolicyInspection {
        PolicyInspection(
            id: id, root: frame.root, match: match, paramKind: frame.paramKind,
            variables: frame.variables.map { .init($0.name, $0.expression) },
            matchConditions: frame.matchConditions.map { .init($0.name, $0.expression) },
            validations: validations.map {
                .init(expression: $0.expression, message: $0.message, hasMessage: $0.message != nil || $0.hasMessage)
            },
            auditAnnotations: auditAnnotations.map { .init($0.name, $0.expression) },
            environment: frame.environment)
    }
}

extension MutatingAdmissionPolicy: InspectablePolicy {
    package var inspection: PolicyInspection {
        PolicyInspection(
            id: id, root: frame.root, match: match, paramKind: frame.paramKind,
            variables: frame.variables.map { .init($0.name, $0.expression) },
            matchConditions: frame.matchConditions.map { .init($0.name, $0.expression) },
            mutations: steps.map(\.expression), environment: frame.environment)
    }
}
