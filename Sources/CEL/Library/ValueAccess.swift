package import Values

/// Containers and strings in either of their two forms, for library functions.
extension Value {
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
        guard let elements = listElements else { throw .noSuchOverload() }
        return elements
    }

    package func string() throws(EvaluationError) -> String {
        guard let string = stringValue else { throw .noSuchOverload() }
        return string
    }

    package func int() throws(EvaluationError) -> Int64 {
        guard case .int(let value) = self else { throw .noSuchOverload() }
        return value
    }
}

/// Calls `body` with the bytes of two strings; throws "no such overload" if either is none.
package func withUTF8<Result>(
    _ first: Value, _ second: Value, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Result
) throws(EvaluationError) -> Result {
    let result: Result?? = first.withUTF8 { firstBytes in second.withUTF8 { body(firstBytes, $0) } }
    guard let inner = result, let value = inner else { throw .noSuchOverload() }
    return value
}

package func withUTF8<Result>(
    _ value: Value, _ body: (UnsafeBufferPointer<UInt8>) -> Result
) throws(EvaluationError) -> Result {
    guard let result = value.withUTF8(body) else { throw .noSuchOverload() }
    return result
}
