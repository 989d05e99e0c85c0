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

@inline(__always)
func localValue(_ slot: Int, _ frame: inout Frame) throws(EvaluationError) -> Value {
    let value = frame.locals[slot]
    if case .object(let object) = value, let placeholder = object as? LocalPlaceholder {
        return try placeholder.value(&frame)
    }
    return value
}
