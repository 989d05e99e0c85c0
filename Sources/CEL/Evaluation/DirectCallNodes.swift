import Values

extension CallCost {
    /// The cost if it does not depend on the result.
    @inline(__always)
    func amount(_ first: Value?, _ second: Value?) -> UInt64? {
        switch self {
        case .one: 1
        case .fixed(let amount): amount
        case .sized(let amount): amount(first, second)
        case .custom: nil
        }
    }

    fileprivate func amount(_ arguments: [Value?], result: Value?) -> UInt64 {
        if case .custom(let amount) = self { return amount(arguments, result) }
        return amount(arguments.first ?? nil, arguments.count > 1 ? arguments[1] : nil) ?? 1
    }
}

/// A call of one overload with one argument.
final class UnaryCallNode: PlanNode, @unchecked Sendable {
    private let function: String
    private let parameters: [CELType]
    private let argument: PlanNode
    /// nil where the checker has made sure of the argument's type.
    private let expected: CELType?
    private let body: @Sendable (Value) throws(EvaluationError) -> Value
    private let cost: CallCost

    init(
        _ id: ExpressionID, _ function: String, _ argument: PlanNode, _ candidate: CallNode.Candidate,
        _ body: @escaping @Sendable (Value) throws(EvaluationError) -> Value, _ cost: CallCost
    ) {
        self.function = function
        self.argument = argument
        parameters = candidate.parameters
        expected = candidate.needsCheck ? candidate.parameters[0] : nil
        self.body = body
        self.cost = cost
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value: Value
        do throws(EvaluationError) {
            value = try argument.evaluate(&frame)
        } catch {
            if !error.isFatal { try frame.charge(cost.amount([nil], result: nil)) }
            throw error
        }
        let result: Value
        do throws(EvaluationError) {
            if let expected, !expected.accepts(value) { throw CallNode.noSuchOverload(function, [value]) }
            result = try body(value)
        } catch {
            if !error.isFatal { try frame.charge(cost.amount([value], result: nil)) }
            let isAccepted = parameters[0].accepts(value)
            throw (isAccepted ? error : CallNode.reworded(error, function, [value])).located(at: id)
        }
        try frame.charge(cost.amount(value, nil) ?? cost.amount([value], result: result))
        return result
    }
}

/// A call of one overload with two arguments; the second runs even if the first has failed.
final class BinaryCallNode: PlanNode, @unchecked Sendable {
    private let function: String
    private let parameters: [CELType]
    private let left: PlanNode
    private let right: PlanNode
    /// nil where the checker has made sure of the argument's type.
    private let expectedLeft: CELType?
    private let expectedRight: CELType?
    private let body: @Sendable (Value, Value) throws(EvaluationError) -> Value
    private let cost: CallCost

    init(
        _ id: ExpressionID, _ function: String, _ left: PlanNode, _ right: PlanNode, _ candidate: CallNode.Candidate,
        _ body: @escaping @Sendable (Value, Value) throws(EvaluationError) -> Value, _ cost: CallCost
    ) {
        self.function = function
        self.left = left
        self.right = right
        parameters = candidate.parameters
        expectedLeft = candidate.needsCheck ? candidate.parameters[0] : nil
        // A constant of the right kind stays one.
        let isKnown = right.constant.map { candidate.parameters[1].accepts($0) } ?? false
        expectedRight = candidate.needsCheck && !isKnown ? candidate.parameters[1] : nil
        self.body = body
        self.cost = cost
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let first: Value
        do throws(EvaluationError) {
            first = try left.evaluate(&frame)
        } catch {
            if !error.isFatal { try chargeRightAlone(&frame) }
            throw error
        }
        let second: Value
        do throws(EvaluationError) {
            second = try right.evaluate(&frame)
        } catch {
            if !error.isFatal { try frame.charge(cost.amount([first, nil], result: nil)) }
            throw error
        }
        let result: Value
        do throws(EvaluationError) {
            guard expectedLeft?.accepts(first) ?? true, expectedRight?.accepts(second) ?? true else {
                throw CallNode.noSuchOverload(function, [first, second])
            }
            result = try body(first, second)
        } catch {
            if !error.isFatal { try frame.charge(cost.amount([first, second], result: nil)) }
            let isAccepted = parameters[0].accepts(first) && parameters[1].accepts(second)
            throw (isAccepted ? error : CallNode.reworded(error, function, [first, second])).located(at: id)
        }
        try frame.charge(cost.amount(first, second) ?? cost.amount([first, second], result: result))
        return result
    }

    private func chargeRightAlone(_ frame: inout Frame) throws(EvaluationError) {
        var value: Value?
        do throws(EvaluationError) {
            value = try right.evaluate(&frame)
        } catch {
            if error.isFatal { throw error }
        }
        try frame.charge(cost.amount([nil, value], result: nil))
    }
}

/// A call of a function that looks at the evaluation's scope. Arguments are evaluated in order; the first error ends it.
final class ScopedCallNode: PlanNode, @unchecked Sendable {
    typealias Body = @Sendable ((any Sendable & AnyObject)?, [Value]) throws(EvaluationError) -> Value

    private let function: String
    private let parameters: [CELType]
    private let arguments: [PlanNode]
    private let body: Body
    private let cost: CallCost

    init(
        _ id: ExpressionID, _ function: String, _ arguments: [PlanNode], _ candidate: CallNode.Candidate,
        _ body: @escaping Body, _ cost: CallCost
    ) {
        self.function = function
        self.arguments = arguments
        parameters = candidate.parameters
        self.body = body
        self.cost = cost
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments { values.append(try argument.evaluate(&frame)) }
        for (parameter, value) in zip(parameters, values) where !parameter.accepts(value) {
            throw CallNode.noSuchOverload(function, values).located(at: id)
        }
        let result: Value
        do throws(EvaluationError) {
            result = try body(frame.activation.scope, values)
        } catch {
            throw error.located(at: id)
        }
        try frame.charge(cost.amount(values.first, values.dropFirst().first) ?? cost.amount(values, result: result))
        return result
    }
}
