import CEL
import Diagnostics
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// What an expression may cost, before anything is evaluated.
package struct CostReport: Sendable {
    /// `spec.validations[0].expression`.
    package let field: String
    /// With a large object of practice.
    package let large: UInt64
    /// With the largest request, as Kubernetes estimates it; `UInt64.max` if nothing bounds it.
    package let worst: UInt64
}

struct CostRules {
    private let large: ObjectSizes
    private let request: ObjectSizes

    init(_ types: RuntimeTypes) {
        large = ObjectSizes(bound: .large, types: types)
        request = ObjectSizes(bound: .request, types: types)
    }

    /// Of each expression the dearest of the kinds.
    func reports(_ typings: [KindTyping]) -> [(expression: TypedExpression, report: CostReport)] {
        var order: [String] = []
        var dearest: [String: (expression: TypedExpression, large: UInt64)] = [:]
        for expression in typings.flatMap(\.all) {
            let field = expression.compiled.check.field
            let cost = CostEstimator.estimate(expression.typing.checked, large).max
            if dearest[field] == nil { order.append(field) }
            if cost >= dearest[field]?.large ?? 0 { dearest[field] = (expression, cost) }
        }
        return order.compactMap { field in
            dearest[field].map { found in
                let worst = CostEstimator.estimate(found.expression.typing.checked, request).max
                return (found.expression, CostReport(field: field, large: found.large, worst: worst))
            }
        }
    }

    func findings(_ typings: [KindTyping]) -> [LintFinding] {
        let limit = PolicyLimits.costPerExpression
        return typings.isEmpty
            ? []
            : dear(typings, above: limit / 2).map { expression, cost in
                LintFinding(
                    .cost,
                    "with a large object this may cost \(cost == .max ? "any amount" : "\(cost)"), "
                        + (cost > limit ? "above" : "close to") + " the limit of \(limit), where evaluation fails",
                    at: .init(expression.compiled),
                    notes: [
                        Diagnostic.Note(
                            "large: \(LintLimits.largeList) elements in each list and map, texts of "
                                + "\(LintLimits.largeText)")
                    ],
                    help: "loops within loops multiply: filter first, or look up in a map")
            }
    }

    private func dear(_ typings: [KindTyping], above limit: UInt64) -> [(TypedExpression, UInt64)] {
        var dearest: [String: (TypedExpression, UInt64)] = [:]
        for expression in typings.flatMap(\.all) where expression.typing.issues.isEmpty {
            let cost = CostEstimator.estimate(expression.typing.checked, large).max
            let field = expression.compiled.check.field
            if cost > limit, cost > dearest[field]?.1 ?? 0 { dearest[field] = (expression, cost) }
        }
        return dearest.values.sorted { $0.0.compiled.check.field < $1.0.compiled.check.field }
    }
}
