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
        var failure: EvaluationError?
        do throws(EvaluationError) {
            if try bool(left, &frame) == decisive { return .bool(decisive) }
        } catch {
            if error.isFatal { throw error }
            failure = error
        }
        do throws(EvaluationError) {
            if try bool(right, &frame) == decisive { return .bool(decisive) }
        } catch {
            throw error.isFatal ? error : failure ?? error
        }
        if let failure { throw failure }
        return .bool(!decisive)
    }

    @inline(__always)
    private func bool(_ node: PlanNode, _ frame: inout Frame) throws(EvaluationError) -> Bool {
        guard case .bool(let value) = try node.evaluate(&frame) else {
            throw EvaluationError.noSuchOverload().located(at: id)
        }
        return value
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
        guard case .bool(let value) = try condition.evaluate(&frame) else {
            throw EvaluationError.noSuchOverload().located(at: id)
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
        let value: Value
        do throws(EvaluationError) {
            value = try operand.evaluate(&frame)
        } catch {
            if !error.isFatal { try frame.charge(1) }
            throw error
        }
        try frame.charge(1)
        guard case .bool(let flag) = value else { throw EvaluationError.noSuchOverload().located(at: id) }
        return .bool(!flag)
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
