/// A type of a `SchemaSet`.
package struct TypeID: Hashable, Sendable {
    package let index: Int32

    static let none = TypeID(index: -1)
}

/// What a value must be: a scalar with its format, a list, a map or an object of a named type.
package struct ValueSchema: Hashable, Sendable {
    package enum Kind: UInt8, Sendable {
        case string, bool, int32, int64, double
        /// Base64 text.
        case bytes
        /// RFC 3339 with seconds, and with microseconds.
        case time, microTime
        case quantity, intOrString
        /// Any JSON value, and any JSON object: what is inside is kept as it is.
        case any, anyObject
        case list, map, object
    }

    /// How server-side apply merges a list (x-kubernetes-list-type).
    package enum ListType: UInt8, Sendable {
        case unspecified, atomic, set, map
    }

    package var kind: Kind
    package var listType = ListType.unspecified
    /// x-kubernetes-map-type: atomic.
    package var isAtomic = false
    /// Of an object its type; of a list or map the index of its element's schema.
    var reference: Int32 = -1
    /// Index of the allowed texts of a string, or of a list's map keys; -1 for none.
    var detail: Int32 = -1

    init(_ kind: Kind, reference: Int32 = -1, detail: Int32 = -1) {
        self.kind = kind
        self.reference = reference
        self.detail = detail
    }
}

/// A field of an object.
package struct FieldSchema: @unchecked Sendable {
    // SAFETY: the key points into a literal of the program or into memory that the set owns and never changes.

    package struct Traits: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let required = Traits(rawValue: 1)
        /// The API server's own type holds the field by value: a zero (`""`, 0, false) is the same as nothing.
        package static let omitsZero = Traits(rawValue: 2)
        /// An object that is always there, be it empty.
        package static let alwaysObject = Traits(rawValue: 4)
        package static let deprecated = Traits(rawValue: 8)
        /// Always written, be it as a zero or null.
        package static let alwaysWritten = Traits(rawValue: 16)
        /// CustomResourceDefinitions only: null is a value.
        package static let nullable = Traits(rawValue: 32)
        /// CustomResourceDefinitions only: what is there stays, be it empty; what is missing is not made up.
        package static let keepsEmpty = Traits(rawValue: 64)
    }

    /// The key, which lives as long as the set.
    package let key: UnsafeBufferPointer<UInt8>
    package var value: ValueSchema
    package var traits: Traits
    /// Index of the default's JSON value among the set's defaults; -1 for none.
    var defaultIndex: Int32 = -1

    package var name: String { String(decoding: key, as: UTF8.self) }
    package var isRequired: Bool { traits.contains(.required) }
}
