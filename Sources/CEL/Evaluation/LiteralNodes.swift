import Values

/// A list that is not all constants.
final class ListNode: PlanNode, @unchecked Sendable {
    private let elements: [PlanNode]
    private let optionals: Set<Int>

    init(_ id: ExpressionID, _ elements: [PlanNode], optionals: Set<Int>) {
        self.elements = elements
        self.optionals = optionals
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        do throws(EvaluationError) {
            for (index, element) in elements.enumerated() {
                let value = try element.evaluate(&frame)
                guard optionals.contains(index) else {
                    values.append(value)
                    continue
                }
                guard case .optional(let optional) = value else { throw .noSuchOverload() }
                if let content = optional.value { values.append(content) }
            }
        } catch {
            if !error.isFatal { try frame.charge(10) }
            throw error.located(at: id)
        }
        try frame.charge(10)
        return .list(values)
    }
}

/// A map that is not all constants.
final class MapNode: PlanNode, @unchecked Sendable {
    struct Entry {
        let key: PlanNode
        let value: PlanNode
        let isOptional: Bool
    }

    private let entries: [Entry]
    /// See `Environment.hasStrictMapKeys`.
    private let isStrict: Bool

    init(_ id: ExpressionID, _ entries: [Entry], isStrict: Bool) {
        self.entries = entries
        self.isStrict = isStrict
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var pairs: [(key: Value, value: Value)] = []
        pairs.reserveCapacity(entries.count)
        do throws(EvaluationError) {
            for entry in entries {
                let key = try entry.key.evaluate(&frame)
                let value = try entry.value.evaluate(&frame)
                if isStrict, !key.isStrictKey {
                    throw EvaluationError(.invalidArgument, "unsupported key type: \(key.typeName)")
                }
                guard entry.isOptional else {
                    pairs.append((key, value))
                    continue
                }
                guard case .optional(let optional) = value else { throw .noSuchOverload() }
                if let content = optional.value { pairs.append((key, content)) }
            }
        } catch {
            if !error.isFatal { try frame.charge(30) }
            throw error.located(at: id)
        }
        try frame.charge(30)
        let map = MapValue(pairs)
        if isStrict, map.count < pairs.count {
            throw EvaluationError(.duplicateKey, "a key comes twice in a map literal", at: id)
        }
        return .map(map)
    }
}

extension Value {
    /// A kind of key that the specification knows.
    var isStrictKey: Bool {
        switch self {
        case .bool, .int, .uint, .string, .text: true
        default: false
        }
    }
}
