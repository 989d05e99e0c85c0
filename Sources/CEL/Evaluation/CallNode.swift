import Values

/// A call of a library function.
///
/// Up to two arguments are all evaluated even if one fails (their cost counts); from three on the first error ends it.
final class CallNode: PlanNode, @unchecked Sendable {
    private let arguments: [PlanNode]
    private let candidates: [Candidate]
    private let cost: CallCost
    private let function: String

    /// One overload that the call may be.
    struct Candidate {
        let parameters: [CELType]
        let implementation: Implementation
        /// Whether the arguments' kinds must still be checked at run time.
        let needsCheck: Bool
    }

    init(_ id: ExpressionID, function: String, arguments: [PlanNode], candidates: [Candidate], cost: CallCost) {
        self.function = function
        self.arguments = arguments
        self.candidates = candidates
        self.cost = cost
        super.init(id)
    }

    /// The shortest node for the call.
    static func make(
        _ id: ExpressionID, function: String, arguments: [PlanNode], candidates: [Candidate], cost: CallCost
    ) -> PlanNode {
        if candidates.count == 1 {
            switch candidates[0].implementation {
            case .unary(let body) where arguments.count == 1:
                return UnaryCallNode(id, function, arguments[0], candidates[0], body, cost)
            case .binary(let body) where arguments.count == 2:
                return BinaryCallNode(id, function, arguments[0], arguments[1], candidates[0], body, cost)
            case .scoped(let body):
                return ScopedCallNode(id, function, arguments, candidates[0], body, cost)
            default: break
            }
        }
        return CallNode(id, function: function, arguments: arguments, candidates: candidates, cost: cost)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        switch arguments.count {
        case 0: return try finish(&frame, nil, nil, run(nil, nil))
        case 1: return try unary(&frame)
        case 2: return try binary(&frame)
        default: return try variadic(&frame)
        }
    }

    private func unary(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value: Value
        do throws(EvaluationError) {
            value = try arguments[0].evaluate(&frame)
        } catch {
            if !error.isFatal { try charge(&frame, nil, nil, nil) }
            throw error
        }
        return try finish(&frame, value, nil, run(value))
    }

    private func binary(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var failure: EvaluationError?
        var left: Value?
        var right: Value?
        do throws(EvaluationError) {
            left = try arguments[0].evaluate(&frame)
        } catch {
            if error.isFatal { throw error }
            failure = error
        }
        do throws(EvaluationError) {
            right = try arguments[1].evaluate(&frame)
        } catch {
            if error.isFatal { throw error }
            failure = failure ?? error
        }
        if let failure {
            try charge(&frame, left, right, nil)
            throw failure
        }
        return try finish(&frame, left, right, run(left, right))
    }

    private func variadic(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments { values.append(try argument.evaluate(&frame)) }
        let result = run(values)
        return try finish(&frame, values[0], values[1], result, all: values)
    }

    private func run(_ value: Value) -> Result<Value, EvaluationError> {
        for index in candidates.indices
        where !candidates[index].needsCheck || candidates[index].parameters[0].accepts(value) {
            guard case .unary(let body) = candidates[index].implementation else {
                if case .variadic = candidates[index].implementation { return run([value]) }
                continue
            }
            do throws(EvaluationError) {
                return .success(try body(value))
            } catch {
                return .failure(reworded(error, [value]))
            }
        }
        return .failure(noSuchOverload([value]))
    }

    private func run(_ first: Value?, _ second: Value?) -> Result<Value, EvaluationError> {
        for candidate in candidates {
            if candidate.needsCheck {
                if let first, !candidate.parameters[0].accepts(first) { continue }
                if let second, !candidate.parameters[1].accepts(second) { continue }
            }
            do throws(EvaluationError) {
                switch (candidate.implementation, first, second) {
                case (.nullary(let body), _, _): return .success(try body())
                case (.binary(let body), let first?, let second?): return .success(try body(first, second))
                case (.variadic(let body), _, _): return .success(try body([first, second].compactMap { $0 }))
                default: continue
                }
            } catch {
                return .failure(reworded(error, [first, second].compactMap { $0 }))
            }
        }
        return .failure(noSuchOverload([first, second].compactMap { $0 }))
    }

    private func run(_ values: [Value]) -> Result<Value, EvaluationError> {
        for candidate in candidates {
            if candidate.needsCheck, !zip(candidate.parameters, values).allSatisfy({ $0.accepts($1) }) { continue }
            do throws(EvaluationError) {
                switch candidate.implementation {
                case .ternary(let body) where values.count == 3:
                    return .success(try body(values[0], values[1], values[2]))
                case .variadic(let body): return .success(try body(values))
                default: continue
                }
            } catch {
                return .failure(reworded(error, values))
            }
        }
        return .failure(noSuchOverload(values))
    }

    private func noSuchOverload(_ values: [Value]) -> EvaluationError { Self.noSuchOverload(function, values) }

    /// Worded as the Go implementation does: policies show these messages.
    static func noSuchOverload(_ function: String, _ values: [Value]) -> EvaluationError {
        let kinds = values.map(\.typeName).joined(separator: ", ")
        let name: String
        switch function {
        case "contains", "startsWith", "endsWith": name = ""
        case "matches" where values.first?.stringValue != nil: name = ""
        case "size", "matches": name = ": \(function)"
        default: name = ": \(function)(\(kinds))"
        }
        return EvaluationError(.noSuchOverload, "no such overload\(name)")
    }

    private func reworded(_ error: EvaluationError, _ values: [Value]) -> EvaluationError {
        candidates.contains { zip($0.parameters, values).allSatisfy { $0.accepts($1) } }
            ? error : Self.reworded(error, function, values)
    }

    /// A value of another kind than the checker was told (a date that is a string in the object) reaches the code of the
    /// one overload there is; its complaint gets the words of a call that found none.
    static func reworded(_ error: EvaluationError, _ function: String, _ values: [Value]) -> EvaluationError {
        error.code == .noSuchOverload && error.message == EvaluationError.noSuchOverload().message
            ? noSuchOverload(function, values) : error
    }

    /// - Parameter all: the arguments if there are more than two.
    private func finish(
        _ frame: inout Frame, _ first: Value?, _ second: Value?, _ result: Result<Value, EvaluationError>,
        all: [Value]? = nil
    ) throws(EvaluationError) -> Value {
        switch result {
        case .success(let value):
            try charge(&frame, first, second, value, all: all)
            return value
        case .failure(let error):
            if !error.isFatal { try charge(&frame, first, second, nil, all: all) }
            throw error.located(at: id)
        }
    }

    private func charge(
        _ frame: inout Frame, _ first: Value?, _ second: Value?, _ result: Value?, all: [Value]? = nil
    ) throws(EvaluationError) {
        if let amount = cost.amount(first, second) { return try frame.charge(amount) }
        guard case .custom(let amount) = cost else { return }
        try frame.charge(amount(all ?? Array([first, second].prefix(arguments.count)), result))
    }
}
