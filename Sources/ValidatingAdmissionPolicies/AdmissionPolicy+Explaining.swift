import Admission
package import CEL
package import PolicyEngine
import Values

/// Shows all of a policy at work on one request, for `explain` and for near misses.
extension AdmissionPolicy: ExplainablePolicy {
    package func matchClauses(_ context: AdmissionContext) -> [MatchClause] {
        let clauses = match.clauses(context, field: "spec.matchConstraints")
        guard context.request.isExemptFromPolicies else { return clauses }
        return clauses + [
            MatchClause(
                field: "spec.matchConstraints", wanted: "what API servers ask policies about",
                found: context.request.groupResource, holds: false)
        ]
    }

    package func explain(_ context: AdmissionContext, withExpressions: Bool) -> [ExplainedBinding] {
        frame.bindings.flatMap { binding in
            let clauses = binding.match?.clauses(context, field: "spec.matchResources", isBinding: true) ?? []
            guard clauses.allSatisfy({ $0.holds != false }) else {
                return [ExplainedBinding(name: binding.id.name, clauses: clauses)]
            }
            return params(of: binding, context).map { param in
                let runner = ExpressionRunner(frame: frame, binding: binding, param: param, context: context)
                return explain(binding, clauses, runner, withExpressions)
            }
        }
    }

    /// Without params where they cannot be found; the verdict says that.
    private func params(of binding: PolicyBinding, _ context: AdmissionContext) -> [Node?] {
        (try? frame.collectParams(binding, context)) ?? [nil]
    }

    private func explain(
        _ binding: PolicyBinding, _ clauses: [MatchClause], _ runner: ExpressionRunner, _ withExpressions: Bool
    ) -> ExplainedBinding {
        let authorizer = frame.usesAuthorizer ? runner.authorizerValues() : nil
        let name = binding.id.name + (runner.paramName.map { " with param \($0)" } ?? "")
        var explained = ExplainedBinding(name: name, clauses: clauses)
        let early = runner.activation(.null, authorizer)
        for condition in frame.matchConditions {
            explained.expressions.append(condition.expression.explained(condition.name, in: frame.environment, early))
        }
        guard withExpressions else { return explained }
        let namespace = runner.context.namespaceObject.map { Value($0) } ?? .null
        let activation = runner.activation(namespace, authorizer)
        for variable in frame.variables {
            explained.expressions.append(
                variable.expression.explained(variable.name, in: frame.environment, activation))
        }
        for validation in validations {
            explained.expressions.append(validation.expression.explained(in: frame.environment, activation))
        }
        return explained
    }
}

extension CompiledExpression {
    /// All its parts with what they come to.
    package func explained(
        _ name: String = "", in environment: Environment, _ activation: Activation
    ) -> ExplainedExpression {
        var explained = ExplainedExpression(
            field: check.field, name: name, parts: [], file: check.file, range: check.range)
        guard let checked, let traced = TracedParts(of: checked, in: environment, activation) else {
            explained.parts = [ExplainedPart(depth: 0, text: check.expression, error: compileMessage)]
            return explained
        }
        explained.parts = traced.parts.map { part in
            ExplainedPart(depth: part.depth, text: part.text, value: part.value, error: part.error?.message)
        }
        return explained
    }
}
