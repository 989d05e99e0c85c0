import Admission
import CEL
package import PolicyEngine
import Values

/// A ValidatingAdmissionPolicy with its bindings, compiled.
package final class AdmissionPolicy: CompiledPolicy {
    /// A class, so that evaluation passes it on without touching its parts.
    final class Validation: Sendable {
        let expression: CompiledExpression
        let message: CompiledExpression?
        /// The message without a message expression, trimmed.
        let fixedMessage: String
        let hasMessage: Bool
        let reason: StatusReason

        init(_ definition: PolicyDefinition.Validation, expression: CompiledExpression, message: CompiledExpression?) {
            self.expression = expression
            self.message = message
            let text = Names.trimmed(definition.message)
            hasMessage = !text.isEmpty
            fixedMessage = text.isEmpty ? "failed expression: \(Names.trimmed(definition.expression.text))" : text
            reason = definition.reason
        }
    }

    let frame: PolicyFrame
    let validations: [Validation]
    let auditAnnotations: [NamedExpression]
    /// How many expressions the messages evaluate at most, variables included.
    let messageExpressions: Int

    package var id: PolicyID { frame.id }
    package var match: MatchResources { frame.match }
    package var paramSources: [ParamSource] { frame.paramSources }

    package func matches(_ context: AdmissionContext) -> MatchResources.Outcome { frame.matches(context) }

    init(_ definition: PolicyDefinition, bindings: [BindingDefinition], compiler: inout ExpressionCompiler) {
        let scope = PolicyScope(definition.head, compiler: &compiler)
        let validations = definition.validations.enumerated().map { index, validation in
            let expression = compiler.compile(
                validation.expression, index: index, wanted: .bool, in: scope.environment)
            let messageExpression = validation.messageExpression.map {
                compiler.compile($0, index: index, wanted: .string, in: scope.message)
            }
            return Validation(validation, expression: expression, message: messageExpression)
        }
        let auditAnnotations = definition.auditAnnotations.enumerated().map { index, annotation in
            NamedExpression(
                name: annotation.name,
                expression: compiler.compile(
                    annotation.expression, index: index, wanted: .stringOrNull, in: scope.environment))
        }
        frame = PolicyFrame(
            kind: "ValidatingAdmissionPolicy", scope, bindings: bindings,
            expressions: validations.map(\.expression) + validations.compactMap(\.message)
                + auditAnnotations.map(\.expression))
        let messages = validations.compactMap(\.message)
        let readsVariables = messages.contains { $0.check.expression.contains("variables") }
        messageExpressions = messages.count + (readsVariables ? scope.variables.count : 0)
        self.validations = validations
        self.auditAnnotations = auditAnnotations
    }

    init(_ frame: PolicyFrame, validations: [Validation], messageExpressions: Int) {
        self.frame = frame
        self.validations = validations
        self.messageExpressions = messageExpressions
        auditAnnotations = []
    }
}
