import CEL
import PolicyEngine
import ValidatingAdmissionPolicies

/// An expression with the name under which it is known.
final class NamedExpression: Sendable {
    let name: String
    let expression: CompiledExpression

    init(_ name: String, _ expression: CompiledExpression) {
        self.name = name
        self.expression = expression
    }
}

/// The conditions and variables of a policy, compiled first: its other expressions are compiled with them.
final class KyvernoScope: Sendable {
    let matchConditions: [NamedExpression]
    let variables: [NamedExpression]
    /// With the variables.
    let environment: Environment

    /// - Parameter conditionsSeeVariables: whether match conditions may use the variables.
    init(
        matchConditions: [PolicyDefinition.Named], variables: [PolicyDefinition.Named], in base: Environment,
        conditionsSeeVariables: Bool = false, compiler: inout ExpressionCompiler
    ) {
        var full = base
        full.composed = Environment.Composed(variable: "variables")
        var compiledVariables: [NamedExpression] = []
        for (index, variable) in variables.enumerated() {
            let compiled = compiler.compile(variable.expression, index: index, wanted: nil, in: full)
            // One that does not compile can still be named, so that only its own error is reported.
            full.composed?.fields.append((variable.name, compiled.checked?.type ?? .dyn))
            compiledVariables.append(NamedExpression(variable.name, compiled))
        }
        self.variables = compiledVariables
        environment = full
        let conditions = conditionsSeeVariables ? full : base
        self.matchConditions = matchConditions.enumerated().map { index, condition in
            NamedExpression(
                condition.name, compiler.compile(condition.expression, index: index, wanted: .bool, in: conditions))
        }
    }

    /// Whether nothing but these variables of the environment has a part in the variables that policies declare.
    func variablesRead(only names: Set<String>) -> Bool {
        variables.allSatisfy { $0.expression.reads(only: names, of: environment) }
    }

    /// Compiles other named expressions of the policy.
    func annotations(_ list: [PolicyDefinition.Named], compiler: inout ExpressionCompiler) -> [NamedExpression] {
        list.enumerated().map { index, annotation in
            NamedExpression(
                annotation.name,
                compiler.compile(annotation.expression, index: index, wanted: .stringOrNull, in: environment))
        }
    }
}
