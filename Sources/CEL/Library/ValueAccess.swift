package import Values

/// Containers and strings in either of their two forms, for library functions.
extension Value {
    /// Elements of a list in either form; nil if this is no list.
    package var listCount: Int? {
        switch self {
        case .list(let list): list.count
        case .listNode(let node): node.count
        default: nil
        }
    }

    /// Calls `body` for each element of a list in order; nothing happens for other kinds.
    package func forEachElement<Failure: Error>(_ body: (Value) throws(Failure) -> Void) throws(Failure) {
        switch self {
        case .list(let list): for element in list { try body(element) }
        case .listNode(let node): for element in node.elements { try body(Value(element)) }
        default: break
        }
    }

    package func forEachEntry<Failure: Error>(_ body: (Value, Value) throws(Failure) -> Void) throws(Failure) {
        switch self {
        case .map(let map):
            for index in 0..<map.count { try body(map.keys[index], map.values[index]) }
        case .mapNode(let node):
            for (key, value) in node.entries { try body(.text(key), Value(value)) }
        default: break
        }
    }

    /// A list's elements as an array; throws "no such overload" for other kinds.
    package func elements() throws(EvaluationError) -> [Value] {
        switch self {
        case .list(let list): return list
        case .listNode(let node): return node.elements.map { Value($0) }
        default: throw .noSuchOverload()
        }
    }

    package func string() throws(EvaluationError) -> String {
        guard let string = stringValue else { throw .noSuchOverload() }
        return string
    }

    package func int() throws(EvaluationError) -> Int64 {
        guard case .int(let value) = self else { throw .noSuchOverload() }
        return value
    }

    /// The name that `type(x)` gives.
    package var runtimeTypeName: String {
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
}

/// Calls `body` with the bytes of two strings; throws "no such overload" if either is none.
func withUTF8<Result>(
    _ first: Value, _ second: Value, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Result
) throws(EvaluationError) -> Result {
    let result: Result?? = first.withUTF8 { firstBytes in second.withUTF8 { body(firstBytes, $0) } }
    guard let inner = result, let value = inner else { throw .noSuchOverload() }
    return value
}

func withUTF8<Result>(
    _ value: Value, _ body: (UnsafeBufferPointer<UInt8>) -> Result
) throws(EvaluationError) -> Result {
    guard let result = value.withUTF8(body) else { throw .noSuchOverload() }
    return result
}
