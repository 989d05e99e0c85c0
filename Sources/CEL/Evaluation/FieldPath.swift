import Values

/// A name's UTF-8 bytes at a fixed place, for comparing without reference counting.
final class FixedText: @unchecked Sendable {
    // SAFETY: written in `init`, freed in `deinit`, never changed between.
    let bytes: UnsafeBufferPointer<UInt8>
    /// Code points.
    let size: UInt64

    init(_ text: String) {
        bytes = .copy(of: text)
        size = UInt64(codePointCount(bytes))
    }

    deinit { bytes.deallocate() }
}

/// A variable or loop variable with field names behind it, walked on the tape without touching a reference count.
///
/// Only the way of success is here: where a step leads nowhere, or an explanation records the steps, the attribute
/// walks again and knows what the outcome is.
///
/// Trivial to copy, so it costs no reference counting either; the attribute that made it frees it.
struct FieldPath {
    private let keys: UnsafeMutablePointer<UnsafeBufferPointer<UInt8>>
    private let slot: Int
    private let isLocal: Bool
    let count: Int
    /// How many fields stand before the first optional one (`.?f`); all of them if none is.
    let required: Int

    /// nil for other roots and other qualifiers.
    init?(_ root: AttributeRoot, _ qualifiers: [Qualifier]) {
        switch root {
        case .variable(let slot, _): (self.slot, isLocal) = (slot, false)
        case .local(let slot): (self.slot, isLocal) = (slot, true)
        case .composed, .expression: return nil
        }
        var names: [String] = []
        for qualifier in qualifiers {
            guard case .field(let field) = qualifier.key else { return nil }
            names.append(field.name)
        }
        count = names.count
        required = qualifiers.firstIndex(where: \.isOptional) ?? names.count
        keys = .allocate(capacity: max(1, names.count))
        for (index, name) in names.enumerated() { (keys + index).initialize(to: .copy(of: name)) }
    }

    func deallocate() {
        for index in 0..<count { keys[index].deallocate() }
        keys.deallocate()
    }

    /// The last field's name; there must be one.
    var last: UnsafeBufferPointer<UInt8> { keys[count - 1] }

    /// Whether the outcome is an optional.
    var isOptional: Bool { required < count }

    /// Where a path with an optional field leads.
    enum OptionalEnd {
        case found(NodeCursor)
        /// An optional field is not there; `steps` fields before it are.
        case absent(steps: Int)
        /// The short way does not know.
        case unknown
    }

    @inline(__always)
    func walkOptional(_ frame: borrowing Frame) -> OptionalEnd {
        guard frame.trace == nil, var cursor = isLocal ? frame.locals[slot].cursor : frame.roots[slot] else {
            return .unknown
        }
        var step = 0
        while step < count {
            guard let next = cursor.field(keys[step]) else {
                return step >= required && cursor.isMap ? .absent(steps: step) : .unknown
            }
            cursor = next
            step &+= 1
        }
        return .found(cursor)
    }

    /// Where the first `steps` fields, none of them optional, lead; nil if the short way does not.
    @inline(__always)
    func walk(_ frame: borrowing Frame, _ steps: Int) -> NodeCursor? {
        guard frame.trace == nil, var cursor = isLocal ? frame.locals[slot].cursor : frame.roots[slot] else {
            return nil
        }
        var step = 0
        while step < steps {
            guard let next = cursor.field(keys[step]) else { return nil }
            cursor = next
            step &+= 1
        }
        return cursor
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The bytes of `text`, for the caller to free; with a base address even if there are none.
    fileprivate static func copy(of text: String) -> Self {
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Swift.max(1, text.utf8.count))
        _ = buffer.initialize(from: text.utf8)
        return Self(start: buffer.baseAddress, count: text.utf8.count)
    }
}
