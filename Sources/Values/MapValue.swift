/// A map that an expression made. Entries keep their order of insertion; look-up by key is hashed when it pays.
package final class MapValue: Sendable {
    package let keys: [Value]
    package let values: [Value]
    private let index: [MapKey: Int]

    /// Of equal keys the last one's value counts, at the first one's place.
    package init(_ entries: some Sequence<(key: Value, value: Value)>) {
        var keys: [Value] = []
        var values: [Value] = []
        var index: [MapKey: Int] = [:]
        for (key, value) in entries {
            let mapKey = MapKey(key)
            if let existing = index[mapKey] {
                values[existing] = value
                continue
            }
            index[mapKey] = keys.count
            keys.append(key)
            values.append(value)
        }
        self.keys = keys
        self.values = values
        self.index = index
    }

    package var count: Int { keys.count }

    /// The value of the entry whose key equals `key`. An int or uint finds either, a double finds all three; an int
    /// does not find a double, as in the Go implementation.
    package subscript(key: Value) -> Value? {
        if let found = index[MapKey(key)] { return values[found] }
        guard case .double(let double) = key, let whole = MapKey(integerOf: double) else { return nil }
        return index[whole].map { values[$0] }
    }
}

/// A map key under CEL's equality: integers by value whatever their type, strings by their bytes.
package enum MapKey: Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string([UInt8])
    case other(String)

    package init(_ value: Value) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .uint(let value): self = Int64(exactly: value).map { .int($0) } ?? .uint(value)
        case .double(let value): self = .double(value)
        case .string, .text: self = value.withUTF8 { .string(Array($0)) } ?? .null
        // No string's bytes start like this.
        case .bytes(let bytes): self = .string([0xFF] + bytes)
        case .timestamp(let time): self = .other("t\(time.seconds).\(time.nanoseconds)")
        case .duration(let nanoseconds): self = .other("d\(nanoseconds)")
        // Rare kinds (lists as keys): their description tells them apart.
        default: self = .other("\(value)")
        }
    }

    /// The integer that a double is equal to, if there is one.
    init?(integerOf double: Double) {
        if let int = Int64(exactly: double) {
            self = .int(int)
        } else if let uint = UInt64(exactly: double) {
            self = .uint(uint)
        } else {
            return nil
        }
    }
}
