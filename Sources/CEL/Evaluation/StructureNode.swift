package import Values

/// A value of a declared structure that an expression made, such as `Object.spec{replicas: 1}`.
package final class StructureValue: ObjectValue {
    package let typeName: String
    /// The fields that were given, in the order of the text.
    package let fields: [(name: String, value: Value)]

    package init(typeName: String, fields: [(name: String, value: Value)]) {
        self.typeName = typeName
        self.fields = fields
    }

    package func field(_ name: String) -> Value? { fields.last { $0.name == name }?.value }

    package func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other, let structure = object as? StructureValue else { return false }
        guard structure.typeName == typeName, structure.fields.count == fields.count else { return false }
        return fields.allSatisfy { field in
            structure.field(field.name).map { valuesEqual(field.value, $0) ?? true } ?? false
        }
    }
}

/// `Type{field: value}`.
final class StructureNode: PlanNode, @unchecked Sendable {
    struct Field {
        let name: String
        let value: PlanNode
        let isOptional: Bool
    }

    private let type: String
    private let fields: [Field]
    private let make: Environment.Structure.Make?

    init(_ id: ExpressionID, type: String, fields: [Field], make: Environment.Structure.Make?) {
        self.type = type
        self.fields = fields
        self.make = make
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        do throws(EvaluationError) {
            var values: [(name: String, value: Value)] = []
            for field in fields {
                var value = try field.value.evaluate(&frame)
                if field.isOptional {
                    guard case .optional(let optional) = value else { throw .noSuchOverload() }
                    guard let content = optional.value else { continue }
                    value = content
                }
                values.append((field.name, value))
            }
            let made: Value?
            if let make { made = try make(values) } else { made = try WellKnownTypes.make(type, values) }
            try frame.charge(40)
            return made ?? .object(StructureValue(typeName: type, fields: values))
        } catch {
            if !error.isFatal { try frame.charge(40) }
            throw error.located(at: id)
        }
    }
}

extension WellKnownTypes {
    /// The language's own value for one of protobuf's messages; nil for types that stay structures.
    static func make(_ type: String, _ fields: [(name: String, value: Value)]) throws(EvaluationError) -> Value? {
        guard type.utf8.starts(with: "google.protobuf.".utf8) else { return nil }
        func field(_ name: String) -> Value? { fields.last { $0.name == name }?.value }
        let value = field("value")
        switch type.dropFirst("google.protobuf.".count) {
        case "BoolValue": return value ?? .bool(false)
        case "BytesValue": return value ?? .bytes([])
        case "DoubleValue": return value ?? .double(0)
        case "FloatValue":
            guard case .double(let double) = value else { return .double(0) }
            return .double(Double(Float(double)))
        case "StringValue": return value ?? .string("")
        case "Int64Value": return value ?? .int(0)
        case "UInt64Value": return value ?? .uint(0)
        case "Int32Value":
            guard case .int(let int) = value else { return .int(0) }
            guard Int32(exactly: int) != nil else { throw EvaluationError(.range, "integer overflow") }
            return .int(int)
        case "UInt32Value":
            guard case .uint(let uint) = value else { return .uint(0) }
            guard UInt32(exactly: uint) != nil else { throw EvaluationError(.range, "unsigned integer overflow") }
            return .uint(uint)
        case "Timestamp": return .timestamp(try timestamp(field("seconds"), field("nanos")))
        case "Duration": return .duration(try duration(field("seconds"), field("nanos")))
        case "ListValue": return field("values") ?? .list([])
        case "Struct": return field("fields") ?? .map(MapValue([]))
        case "Value":
            guard let content = fields.last else { return .null }
            return content.name == "null_value" ? .null : content.value
        default: return nil
        }
    }

    private static func timestamp(_ seconds: Value?, _ nanos: Value?) throws(EvaluationError) -> Timestamp {
        let (seconds, nanos) = (int(seconds), int(nanos))
        guard (Timestamp.minimumSeconds...Timestamp.maximumSeconds).contains(seconds),
            (0..<1_000_000_000).contains(nanos)
        else { throw EvaluationError(.range, "timestamp out of range") }
        return Timestamp(seconds: seconds, nanoseconds: Int32(nanos))
    }

    private static func duration(_ seconds: Value?, _ nanos: Value?) throws(EvaluationError) -> Int64 {
        let (whole, overflow) = int(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (total, carry) = whole.addingReportingOverflow(int(nanos))
        if overflow || carry { throw EvaluationError(.range, "duration out of range") }
        return total
    }

    private static func int(_ value: Value?) -> Int64 {
        if case .int(let int) = value { int } else { 0 }
    }
}
