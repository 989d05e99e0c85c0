import Values

/// The slots of a loop's variables.
struct LoopSlots {
    let variable: Int
    /// The element or value in two-variable loops.
    let second: Int?
    let accumulator: Int
}

/// Runs a body for each element of a list or each key of a map.
struct LoopRange {
    let node: PlanNode
    let slots: LoopSlots

    /// - Parameter body: returns false to stop.
    @inline(__always)
    func forEach(
        _ frame: inout Frame, _ id: ExpressionID, _ body: (inout Frame) throws(EvaluationError) -> Bool
    ) throws(EvaluationError) {
        switch try node.evaluate(&frame) {
        case .listNode(let list):
            // The cursors do not hold the document; `list` does, until the loop is over.
            defer { withExtendedLifetime(list) {} }
            var index: Int64 = 0
            try NodeCursor(list).forEachElement { (element) throws(EvaluationError) -> Bool in
                if let second = slots.second {
                    frame.locals[slots.variable].set(.int(index))
                    frame.locals[second].set(element)
                    index += 1
                } else {
                    frame.locals[slots.variable].set(element)
                }
                return try body(&frame)
            }
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                bind(&frame, .int(Int64(index)), element)
                if try !body(&frame) { return }
            }
        case .mapNode(let map):
            for (key, value) in map.entries {
                bindEntry(&frame, .text(key), slots.second == nil ? .null : Value(value))
                if try !body(&frame) { return }
            }
        case .map(let map):
            for (key, value) in zip(map.keys, map.values) {
                bindEntry(&frame, key, value)
                if try !body(&frame) { return }
            }
        case let other:
            throw EvaluationError(
                .noSuchOverload, "got '\(other.goTypeName)', expected iterable type", at: id)
        }
    }

    @inline(__always)
    private func bind(_ frame: inout Frame, _ index: Value, _ element: Value) {
        if let second = slots.second {
            frame.locals[slots.variable].set(index)
            frame.locals[second].set(element)
        } else {
            frame.locals[slots.variable].set(element)
        }
    }

    @inline(__always)
    private func bindEntry(_ frame: inout Frame, _ key: Value, _ value: Value) {
        frame.locals[slots.variable].set(key)
        if let second = slots.second { frame.locals[second].set(value) }
    }
}

extension Value {
    /// The Go implementation's name of the kind, which its message for a wrong loop range shows.
    var goTypeName: String {
        switch self {
        case .null: "types.Null"
        case .bool: "types.Bool"
        case .int: "types.Int"
        case .uint: "types.Uint"
        case .double: "types.Double"
        case .string, .text: "types.String"
        case .bytes: "types.Bytes"
        case .timestamp: "types.Timestamp"
        case .duration: "types.Duration"
        default: typeName
        }
    }
}

/// `all` and `exists`, in both the one- and the two-variable form.
final class QuantifierNode: PlanNode, @unchecked Sendable {
    private let range: LoopRange
    private let predicate: PlanNode
    /// The value that ends the loop: false for `all`, true for `exists`.
    private let decisive: Bool
    /// What the loop condition costs before each element: `@not_strictly_false(@result)`, with a `!` for `exists`.
    private let conditionCost: UInt64

    init(_ id: ExpressionID, _ range: LoopRange, _ predicate: PlanNode, decisive: Bool) {
        self.range = range
        self.predicate = predicate
        self.decisive = decisive
        conditionCost = decisive ? 3 : 2
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        .bool(try evaluateBool(&frame))
    }

    override func evaluateBool(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        var failure: EvaluationError?
        var decided = false
        try range.forEach(&frame, id) { (frame) throws(EvaluationError) -> Bool in
            try frame.charge(steps: conditionCost)
            if decided { return false }
            // The step is `@result && predicate`: the accumulator is named once.
            try frame.charge(1)
            do throws(EvaluationError) {
                let value = try predicate.evaluateBool(&frame)
                // An explanation wants the deciding iteration's values to stay.
                if value == decisive {
                    decided = true
                    failure = nil
                }
            } catch {
                if error.isFatal { throw error }
                failure = failure ?? error.located(at: id)
            }
            return true
        }
        try frame.charge(1)
        if let failure { throw failure }
        return decided ? decisive : !decisive
    }
}

/// `exists_one`: every element is tried, an error is the outcome.
final class ExistsOneNode: PlanNode, @unchecked Sendable {
    private let range: LoopRange
    private let predicate: PlanNode

    init(_ id: ExpressionID, _ range: LoopRange, _ predicate: PlanNode) {
        self.range = range
        self.predicate = predicate
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var failure: EvaluationError?
        var count = 0
        try range.forEach(&frame, id) { (frame) throws(EvaluationError) -> Bool in
            do throws(EvaluationError) {
                if try predicate.evaluateBool(&frame) {
                    try frame.charge(steps: 2)
                    count += 1
                }
            } catch {
                if error.isFatal { throw error }
                failure = error.located(at: id)
            }
            return true
        }
        try frame.charge(steps: 2)
        if let failure { throw failure }
        return .bool(count == 1)
    }
}

