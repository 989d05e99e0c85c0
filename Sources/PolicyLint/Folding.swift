import CEL
import Values

/// Evaluates what constants alone decide, with one call of `orValue` taken to give its default.
struct Folding {
    let expression: TypedExpression
    /// The call that gives its default.
    let absent: ExpressionID?

    private enum Result {
        case value(Value)
        /// A list, map or text by its size.
        case container(Int)
    }

    func truth(_ id: ExpressionID) -> Bool? {
        if case .value(.bool(let truth)) = fold(id, depth: 0) { truth } else { nil }
    }

    private func fold(_ id: ExpressionID, depth: Int) -> Result? {
        guard depth < LintLimits.depth else { return nil }
        switch expression[id] {
        case .constant(let value): return .value(value)
        case .list(let elements, let optionals): return optionals.isEmpty ? .container(elements.count) : nil
        case .map(let entries): return entries.contains(where: \.isOptional) ? nil : .container(entries.count)
        case .comprehension(let loop): return foldLoop(loop, depth: depth + 1)
        case .call(let function, let target, let arguments):
            let all = (target.map { [$0] } ?? []) + arguments
            if id == absent, all.count == 2 { return fold(all[1], depth: depth + 1) }
            if function == Operator.or || function == Operator.and {
                let truths = all.map { id -> Bool? in
                    if case .value(.bool(let truth)) = fold(id, depth: depth + 1) { truth } else { nil }
                }
                let decisive = function == Operator.or
                if truths.contains(decisive) { return .value(.bool(decisive)) }
                return truths.contains(nil) ? nil : .value(.bool(!decisive))
            }
            let values = all.map { fold($0, depth: depth + 1) }
            return foldCall(function, values)
        default: return nil
        }
    }

    /// A loop over nothing.
    private func foldLoop(_ loop: Comprehension, depth: Int) -> Result? {
        guard case .container(0) = fold(loop.range, depth: depth) else { return nil }
        switch loop.macro {
        case .all: return .value(.bool(true))
        case .exists, .existsOne: return .value(.bool(false))
        case .map, .filter, .transformList, .transformMap, .transformMapEntry: return .container(0)
        case .bind, .other: return nil
        }
    }

    private func foldCall(_ function: String, _ operands: [Result?]) -> Result? {
        switch (function, operands.count) {
        case (Operator.not, 1):
            guard case .value(.bool(let truth)) = operands[0] else { return nil }
            return .value(.bool(!truth))
        case ("size", 1):
            switch operands[0] {
            case .container(let count): return .value(.int(Int64(count)))
            case .value(.string(let text)): return .value(.int(Int64(text.unicodeScalars.count)))
            default: return nil
            }
        case (Operator.in, 2):
            guard case .container(0) = operands[1] else { return nil }
            return .value(.bool(false))
        case (Operator.equals, 2), (Operator.notEquals, 2):
            guard let equal = Self.areEqual(operands[0], operands[1]) else { return nil }
            return .value(.bool(equal == (function == Operator.equals)))
        case (Operator.less, 2), (Operator.lessEquals, 2), (Operator.greater, 2), (Operator.greaterEquals, 2):
            guard case .value(.int(let left)) = operands[0], case .value(.int(let right)) = operands[1] else {
                return nil
            }
            switch function {
            case Operator.less: return .value(.bool(left < right))
            case Operator.lessEquals: return .value(.bool(left <= right))
            case Operator.greater: return .value(.bool(left > right))
            default: return .value(.bool(left >= right))
            }
        case ("contains", 2), ("startsWith", 2), ("endsWith", 2), ("matches", 2):
            // An empty text holds nothing but the empty one.
            guard function != "matches", case .value(.string("")) = operands[0],
                case .value(.string(let part)) = operands[1]
            else { return nil }
            return .value(.bool(part.isEmpty))
        default: return nil
        }
    }

    private static func areEqual(_ left: Result?, _ right: Result?) -> Bool? {
        switch (left, right) {
        case (.value(let left), .value(let right)): left.equalsConstant(right)
        case (.container(let left), .container(let right)): left != right ? false : left == 0 ? true : nil
        case (.container, .value), (.value, .container): false
        default: nil
        }
    }
}

extension Value {
    /// Equality of literals; nil for other values.
    func equalsConstant(_ other: Value) -> Bool? {
        switch (self, other) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.uint(let left), .uint(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.null, .bool), (.null, .int), (.null, .string), (.bool, .null), (.int, .null), (.string, .null),
            (.bool, .int), (.bool, .string), (.int, .bool), (.int, .string), (.string, .bool), (.string, .int):
            false
        default: nil
        }
    }
}
