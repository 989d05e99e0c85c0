package import Values

/// An expression ready to run: immutable, evaluated from any number of threads at once.
package struct Program: Sendable {
    let root: PlanNode
    /// Loop variables alive at the same time, at most.
    let localCount: Int
    /// The type the checker found for the result.
    package let type: CELType

    init(root: PlanNode, localCount: Int, type: CELType) {
        self.root = root
        self.localCount = localCount
        self.type = type
    }

    /// Evaluates once.
    ///
    /// - Parameters:
    ///   - budget: is charged what the evaluation cost, also when it fails.
    ///   - trace: records the nodes' values if the program was planned for tracing.
    /// - Throws: the error that is the expression's outcome, with the node where it arose.
    package func evaluate(
        _ activation: Activation, budget: inout CostBudget, trace: Trace? = nil
    ) throws(EvaluationError) -> Value {
        let remaining = budget.limit - min(budget.used, budget.limit)
        let (result, cost) = withUnsafeTemporaryAllocation(of: Local.self, capacity: max(1, localCount)) { locals in
            locals.initialize(repeating: Local())
            defer { locals.deinitialize() }
            // INVARIANT: capacity is at least 1, so the base address exists.
            guard let base = locals.baseAddress else { preconditionFailure("no locals") }
            var frame = Frame(activation: activation, locals: base, limit: remaining, trace: trace)
            let result = Self.run(root, &frame)
            return (result, frame.cost)
        }
        budget.spend(cost)
        return try result.get()
    }

    private static func run(_ root: PlanNode, _ frame: inout Frame) -> Result<Value, EvaluationError> {
        do throws(EvaluationError) {
            return .success(try root.evaluate(&frame))
        } catch {
            return .failure(error)
        }
    }
}