/// `map`, `filter` and `transformList`: a list built element by element.
final class ListBuilderNode: PlanNode, @unchecked Sendable {
    private let range: LoopRange
    private let condition: PlanNode?
    private let element: PlanNode
    /// What `[element]` costs: nothing if it is constant.
    private let literalCost: UInt64

    init(_ id: ExpressionID, _ range: LoopRange, condition: PlanNode?, element: PlanNode) {
        self.range = range
        self.condition = condition
        self.element = element
        literalCost = element.constant == nil ? 10 : 0
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var failure: EvaluationError?
        var result: [Value] = []
        try range.forEach(&frame, id) { (frame) throws(EvaluationError) -> Bool in
            do throws(EvaluationError) {
                if let condition, try !condition.evaluateBool(&frame) { return true }
            } catch {
                if error.isFatal { throw error }
                failure = error.located(at: id)
                return true
            }
            // `@result + [element]`: the accumulator, the element, the literal, the addition.
            try frame.charge(1)
            do throws(EvaluationError) {
                let value = try element.evaluate(&frame)
                if failure == nil { result.append(value) }
            } catch {
                if error.isFatal { throw error }
                failure = failure ?? error
            }
            try frame.charge(literalCost)
            try frame.charge(1)
            guard result.count <= EvaluationLimits.elements else { throw EvaluationLimits.tooLarge }
            return true
        }
        try frame.charge(1)
        if let failure { throw failure }
        return .list(result)
    }
}

/// `transformMap` and `transformMapEntry`: a map built entry by entry; a key that comes twice is an error.
final class MapBuilderNode: PlanNode, @unchecked Sendable {
    private let range: LoopRange
    private let condition: PlanNode?
    /// The two arguments of `cel.@mapInsert` after the accumulator, or one: a map of entries.
    private let inserted: [PlanNode]

    init(_ id: ExpressionID, _ range: LoopRange, condition: PlanNode?, inserted: [PlanNode]) {
        self.range = range
        self.condition = condition
        self.inserted = inserted
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var failure: EvaluationError?
        var entries: [(key: Value, value: Value)] = []
        var known: Set<MapKey> = []
        try range.forEach(&frame, id) { (frame) throws(EvaluationError) -> Bool in
            do throws(EvaluationError) {
                if let condition, try !condition.evaluateBool(&frame) { return true }
                try frame.charge(1)
                if failure != nil, inserted.count == 2 { return true }
                var parts: [Value] = []
                for node in inserted { parts.append(try node.evaluate(&frame)) }
                try frame.charge(1)
                if failure != nil { return true }
                let added = parts.count == 2 ? [(key: parts[0], value: parts[1])] : parts[0].mapEntries
                guard let added else { throw .noSuchOverload() }
                for entry in added {
                    guard known.insert(MapKey(entry.key)).inserted else {
                        throw EvaluationError(
                            .duplicateKey, "insert failed: key \(entry.key.keyDescription) already exists")
                    }
                    entries.append(entry)
                }
            } catch {
                if error.isFatal { throw error }
                failure = failure ?? error.located(at: id)
            }
            guard entries.count <= EvaluationLimits.elements else { throw EvaluationLimits.tooLarge }
            return true
        }
        try frame.charge(1)
        if let failure { throw failure }
        return .map(MapValue(entries))
    }
}

/// `cel.bind`, `optMap`: a name for a value that is computed when it is first used.
final class BindNode: PlanNode, @unchecked Sendable {
    private let slot: Int
    private let initial: PlanNode
    private let result: PlanNode

    init(_ id: ExpressionID, slot: Int, initial: PlanNode, result: PlanNode) {
        self.slot = slot
        self.initial = initial
        self.result = result
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        if let constant = initial.constant {
            frame.locals[slot].set(constant)
        } else {
            frame.locals[slot].set(.object(PendingLocal(initial)))
        }
        return try result.evaluate(&frame)
    }
}

/// A comprehension of any other shape, step by step as it is written.
final class FoldNode: PlanNode, @unchecked Sendable {
    private let range: LoopRange
    private let initial: PlanNode
    private let condition: PlanNode
    private let step: PlanNode
    private let result: PlanNode

    init(
        _ id: ExpressionID, _ range: LoopRange, initial: PlanNode, condition: PlanNode, step: PlanNode,
        result: PlanNode
    ) {
        self.range = range
        self.initial = initial
        self.condition = condition
        self.step = step
        self.result = result
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let slot = range.slots.accumulator
        frame.locals[slot].set(.object(PendingLocal(initial)))
        try range.forEach(&frame, id) { (frame) throws(EvaluationError) -> Bool in
            do throws(EvaluationError) {
                if case .bool(false) = try condition.evaluate(&frame) { return false }
            } catch {
                if error.isFatal { throw error }
            }
            do throws(EvaluationError) {
                frame.locals[slot].set(try step.evaluate(&frame))
            } catch {
                if error.isFatal { throw error }
                frame.locals[slot].set(.object(FailedLocal(error)))
            }
            return true
        }
        return try result.evaluate(&frame)
    }
}
