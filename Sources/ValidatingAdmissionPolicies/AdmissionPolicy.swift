import Admission
import CEL
package import PolicyEngine
import Values

/// A ValidatingAdmissionPolicy with its bindings, compiled.
package final class AdmissionPolicy: CompiledPolicy {
    struct Validation: Sendable {
        let expression: CompiledExpression
        let message: CompiledExpression?
        /// The message without a message expression, trimmed.
        let fixedMessage: String
        let reason: StatusReason
    }

    struct Named: Sendable {
        let name: String
        let expression: CompiledExpression
    }

    struct Binding: Sendable {
        let id: BindingID
        let match: MatchResources?
        let paramRef: BindingDefinition.ParamRef?
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
    let messageCount: Int

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
            let text = Names.trimmed(validation.message)
            return Validation(
                expression: expression, message: messageExpression,
                fixedMessage: text.isEmpty
                    ? "failed expression: \(Names.trimmed(validation.expression.text))" : text,
                reason: validation.reason)
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
        self.bindings = bindings.map { binding in
            Binding(
                id: BindingID(
                    name: binding.name, actions: binding.actions, actionNames: binding.actionNames,
                    file: binding.root.document.source, position: binding.root.position),
                match: binding.match, paramRef: binding.paramRef)
        }
        let expressions =
            variables.map(\.expression) + validations.map(\.expression) + validations.compactMap(\.message)
            + auditAnnotations.map(\.expression)
        usesNamespaceObject = expressions.contains(where: \.usesNamespaceObject)
        usesAuthorizer = (expressions + matchConditions.map(\.expression)).contains(where: \.usesAuthorizer)
        messageCount = validations.count { $0.message != nil }
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
