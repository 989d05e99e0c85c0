import CEL
package import PolicyEngine
import Values

/// Shows all of a policy at work on one request, for `explain` and for near misses.
extension AdmissionPolicy: ExplainablePolicy {
    package func matchClauses(_ context: AdmissionContext) -> [MatchClause] {
        match.clauses(context, field: "spec.matchConstraints")
    }

    package func explain(_ context: AdmissionContext, withExpressions: Bool) -> [ExplainedBinding] {
        bindings.flatMap { binding in
            let clauses = binding.match?.clauses(context, field: "spec.matchResources", isBinding: true) ?? []
            guard clauses.allSatisfy({ $0.holds != false }) else {
                return [ExplainedBinding(name: binding.id.name, clauses: clauses)]
            }
            return params(of: binding, context).map { param in
                explain(
                    binding, clauses, PolicyEvaluator(policy: self, binding: binding, param: param, context: context),
                    withExpressions)
            }
        }
    }

    /// Without params where they cannot be found; the verdict says that.
    private func params(of binding: Binding, _ context: AdmissionContext) -> [Node?] {
        (try? collectParams(binding, context)) ?? [nil]
    }

    private func explain(
        _ binding: Binding, _ clauses: [MatchClause], _ evaluator: PolicyEvaluator, _ withExpressions: Bool
    ) -> ExplainedBinding {
        let authorizer = usesAuthorizer ? evaluator.authorizerValues() : nil
        let name = binding.id.name + (evaluator.paramName.map { " with param \($0)" } ?? "")
        var explained = ExplainedBinding(name: name, clauses: clauses)
        let early = evaluator.activation(.null, authorizer)
        for condition in matchConditions {
            explained.expressions.append(Self.explain(condition.expression, condition.name, environment, early))
        }
        guard withExpressions else { return explained }
        let namespace = evaluator.context.namespaceObject.map { Value($0) } ?? .null
        let activation = evaluator.activation(namespace, authorizer)
        for variable in variables {
            explained.expressions.append(Self.explain(variable.expression, variable.name, environment, activation))
        }
        for validation in validations {
            explained.expressions.append(Self.explain(validation.expression, "", environment, activation))
        }
        return explained
    }

    private static func explain(
        _ expression: CompiledExpression, _ name: String, _ environment: Environment, _ activation: Activation
    ) -> ExplainedExpression {
        let check = expression.check
        var explained = ExplainedExpression(
            field: check.field, name: name, parts: [], file: check.file, range: check.range)
        guard let checked = expression.checked, let traced = TracedParts(of: checked, in: environment, activation)
        else {
            explained.parts = [ExplainedPart(depth: 0, text: check.expression, error: expression.compileMessage)]
            return explained
        }
        explained.parts = traced.parts.map { part in
            ExplainedPart(depth: part.depth, text: part.text, value: part.value, error: part.error?.message)
        }
        return explained
    }
}
