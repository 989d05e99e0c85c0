import Values

/// A call or operator whose operands never change: evaluated while planning, so that a loop does not repeat it. Still charged for.
final class SteadyNode: PlanNode, @unchecked Sendable {
    private let outcome: Result<Value, EvaluationError>
    private let cost: UInt64
    private let stoodForConditional: Bool

    /// Above these the call stays as it is: a program should not hold large results, nor planning take long.
    private static let largestCost: UInt64 = 1_000
    private static let largestSize: UInt64 = 1_000

    /// - Parameter node: a call of a pure function; nil if it is too costly or has too large a result.
    init?(_ node: PlanNode) {
        let program = Program(root: node, localCount: 0, type: .dyn)
        var budget = CostBudget(limit: Self.largestCost)
        do throws(EvaluationError) {
            let value = try program.evaluate(Activation([]), budget: &budget)
            guard costSize(value) <= Self.largestSize else { return nil }
            outcome = .success(value)
        } catch {
            if error.isFatal { return nil }
            outcome = .failure(error)
        }
        cost = budget.used
        stoodForConditional = node.isConditional
        super.init(node.id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try frame.charge(cost)
        return try outcome.get()
    }

    override var isSteady: Bool { true }
    override var isConditional: Bool { stoodForConditional }
}
