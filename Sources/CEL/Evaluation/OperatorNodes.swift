import Values

/// How an operator's cost depends on its operands; failed operands have size 1.
enum OperatorCost {
    case one
    /// A tenth of the smaller operand, rounded up.
    case smaller
    /// The same, but 1 where the left operand has a library's own type.
    case equality
    /// A tenth of both operands, rounded up.
    case both
    /// The size of the right operand.
    case right

    /// A failed operand counts as null does, whose size is 1.
    func amount(_ left: Value?, _ right: Value?) -> UInt64 { amount(left ?? .null, right ?? .null) }

    @inline(__always)
    func amount(_ left: Value, _ right: Value) -> UInt64 {
        switch self {
        case .one: return 1
        case .smaller: return (min(Self.size(left), Self.size(right)) + 9) / 10
        case .equality:
            if case .object = left { return 1 }
            return (min(Self.size(left), Self.size(right)) + 9) / 10
        case .both: return (Self.size(left) + Self.size(right) + 9) / 10
        case .right: return Self.size(right)
        }
    }

    @inline(__always)
    private static func size(_ value: Value) -> UInt64 {
        switch value {
        case .null, .bool, .int, .uint, .double: return 1
        default: return costSize(value)
        }
    }
}

/// An operator with two operands, both always evaluated.
class BinaryNode: PlanNode, @unchecked Sendable {
    final let left: PlanNode
    final let right: PlanNode
    final let cost: OperatorCost

    init(_ id: ExpressionID, _ left: PlanNode, _ right: PlanNode, cost: OperatorCost) {
        self.left = left
        self.right = right
        self.cost = cost
        super.init(id)
    }

    func apply(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        preconditionFailure("abstract")
    }

    final override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let a: Value
        do throws(EvaluationError) {
            a = try left.evaluate(&frame)
        } catch {
            if !error.isFatal { try chargeRightAlone(&frame) }
            throw error
        }
        let b: Value
        do throws(EvaluationError) {
            b = try right.evaluate(&frame)
        } catch {
            if !error.isFatal { try frame.charge(cost.amount(a, nil)) }
            throw error
        }
        try frame.charge(cost.amount(a, b))
        do throws(EvaluationError) {
            return try apply(a, b)
        } catch {
            throw error.located(at: id)
        }
    }

    /// The right operand runs even after the left one failed: its cost counts.
    private final func chargeRightAlone(_ frame: inout Frame) throws(EvaluationError) {
        var value: Value?
        do throws(EvaluationError) {
            value = try right.evaluate(&frame)
        } catch {
            if error.isFatal { throw error }
        }
        try frame.charge(cost.amount(nil, value))
    }
}

final class EqualityNode: BinaryNode, @unchecked Sendable {
    let isNegated: Bool

    init(_ id: ExpressionID, _ left: PlanNode, _ right: PlanNode, negated: Bool) {
        isNegated = negated
        super.init(id, left, right, cost: negated ? .smaller : .equality)
    }

    override func apply(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        guard let equal = valuesEqual(left, right) else { throw .noSuchOverload() }
        return .bool(equal != isNegated)
    }
}

final class OrderingNode: BinaryNode, @unchecked Sendable {
    enum Relation: String {
        case less = "_<_"
        case lessEquals = "_<=_"
        case greater = "_>_"
        case greaterEquals = "_>=_"
    }

    private let relation: Relation

    init(_ id: ExpressionID, _ relation: Relation, _ left: PlanNode, _ right: PlanNode, cost: OperatorCost) {
        self.relation = relation
        super.init(id, left, right, cost: cost)
    }

    override func apply(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        guard left.isOrdered else { throw EvaluationError(.noSuchOverload, "no such overload: \(relation.rawValue)") }
        let order = try compareValues(left, right)
        return switch relation {
        case .less: .bool(order < 0)
        case .lessEquals: .bool(order <= 0)
        case .greater: .bool(order > 0)
        case .greaterEquals: .bool(order >= 0)
        }
    }
}

final class ArithmeticNode: BinaryNode, @unchecked Sendable {
    private let operation: Arithmetic

    init(_ id: ExpressionID, _ operation: Arithmetic, _ left: PlanNode, _ right: PlanNode, cost: OperatorCost) {
        self.operation = operation
        super.init(id, left, right, cost: cost)
    }

    override func apply(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        try operation(left, right)
    }
}

final class MembershipNode: BinaryNode, @unchecked Sendable {
    override func apply(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        switch right {
        case .list(let elements): return .bool(elements.contains { valuesEqual(left, $0) == true })
        case .listNode(let node): return .bool(node.elements.contains { valuesEqual(left, Value($0)) == true })
        case .map, .mapNode: return .bool(try right.element(at: left) != nil)
        default: throw .noSuchOverload()
        }
    }
}

/// `x in [constants]`: costs nothing beyond `x`.
final class ConstantMembershipNode: PlanNode, @unchecked Sendable {
    private let operand: PlanNode
    private let elements: [Value]
    /// For long lists: within the cost limit a loop could scan one any number of times.
    private let index: ValueIndex?

    init(_ id: ExpressionID, _ operand: PlanNode, _ elements: [Value]) {
        self.operand = operand
        self.elements = elements
        index = elements.count > 16 ? ValueIndex(.list(elements)) : nil
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value = try operand.evaluate(&frame)
        if let index { return .bool(index.contains(value)) }
        return .bool(elements.contains { valuesEqual(value, $0) == true })
    }
}

final class NegationNode: PlanNode, @unchecked Sendable {
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
        switch value {
        case .int(.min): throw EvaluationError(.overflow, "integer overflow", at: id)
        case .int(let int): return .int(-int)
        case .double(let double): return .double(-double)
        default: throw EvaluationError.noSuchOverload().located(at: id)
        }
    }
}
