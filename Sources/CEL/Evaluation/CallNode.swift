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
        return try finish(&frame, value, nil, run(value, nil))
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

    private func run(_ first: Value?, _ second: Value?) -> Result<Value, EvaluationError> {
        for candidate in candidates {
            if candidate.needsCheck {
                if let first, !candidate.parameters[0].accepts(first) { continue }
                if let second, !candidate.parameters[1].accepts(second) { continue }
            }
            do throws(EvaluationError) {
                switch (candidate.implementation, first, second) {
                case (.nullary(let body), _, _): return .success(try body())
                case (.unary(let body), let first?, _): return .success(try body(first))
                case (.binary(let body), let first?, let second?): return .success(try body(first, second))
                case (.variadic(let body), _, _): return .success(try body([first, second].compactMap { $0 }))
                default: continue
                }
            } catch {
                return .failure(error)
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
                return .failure(error)
            }
        }
        return .failure(noSuchOverload(values))
    }

    private func noSuchOverload(_ values: [Value]) -> EvaluationError {
        let kinds = values.map(\.typeName).joined(separator: ", ")
        return EvaluationError(.noSuchOverload, "no such overload: \(function)(\(kinds))")
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
        switch cost {
        case .one: try frame.charge(1)
        case .fixed(let amount): try frame.charge(amount)
        case .sized(let amount): try frame.charge(amount(first, second))
        case .custom(let amount):
            try frame.charge(amount(all ?? Array([first, second].prefix(arguments.count)), result))
        }
    }
}

extension CELType {
    /// Whether a value may be passed for a parameter of this type at run time. Of lists and maps the first element
    /// speaks for all, as in the Go implementation.
    func accepts(_ value: Value) -> Bool {
        switch (self, value) {
        case (.dyn, _), (.parameter, _), (.any, _), (.error, _): return true
        case (.null, .null), (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double): return true
        case (.string, .string), (.string, .text), (.bytes, .bytes): return true
        case (.timestamp, .timestamp), (.duration, .duration): return true
        case (.type, .type): return true
        case (.list(let element), .list(let elements)): return elements.first.map { element.accepts($0) } ?? true
        case (.list(let element), .listNode(let node)):
            return node.element(at: 0).map { element.accepts(Value($0)) } ?? true
        case (.map(let key, let item), .map(let map)):
            guard let firstKey = map.keys.first, let firstValue = map.values.first else { return true }
            return key.accepts(firstKey) && item.accepts(firstValue)
        case (.map(let key, let item), .mapNode(let node)):
            var entries = node.entries
            guard let first = entries.next() else { return true }
            return key.accepts(.text(first.key)) && item.accepts(Value(first.value))
        case (.wrapper(let type), _):
            if case .null = value { return true }
            return type.accepts(value)
        case (.opaque("optional_type", let parameters), .optional(let optional)):
            guard let content = optional.value, let parameter = parameters.first else { return true }
            return parameter.accepts(content)
        case (.opaque(let name, _), .object(let object)), (.structure(let name), .object(let object)):
            return name == object.typeName
        case (.structure, .map), (.structure, .mapNode): return true
        default: return false
        }
    }
}
