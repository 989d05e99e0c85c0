import CEL
import Values

/// A structure as protobuf and Go have them: each field has a value, set or not.
final class MessageType: Sendable {
    let name: String
    let fields: [Field]

    struct Field: Sendable {
        let name: String
        let kind: Kind
        /// Whether the value without anything (0, an empty text) counts as set too: the members of a `oneof`.
        let keepsZero: Bool

        init(_ name: String, _ kind: Kind, keepsZero: Bool = false) {
            self.name = name
            self.kind = kind
            self.keepsZero = keepsZero
        }
    }

    indirect enum Kind: Sendable {
        case string, bool, bytes, timestamp
        /// An integer of 64 bits, or of 32.
        case int
        case int32
        case uint32
        case double
        /// An enum, by the names of its values from 0 on; a number for expressions.
        case enumeration([String])
        /// A truth value or null.
        case wrappedBool
        /// A JSON object, and any JSON value.
        case object
        case any
        case message(MessageType)
        case list(Kind)
        case map(Kind)
    }

    init(_ name: String, _ fields: [Field]) {
        self.name = name
        self.fields = fields
    }

    func field(_ name: String) -> Field? { fields.first { $0.name == name } }

    var type: CELType { .structure(name) }

    /// Itself and all that its fields are made of, each once.
    func closure(_ known: [String: MessageType] = [:]) -> [String: MessageType] {
        guard known[name] == nil else { return known }
        var all = known
        all[name] = self
        for field in fields {
            if let message = field.kind.message { all = message.closure(all) }
        }
        return all
    }

    /// As expressions know it, constructible by its name.
    var structure: Environment.Structure {
        Environment.Structure(
            name, Dictionary(fields.map { ($0.name, $0.kind.type) }, uniquingKeysWith: { first, _ in first })
        ) { [self] values in
            var set: [String: Value] = [:]
            for (name, value) in values { set[name] = value }
            return .object(MessageValue(self, set))
        }
    }
}

extension MessageType.Kind {
    var type: CELType {
        switch self {
        case .string: .string
        case .bool: .bool
        case .bytes: .bytes
        case .timestamp: .timestamp
        case .int, .int32, .enumeration: .int
        case .uint32: .uint
        case .double: .double
        case .wrappedBool: .wrapper(.bool)
        case .object: .map(.string, .dyn)
        case .any: .dyn
        case .message(let message): message.type
        case .list(let element): .list(element.type)
        case .map(let value): .map(.string, value.type)
        }
    }

    var message: MessageType? {
        switch self {
        case .message(let message): message
        case .list(let part), .map(let part): part.message
        default: nil
        }
    }

    /// The value of a field that is not set.
    var zero: Value {
        switch self {
        case .string: .string("")
        case .bool: .bool(false)
        case .bytes: .bytes([])
        case .timestamp: .timestamp(Timestamp(seconds: 0, nanoseconds: 0))
        case .int, .int32, .enumeration: .int(0)
        case .uint32: .uint(0)
        case .double: .double(0)
        case .wrappedBool, .any: .null
        case .object, .map: .map(MapValue([]))
        case .message(let message): .object(MessageValue(message, [:]))
        case .list: .list([])
        }
    }

    func isZero(_ value: Value) -> Bool {
        switch (self, value) {
        case (.string, _): value.stringValue?.isEmpty ?? false
        case (.bool, .bool(let value)): !value
        case (.bytes, .bytes(let value)): value.isEmpty
        case (_, .int(let value)): value == 0
        case (_, .uint(let value)): value == 0
        case (_, .double(let value)): value == 0
        case (.list, _): value.listElements?.isEmpty ?? false
        case (.map, _): value.mapEntries?.isEmpty ?? false
        case (_, .null): true
        default: false
        }
    }
}
