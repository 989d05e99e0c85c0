/// A type of the language, as the checker sees it.
package indirect enum CELType: Hashable, Sendable {
    /// Anything; checked only at run time.
    case dyn
    /// The type of an expression that has an error; fits everywhere, so that one mistake gives one message.
    case error
    case null, bool, int, uint, double, string, bytes, timestamp, duration
    case list(CELType)
    case map(CELType, CELType)
    /// A library's own type without visible fields, such as `kubernetes.Quantity` or `optional_type(T)`.
    case opaque(String, [CELType])
    /// A type with declared fields (`Environment.structures`), by name.
    case structure(String)
    /// `google.protobuf.BoolValue` and friends: the wrapped type or null.
    case wrapper(CELType)
    /// `google.protobuf.Any`.
    case any
    /// A type as a value: `type(int)`.
    case type(CELType)
    /// A type parameter of a generic overload, such as `T`.
    case parameter(String)
    /// An unknown of one check, by number; never in a checked expression.
    case variable(Int)

    /// Whether a type parameter occurs in it.
    var hasParameter: Bool {
        switch self {
        case .parameter: true
        case .list(let element): element.hasParameter
        case .map(let key, let value): key.hasParameter || value.hasParameter
        case .opaque(_, let parameters): parameters.contains { $0.hasParameter }
        case .type(let inner): inner.hasParameter
        default: false
        }
    }

    package static func optional(_ type: CELType) -> CELType { .opaque("optional_type", [type]) }
}

extension CELType: CustomStringConvertible {
    /// As messages write it: `list(int)`, `map(string, dyn)`, `optional_type(string)`.
    package var description: String {
        switch self {
        case .dyn: "dyn"
        case .error: "!error!"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .opaque(let name, let parameters):
            parameters.isEmpty ? name : "\(name)(\(parameters.map(\.description).joined(separator: ", ")))"
        case .structure(let name): name
        case .wrapper(let type): "wrapper(\(type))"
        case .any: "any"
        case .type(let type): "type(\(type))"
        case .parameter(let name): name
        case .variable: "dyn"
        }
    }
}
