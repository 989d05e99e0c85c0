import Values

/// `&&` or `||`. Either side's error is forgotten where the other side decides. Free of cost itself.
final class LogicNode: PlanNode, @unchecked Sendable {
    private let left: PlanNode
    private let right: PlanNode
    /// The value that decides: false for `&&`, true for `||`.
    private let decisive: Bool

    init(_ id: ExpressionID, _ left: PlanNode, _ right: PlanNode, decisive: Bool) {
        self.left = left
        self.right = right
        self.decisive = decisive
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        .bool(try evaluateBool(&frame))
    }

    override func evaluateBool(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        var failure: EvaluationError?
        do throws(EvaluationError) {
            if try left.evaluateBool(&frame) == decisive { return decisive }
        } catch {
            if error.isFatal { throw error }
            failure = error
        }
        do throws(EvaluationError) {
            if try right.evaluateBool(&frame) == decisive { return decisive }
        } catch {
            throw error.isFatal ? error : (failure ?? error).located(at: id)
        }
        if let failure { throw failure.located(at: id) }
        return !decisive
    }
}

/// `c ? a : b`. Free of cost itself; a branch that is a plain name does not count its root.
final class ConditionalNode: PlanNode, @unchecked Sendable {
    private let condition: PlanNode
    private let truthy: PlanNode
    private let falsy: PlanNode

    init(_ id: ExpressionID, _ condition: PlanNode, _ truthy: PlanNode, _ falsy: PlanNode) {
        self.condition = condition
        self.truthy = truthy
        self.falsy = falsy
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value: Bool
        do throws(EvaluationError) {
            value = try condition.evaluateBool(&frame)
        } catch {
            throw error.located(at: id)
        }
        return try (value ? truthy : falsy).resolve(&frame)
    }
}

/// `!x`, and the loop condition `@not_strictly_false`.
final class NotNode: PlanNode, @unchecked Sendable {
    private let operand: PlanNode

    init(_ id: ExpressionID, _ operand: PlanNode) {
        self.operand = operand
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        .bool(try evaluateBool(&frame))
    }

    override func evaluateBool(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        let value: Bool
        do throws(EvaluationError) {
            value = try operand.evaluateBool(&frame)
        } catch {
            if !error.isFatal { try frame.charge(1) }
            throw error.located(at: id)
        }
        try frame.charge(1)
        return !value
    }
}

final class NotStrictlyFalseNode: PlanNode, @unchecked Sendable {
    private let operand: PlanNode

    init(_ id: ExpressionID, _ operand: PlanNode) {
        self.operand = operand
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var result = true
        do throws(EvaluationError) {
            if case .bool(false) = try operand.evaluate(&frame) { result = false }
        } catch {
            if error.isFatal { throw error }
        }
        try frame.charge(1)
        return .bool(result)
    }
}
