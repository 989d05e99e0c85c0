package import Values

/// An expression ready to run: immutable, evaluated from any number of threads at once.
package struct Program: Sendable {
    let root: PlanNode
    /// Comprehension variables alive at the same time, at most.
    let localCount: Int
    /// The type the checker found for the result.
    package let type: CELType

    /// Evaluates once.
    ///
    /// - Parameter budget: is charged what the evaluation cost, also when it fails.
    /// - Throws: the error that is the expression's outcome, with the node where it arose.
    package func evaluate(_ activation: Activation, budget: inout CostBudget) throws(EvaluationError) -> Value {
        let remaining = budget.limit - min(budget.used, budget.limit)
        return try withFrame(activation, limit: remaining, budget: &budget)
    }

    private func withFrame(
        _ activation: Activation, limit: UInt64, budget: inout CostBudget
    ) throws(EvaluationError) -> Value {
        var frame = Frame(activation: activation, locals: localCount, limit: limit)
        do throws(EvaluationError) {
            let value = try root.evaluate(&frame)
            budget.spend(frame.cost)
            return value
        } catch {
            budget.spend(frame.cost)
            throw error
        }
    }
}
