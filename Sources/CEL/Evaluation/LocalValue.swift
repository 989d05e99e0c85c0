import Values

/// What a loop's slot holds instead of a plain value. Never leaves the evaluation.
class LocalPlaceholder: ObjectValue, @unchecked Sendable {
    // SAFETY: used by one evaluation on one thread.
    final var typeName: String { "placeholder" }
    final func isEqual(to other: Value) -> Bool? { nil }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        preconditionFailure("abstract")
    }
}

/// An accumulator whose value is an error; naming it raises the error again.
final class FailedLocal: LocalPlaceholder, @unchecked Sendable {
    let error: EvaluationError

    init(_ error: EvaluationError) { self.error = error }

    override func value(_ frame: inout Frame) throws(EvaluationError) -> Value { throw error }
}

/// A bound name whose expression runs when it is first used (`cel.bind`, `optMap`).
final class PendingLocal: LocalPlaceholder, @unchecked Sendable {
    private let node: PlanNode
    private var result: Result<Value, EvaluationError>?

    init(_ node: PlanNode) { self.node = node }

    override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        if let result { return try result.get() }
        do throws(EvaluationError) {
            let value = try node.evaluate(&frame)
            result = .success(value)
            return value
        } catch {
            result = .failure(error)
            throw error
        }
    }
}

/// A loop variable or accumulator.
struct Local {
    /// What the name stands for, unless `cursor` is set.
    private(set) var value: Value = .null
    /// A place in a document that the running loop keeps alive: binding it costs no reference counting.
    private(set) var cursor: NodeCursor?

    mutating func set(_ value: Value) {
        cursor = NodeCursor(value)
        self.value = value
    }

    @inline(__always)
    mutating func set(_ cursor: NodeCursor) { self.cursor = cursor }
}

@inline(__always)
func localValue(_ slot: Int, _ frame: inout Frame) throws(EvaluationError) -> Value {
    if let cursor = frame.locals[slot].cursor { return cursor.value }
    let value = frame.locals[slot].value
    if case .object(let object) = value, let placeholder = object as? LocalPlaceholder {
        return try placeholder.value(&frame)
    }
    return value
}
