/// The one runtime data model of all policy languages.
///
/// Values read from a document stay there (`text`, `listNode`, `mapNode`); values that an expression makes own their
/// storage. Both forms of a string, list or map are equal if their contents are.
package enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    /// A string that was made: constant or result.
    case string(String)
    /// A string inside a document.
    case text(Node)
    case bytes([UInt8])
    case list([Value])
    /// A list inside a document.
    case listNode(Node)
    case map(MapValue)
    /// A map (object) inside a document.
    case mapNode(Node)
    case timestamp(Timestamp)
    /// Nanoseconds.
    case duration(Int64)
    /// A type as a value, by its name (`int`, `google.protobuf.Timestamp`).
    case type(String)
    case optional(OptionalValue)
    /// A value of a library's own type (quantity, IP, URL, authorizer…).
    case object(any ObjectValue)
}

/// An optional's content; a class so that `Value` stays small.
package final class OptionalValue: Sendable {
    package let value: Value?

    package init(_ value: Value?) { self.value = value }

    package static let none = OptionalValue(nil)
}

/// A value of a type that a library adds to the language.
package protocol ObjectValue: AnyObject, Sendable {
    /// As `type(x)` names it, such as `kubernetes.Quantity`.
    var typeName: String { get }

    /// Equality with any value of the language; nil is "no such overload".
    func isEqual(to other: Value) -> Bool?

    /// The value of a field, for struct-like objects; nil if there is no such field.
    func field(_ name: String) -> Value?

    /// Whether a field is set, for objects whose fields have a value without: what `has(x.f)` and `x.?f` go by.
    func hasField(_ name: String) -> Bool

    /// What the cost model takes for its size: 1 unless the type has elements or bytes.
    var costSize: UInt64 { get }
}

extension ObjectValue {
    package func field(_ name: String) -> Value? { nil }
    package func hasField(_ name: String) -> Bool { field(name) != nil }
    package var costSize: UInt64 { 1 }
}

extension Value {
    /// The value at a node: scalars come out, strings and containers stay in the document.
    ///
    /// Unsigned integers in JSON are those above `Int64.max`; the API server decodes these as doubles.
    @inlinable
    package init(_ node: Node) {
        switch Tape.tag(node.word) {
        case Tape.string: self = .text(node)
        case Tape.mapStart: self = .mapNode(node)
        case Tape.listStart: self = .listNode(node)
        case Tape.int: self = .int(Int64(bitPattern: node.bits))
        case Tape.uint: self = .double(Double(node.bits))
        case Tape.double: self = .double(Double(bitPattern: node.bits))
        case Tape.true: self = .bool(true)
        case Tape.false: self = .bool(false)
        default: self = .null
        }
    }

    /// Calls `body` with the UTF-8 bytes of a string; nil if this is no string.
    @inlinable
    package func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        switch self {
        case .text(let node): return body(node.utf8)
        case .string(var string): return string.withUTF8(body)
        default: return nil
        }
    }

    /// The string, copied out of its document if need be; nil if this is no string.
    package var stringValue: String? {
        switch self {
        case .string(let string): string
        case .text(let node): node.string
        default: nil
        }
    }

    @inlinable
    package var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }
}
