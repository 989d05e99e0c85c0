import Admission
import CEL
package import PolicyEngine
import Values

/// A ValidatingAdmissionPolicy with its bindings, compiled.
package final class AdmissionPolicy: CompiledPolicy {
    /// Classes, like the ones below, so that evaluation passes them on without touching their parts.
    final class Validation: Sendable {
        let expression: CompiledExpression
        let message: CompiledExpression?
        /// The message without a message expression, trimmed.
        let fixedMessage: String
        let reason: StatusReason

        init(_ definition: PolicyDefinition.Validation, expression: CompiledExpression, message: CompiledExpression?) {
            self.expression = expression
            self.message = message
            let text = Names.trimmed(definition.message)
            fixedMessage = text.isEmpty ? "failed expression: \(Names.trimmed(definition.expression.text))" : text
            reason = definition.reason
        }
    }

    final class Named: Sendable {
        let name: String
        let expression: CompiledExpression

        init(name: String, expression: CompiledExpression) {
            self.name = name
            self.expression = expression
        }
    }

    final class Binding: Sendable {
        let id: BindingID
        let match: MatchResources?
        let paramRef: BindingDefinition.ParamRef?

        init(_ definition: BindingDefinition) {
            id = BindingID(
                name: definition.name, actions: definition.actions, actionNames: definition.actionNames,
                file: definition.root.document.source, position: definition.root.position)
            match = definition.match
            paramRef = definition.paramRef
        }
    }

    package let id: PolicyID
    package let match: MatchResources
    let failurePolicy: FailurePolicy
    let paramKind: GroupVersionKind?
    let variables: [Named]
    let variablePrograms: [Result<Program, CompileError>]
    let variableNames: [String]
    let matchConditions: [Named]
    let validations: [Validation]
    let auditAnnotations: [Named]
    let bindings: [Binding]
    /// With the variables, for explanations.
    let environment: Environment
    /// Whether any expression beyond the match conditions reads `namespaceObject`.
    let usesNamespaceObject: Bool
    let usesAuthorizer: Bool
    /// How many expressions the messages evaluate at most, variables included.
    let messageExpressions: Int

    init(_ definition: PolicyDefinition, bindings: [BindingDefinition], compiler: inout ExpressionCompiler) {
        let environments: PolicyEnvironments = definition.paramKind == nil ? .withoutParams : .withParams
        var full = environments.full
        var message = environments.message
        full.composed = Environment.Composed(variable: "variables")
        var variables: [Named] = []
        for (index, variable) in definition.variables.enumerated() {
            let compiled = compiler.compile(variable.expression, index: index, wanted: nil, in: full)
            // One that does not compile can still be named, so that only its own error is reported.
            full.composed?.fields.append((variable.name, compiled.checked?.type ?? .dyn))
            variables.append(Named(name: variable.name, expression: compiled))
        }
        message.composed = full.composed
        self.variables = variables
        environment = full
        matchConditions = Self.conditions(definition, environments, full, &compiler)
        validations = definition.validations.enumerated().map { index, validation in
            let expression = compiler.compile(validation.expression, index: index, wanted: .bool, in: full)
            let messageExpression = validation.messageExpression.map {
                compiler.compile($0, index: index, wanted: .string, in: message)
            }
            return Validation(validation, expression: expression, message: messageExpression)
        }
        auditAnnotations = definition.auditAnnotations.enumerated().map { index, annotation in
            Named(
                name: annotation.name,
                expression: compiler.compile(
                    annotation.expression, index: index, wanted: .stringOrNull, in: full))
        }
        let file = definition.root.document.source
        id = PolicyID(
            kind: "ValidatingAdmissionPolicy", name: definition.name, file: file, position: definition.root.position)
        match = definition.match
        failurePolicy = definition.failurePolicy
        paramKind = definition.paramKind
        variablePrograms = variables.map(\.expression.program)
        variableNames = variables.map(\.name)
        self.bindings = bindings.map(Binding.init)
        let expressions =
            variables.map(\.expression) + validations.map(\.expression) + validations.compactMap(\.message)
            + auditAnnotations.map(\.expression)
        usesNamespaceObject = expressions.contains(where: \.usesNamespaceObject)
        usesAuthorizer = (expressions + matchConditions.map(\.expression)).contains(where: \.usesAuthorizer)
        let messages = validations.compactMap(\.message)
        let readsVariables = messages.contains { $0.check.expression.contains("variables") }
        messageExpressions = messages.count + (readsVariables ? variables.count : 0)
    }

    /// Conditions are refused if they use variables, as the API server refuses them on write; a stored policy that
    /// does so nevertheless is evaluated with them, as there.
    private static func conditions(
        _ definition: PolicyDefinition, _ environments: PolicyEnvironments, _ full: Environment,
        _ compiler: inout ExpressionCompiler
    ) -> [Named] {
        definition.matchConditions.enumerated().map { index, condition in
            let strict = compiler.compile(condition.expression, index: index, wanted: .bool, in: environments.full)
            guard case .failure = strict.program else { return Named(name: condition.name, expression: strict) }
            var lenient = ExpressionCompiler()
            let compiled = lenient.compile(condition.expression, index: index, wanted: .bool, in: full)
            return Named(name: condition.name, expression: compiled)
        }
    }
}
