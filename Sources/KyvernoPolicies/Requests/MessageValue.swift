import CEL
import Values

/// A value of a `MessageType`.
final class MessageValue: ObjectValue {
    let type: MessageType
    /// What is set.
    private let values: [String: Value]

    /// - Parameter values: fields of the type; those that hold nothing count as not set.
    init(_ type: MessageType, _ values: [String: Value]) {
        self.type = type
        self.values = values.filter { name, value in
            guard let field = type.field(name) else { return false }
            return field.keepsZero || !field.kind.isZero(value)
        }
    }

    var typeName: String { type.name }

    func field(_ name: String) -> Value? { values[name] ?? type.field(name)?.kind.zero }

    func hasField(_ name: String) -> Bool { values[name] != nil }

    func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other, let other = object as? MessageValue else { return false }
        guard other.type === type, other.values.count == values.count else { return false }
        return values.allSatisfy { name, value in
            other.values[name].map { valuesEqual(value, $0) ?? false } ?? false
        }
    }

    /// The message of a field; nil if it is not set.
    func message(_ name: String) -> MessageValue? {
        guard case .object(let object)? = values[name] else { return nil }
        return object as? MessageValue
    }

    /// The same with another value in a field.
    func with(_ name: String, _ value: Value) -> MessageValue {
        var values = values
        values[name] = value
        return MessageValue(type, values)
    }

    /// The same with one more element in a list.
    func appending(_ name: String, _ element: Value) throws(EvaluationError) -> MessageValue {
        let elements = values[name]?.listElements ?? []
        guard elements.count < KyvernoLimits.maximumMessageElements else {
            throw EvaluationError(.resourceLimit, "`\(name)` has too many elements")
        }
        return with(name, .list(elements + [element]))
    }

    static func of(_ value: Value) throws(EvaluationError) -> MessageValue {
        guard case .object(let object) = value, let message = object as? MessageValue else { throw .noSuchOverload() }
        return message
    }
}
