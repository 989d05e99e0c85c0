package import Values

extension Value {
    /// The part at a key or index; nil if a map has no such key, a list no such index, or this has no parts.
    ///
    /// - Throws: where the kind of key can never fit (a string as a list's index).
    package func element(at key: Value) throws(EvaluationError) -> Value? {
        switch self {
        case .mapNode(let node):
            guard let value = key.withUTF8({ node[utf8: $0] }) else { return nil }
            return value.map { Value($0) }
        case .map(let map):
            return map[key]
        case .list(let elements):
            let index = try Self.listIndex(key)
            return elements.indices.contains(index) ? elements[index] : nil
        case .listNode(let node):
            let index = try Self.listIndex(key)
            guard index >= 0 else { return nil }
            return node.element(at: index).map { Value($0) }
        case .optional(let optional):
            return try optional.value?.element(at: key)
        case .object(let object):
            guard let name = key.stringValue else { return nil }
            return object.field(name)
        default:
            return nil
        }
    }

    private static func listIndex(_ key: Value) throws(EvaluationError) -> Int {
        switch key {
        case .int(let value): return Int(value)
        case .uint(let value): return Int(clamping: value)
        case .double(let value):
            if let index = Int(exactly: value) { return index }
            throw EvaluationError(.invalidArgument, "unsupported index value \(value) in list")
        default:
            throw EvaluationError(.invalidArgument, "unsupported index type '\(key.typeName)' in list")
        }
    }

    var isList: Bool {
        switch self {
        case .list, .listNode: true
        default: false
        }
    }

    /// Whether selection and indexing make sense.
    var hasParts: Bool {
        switch self {
        case .list, .listNode, .map, .mapNode, .object: true
        default: false
        }
    }

    /// A key as "no such key: …" shows it.
    package var keyDescription: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): String(value)
        case .string, .text: stringValue ?? ""
        default: typeName
        }
    }

    /// The name that `type(x)` has.
    package var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string, .text: "string"
        case .bytes: "bytes"
        case .list, .listNode: "list"
        case .map, .mapNode: "map"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .type: "type"
        case .optional: "optional_type"
        case .object(let object): object.typeName
        }
    }

    /// A list's elements; nil if this is no list.
    package var listElements: [Value]? {
        switch self {
        case .list(let elements): elements
        case .listNode(let node): node.elements.map { Value($0) }
        default: nil
        }
    }

    /// A map's entries; nil if this is no map.
    package var mapEntries: [(key: Value, value: Value)]? {
        switch self {
        case .map(let map): zip(map.keys, map.values).map { (key: $0, value: $1) }
        case .mapNode(let node): node.entries.map { (key: .text($0.key), value: Value($0.value)) }
        default: nil
        }
    }
}
