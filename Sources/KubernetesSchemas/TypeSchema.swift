import Values

/// An object type: its fields, found by key in constant time.
package struct TypeSchema: @unchecked Sendable {
    // SAFETY: keys point into a literal of the program or into memory that the set owns and never changes.

    /// `core.v1.PodSpec`.
    package let name: String
    /// Sorted by key.
    package let fields: [FieldSchema]
    /// x-kubernetes-map-type: atomic.
    package let isAtomic: Bool
    /// Open addressing: index of the field plus one, 0 for none; its size is a power of two.
    private let table: [UInt16]
    /// Of a CustomResourceDefinition.
    package internal(set) var isCustom = false
    /// Fields that the schema does not name are kept.
    package internal(set) var preservesUnknown = false
    /// A new object may bring its own status.
    var keepsStatus = false
    /// Checks and defaults beyond the schema that the API server has for this type.
    let rules: TypeRules

    init(name: String, fields: [FieldSchema], isAtomic: Bool) {
        self.name = name
        rules = TypeRules(typeName: name)
        self.fields = fields
        self.isAtomic = isAtomic
        var size = 4
        while size < fields.count * 2 { size *= 2 }
        var table = [UInt16](repeating: 0, count: size)
        for (index, field) in fields.enumerated() {
            var slot = Self.hash(field.key) & (size - 1)
            while table[slot] != 0 { slot = (slot + 1) & (size - 1) }
            table[slot] = UInt16(truncatingIfNeeded: index + 1)
        }
        self.table = table
    }

    private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> Int {
        guard let last = key.last else { return 0 }
        let middle = Int(key[key.count / 2])
        return (Int(key[0]) &* 31 &+ middle) &* 31 &+ Int(last) &+ key.count &* 7
    }

    /// Index of the field with that key.
    package func index(of key: UnsafeBufferPointer<UInt8>) -> Int? {
        var slot = Self.hash(key) & (table.count - 1)
        while table[slot] != 0 {
            let index = Int(table[slot]) - 1
            let candidate = fields[index].key
            if candidate.count == key.count, let base = candidate.baseAddress, bytesEqual(base, key) { return index }
            slot = (slot + 1) & (table.count - 1)
        }
        return nil
    }

    package func field(_ key: UnsafeBufferPointer<UInt8>) -> FieldSchema? { index(of: key).map { fields[$0] } }

    package func field(_ name: String) -> FieldSchema? {
        var name = name
        return name.withUTF8 { field($0) }
    }
}
