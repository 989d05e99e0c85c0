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

        /// Whether it stands in the policy; others are there in every policy of a language.
        package var isWritten: Bool { expression.check.range != nil }
    }

    /// Kinds that a policy is about which matches by kind, not by resource; an empty list is any.
    package struct Kinds: Sendable {
        let groups: [String]
        let versions: [String]
        let kinds: [String]

        package init(groups: [String], versions: [String], kinds: [String]) {
            self.groups = groups
            self.versions = versions
            self.kinds = kinds
        }

        package func includes(_ kind: GroupVersionKind) -> Bool {
            func includes(_ list: [String], _ name: String) -> Bool {
                list.isEmpty || list.contains("*") || list.contains(name)
            }
            return includes(kinds, kind.kind) && includes(groups, kind.group) && includes(versions, kind.version)
        }

        /// Whether it names kinds at all.
        package var isNamed: Bool { !kinds.isEmpty && !kinds.contains("*") }
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
    /// nil for policies that match by resource.
    package var kinds: [Kinds]?
    package let paramKind: GroupVersionKind?
    package let variables: [Named]
    package let matchConditions: [Named]
    package let validations: [Validation]
    package let auditAnnotations: [Named]
    package let mutations: [CompiledExpression]
    /// Expressions that judge and change nothing themselves, such as those that find images.
    package let others: [CompiledExpression]
    /// What the expressions were compiled with, composed variables included.
    package let environment: Environment

    package init(
        id: PolicyID, root: Node, match: MatchResources, kinds: [Kinds]? = nil, paramKind: GroupVersionKind? = nil,
        variables: [Named], matchConditions: [Named], validations: [Validation] = [],
        auditAnnotations: [Named] = [], mutations: [CompiledExpression] = [], others: [CompiledExpression] = [],
        environment: Environment
    ) {
        self.kinds = kinds
        self.others = others
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
            + auditAnnotations.map(\.expression) + mutations + others
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
