package import CEL
package import PolicyEngine
import Values

/// Coverage of expressions: what is to be reached in one, and what one evaluation reached.
extension CompiledExpression {
    /// - Parameter role: what the whole expression is in its policy.
    package func coveragePoints(_ role: CoveragePoint.Role) -> [CoveragePoint] {
        guard let checked else { return [] }
        return DecisionParts(of: checked).parts.map { part in
            let own: CoveragePoint.Role =
                switch part.role {
                case .whole: role
                case .branch: .branch
                case .part: .part
                }
            return CoveragePoint(
                own, of: check, part: part.id.index, wanted: part.isCondition ? [.isTrue, .isFalse] : .value,
                text: part.text, range: range(part.span))
        }
    }

    /// Evaluates once more with every node recorded. The verdict's own evaluation is left as it is, costs included.
    ///
    /// - Parameter variables: the composed variables' expressions, in the order of the environment's fields.
    package func record(
        _ activation: Activation, variables: [CompiledExpression], in environment: Environment,
        to coverage: CoverageRecorder
    ) {
        guard let program = tracedProgram(in: environment) else { return }
        let traces = variables.map { _ in Trace() }
        let traced: [Result<Program, CompileError>] = variables.map { variable in
            variable.tracedProgram(in: environment).map { .success($0) } ?? variable.program
        }
        let composed = variables.isEmpty ? nil : ComposedVariables(traced, limit: Self.cost, traces: traces)
        let trace = Trace()
        var budget = CostBudget(limit: Self.cost)
        // An error is among what was recorded.
        _ = try? program.evaluate(Activation(activation.values, composed: composed), budget: &budget, trace: trace)
        coverage.record(check, trace.coverage)
        for (variable, trace) in zip(variables, traces) where !trace.seen.isEmpty {
            coverage.record(variable.check, trace.coverage)
        }
    }

    private static var cost: UInt64 { PolicyLimits.costPerExpression }
}

extension Trace {
    fileprivate var coverage: [UInt32: CoverageOutcomes] {
        Dictionary(uniqueKeysWithValues: seen.map { ($0.key.index, CoverageOutcomes($0.value)) })
    }
}

extension CoverageOutcomes {
    fileprivate init(_ seen: SeenOutcomes) {
        self = []
        if seen.contains(.isTrue) { insert(.isTrue) }
        if seen.contains(.isFalse) { insert(.isFalse) }
        if !seen.isEmpty { insert(.value) }
        if seen.contains(.error) { insert(.error) }
    }
}

extension AdmissionPolicy: CoverablePolicy {
    package var coveragePoints: [CoveragePoint] {
        frame.matchConditions.flatMap { $0.expression.coveragePoints(.condition) }
            + frame.variables.flatMap { $0.expression.coveragePoints(.part) }
            + validations.flatMap { $0.expression.coveragePoints(.validation) }
    }
}
