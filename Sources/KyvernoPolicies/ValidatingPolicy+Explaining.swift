import Admission
package import PolicyEngine
import ValidatingAdmissionPolicies

/// Shows all of a policy at work on one request. It has no bindings and is shown as if it had one of its own name.
extension ValidatingPolicy: ExplainablePolicy {
    package func matchClauses(_ context: AdmissionContext) -> [MatchClause] {
        var clauses = match.clauses(context, field: "spec.matchConstraints")
        if !id.namespace.isEmpty {
            let namespace = context.request.namespace
            clauses.append(
                MatchClause(
                    field: "metadata.namespace", wanted: "the namespace `\(id.namespace)`",
                    found: namespace.isEmpty ? "no namespace" : "`\(namespace)`", holds: namespace == id.namespace))
        }
        return clauses
    }

    package func explain(_ context: AdmissionContext, withExpressions: Bool) -> [ExplainedBinding] {
        var evaluator = ValidatingPolicyEvaluator(self, context, allowances: ExceptionAllowances())
        var explained = ExplainedBinding(name: id.name, clauses: [])
        let early = evaluator.runner.activation
        for condition in scope.matchConditions {
            explained.expressions.append(condition.expression.explained(condition.name, in: scope.environment, early))
        }
        guard withExpressions else { return [explained] }
        // Where images cannot be looked at, the expressions about them say so.
        if let images { _ = try? evaluator.prepare(images) }
        let activation = evaluator.runner.activation
        for variable in scope.variables {
            explained.expressions.append(
                variable.expression.explained(variable.name, in: scope.environment, activation))
        }
        for validation in validations {
            explained.expressions.append(validation.expression.explained(in: scope.environment, activation))
        }
        return [explained]
    }
}
