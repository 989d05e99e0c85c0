import CEL
package import PolicyEngine
package import Values

/// A policy's expressions without the objects that they are for, compiled once and put into force any number of times,
/// each with a param of its own (Gatekeeper's ConstraintTemplates).
///
/// Only the variables may name `params`; nothing may name `authorizer`.
package final class PolicyTemplate: Sendable {
    let failurePolicy: FailurePolicy
    let variables: [NamedExpression]
    let matchConditions: [NamedExpression]
    let validations: [AdmissionPolicy.Validation]
    /// Of the variables, with all of them.
    let environment: Environment
    let usesNamespaceObject: Bool
    private let messageExpressions: Int

    /// Variables are compiled first; match conditions too may use them.
    package init(
        failurePolicy: FailurePolicy, variables: [PolicyDefinition.Named], matchConditions: [PolicyDefinition.Named],
        validations: [PolicyDefinition.Validation], compiler: inout ExpressionCompiler
    ) {
        // `params` comes last, so that the slots before it are the same without it.
        var scope = PolicyEnvironments.of(hasParams: true, mutates: false, version: compiler.version).message
        var own = PolicyEnvironments.of(hasParams: false, mutates: false, version: compiler.version).message
        scope.composed = Environment.Composed(variable: "variables")
        self.variables = variables.enumerated().map { index, variable in
            let compiled = compiler.compile(variable.expression, index: index, wanted: nil, in: scope)
            // One that does not compile can still be named, so that only its own error is reported.
            scope.composed?.fields.append((variable.name, compiled.checked?.type ?? .dyn))
            return NamedExpression(name: variable.name, expression: compiled)
        }
        own.composed = scope.composed
        environment = scope
        self.failurePolicy = failurePolicy
        self.matchConditions = matchConditions.enumerated().map { index, condition in
            NamedExpression(
                name: condition.name,
                expression: compiler.compile(condition.expression, index: index, wanted: .bool, in: own))
        }
        self.validations = validations.enumerated().map { index, validation in
            AdmissionPolicy.Validation(
                validation, expression: compiler.compile(validation.expression, index: index, wanted: .bool, in: own),
                message: validation.messageExpression.map {
                    compiler.compile($0, index: index, wanted: .string, in: own)
                })
        }
        let messages = self.validations.compactMap(\.message)
        messageExpressions = messages.isEmpty ? 0 : messages.count + variables.count
        let expressions =
            self.variables.map(\.expression) + self.validations.map(\.expression) + messages
        usesNamespaceObject = expressions.contains(where: \.usesNamespaceObject)
    }

    /// The policy that is in force with a param.
    ///
    /// - Parameters:
    ///   - match: which requests it may be about.
    ///   - param: what `params` is.
    package func policy(_ id: PolicyID, match: MatchResources, param: Node, binding: BindingID) -> AdmissionPolicy {
        AdmissionPolicy(
            PolicyFrame(id, self, match: match, param: param, binding: binding), validations: validations,
            messageExpressions: messageExpressions)
    }
}
