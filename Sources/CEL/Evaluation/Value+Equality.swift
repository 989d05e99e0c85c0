package import Values

/// CEL's `==` at run time: numbers compare by value across types, different kinds are unequal.
///
/// - Returns: nil where there is no such overload (a library type against a foreign one).
package func valuesEqual(_ left: Value, _ right: Value) -> Bool? {
    switch (left, right) {
    case (.null, .null): return true
    case (.null, _), (_, .null): return false
    case (.bool(let a), .bool(let b)): return a == b
    case (.int(let a), .int(let b)): return a == b
    case (.uint(let a), .uint(let b)): return a == b
    case (.double(let a), .double(let b)): return a == b
    case (.int, .uint), (.int, .double), (.uint, .int), (.uint, .double), (.double, .int), (.double, .uint):
        return compareNumbers(left, right) == 0
    case (.string, .string), (.string, .text), (.text, .string), (.text, .text):
        return stringsEqual(left, right)
    case (.bytes(let a), .bytes(let b)): return a == b
    case (.timestamp(let a), .timestamp(let b)): return a == b
    case (.duration(let a), .duration(let b)): return a == b
    case (.type(let a), .type(let b)): return a == b
    case (.list(let a), .list(let b)):
        guard a.count == b.count else { return false }
        return zip(a, b).allSatisfy { valuesEqual($0, $1) ?? true }
    case (.list, .listNode), (.listNode, .list), (.listNode, .listNode):
        return listsEqual(left, right)
    case (.map, .map), (.map, .mapNode), (.mapNode, .map), (.mapNode, .mapNode):
        return mapsEqual(left, right)
    case (.optional(let a), .optional(let b)):
        guard let a = a.value, let b = b.value else { return a.value == nil && b.value == nil }
        return valuesEqual(a, b)
    case (.object(let object), _): return object.isEqual(to: right)
    default: return false
    }
}

private func stringsEqual(_ left: Value, _ right: Value) -> Bool {
    left.withUTF8 { a in
        right.withUTF8 { b in
            a.count == b.count && (a.count == 0 || a.baseAddress.map { bytesEqual($0, b) } ?? false)
        } ?? false
    } ?? false
}

private func listsEqual(_ left: Value, _ right: Value) -> Bool {
    guard let a = left.listElements, let b = right.listElements, a.count == b.count else { return false }
    if let semantics = left.listSemantics ?? right.listSemantics { return Value.equalInAnyOrder(a, b, semantics) }
    return zip(a, b).allSatisfy { valuesEqual($0, $1) ?? true }
}

private func mapsEqual(_ left: Value, _ right: Value) -> Bool {
    guard let a = left.mapEntries, left.mapCount == right.mapCount else { return false }
    for (key, value) in a {
        guard let other = (try? right.element(at: key)) ?? nil else { return false }
        if valuesEqual(value, other) == false { return false }
    }
    return true
}

extension Value {
    var mapCount: Int {
        switch self {
        case .map(let map): map.count
        case .mapNode(let node): node.count
        default: 0
        }
    }
}

/// -1, 0 or 1; nil if either is no number or a NaN.
package func compareNumbers(_ left: Value, _ right: Value) -> Int? {
    switch (left, right) {
    case (.int(let a), .int(let b)): order(a, b)
    case (.uint(let a), .uint(let b)): order(a, b)
    case (.double(let a), .double(let b)): a.isNaN || b.isNaN ? nil : order(a, b)
    case (.int(let a), .uint(let b)): a < 0 ? -1 : order(UInt64(a), b)
    case (.uint(let a), .int(let b)): b < 0 ? 1 : order(a, UInt64(b))
    case (.int(let a), .double(let b)): compare(a, b)
    case (.double(let a), .int(let b)): compare(b, a).map { -$0 }
    case (.uint(let a), .double(let b)): compare(a, b)
    case (.double(let a), .uint(let b)): compare(b, a).map { -$0 }
    default: nil
    }
}

/// Against a double the integer is rounded to a double first, as the Go implementation does.
private func compare(_ int: Int64, _ double: Double) -> Int? {
    if double.isNaN { return nil }
    if double < -0x1p63 { return 1 }
    if double > 0x1p63 { return -1 }
    return order(Double(int), double)
}

private func compare(_ uint: UInt64, _ double: Double) -> Int? {
    if double.isNaN { return nil }
    if double < 0 { return 1 }
    if double > 0x1p64 { return -1 }
    return order(Double(uint), double)
}

@inline(__always)
private func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }

extension Value {
    /// Whether values of this kind have an order at all; the Go implementation words the error by that.
    var isOrdered: Bool {
        switch self {
        case .bool, .int, .uint, .double, .string, .text, .bytes, .timestamp, .duration: true
        default: false
        }
    }
}

/// CEL's ordering: -1, 0 or 1.
///
/// - Throws: where the kinds have no order between them, or a NaN is compared.
package func compareValues(_ left: Value, _ right: Value) throws(EvaluationError) -> Int {
    switch (left, right) {
    case (.int, .int), (.uint, .uint), (.double, .double), (.int, .uint), (.int, .double), (.uint, .int),
        (.uint, .double), (.double, .int), (.double, .uint):
        guard let result = compareNumbers(left, right) else {
            throw EvaluationError(.invalidArgument, "NaN values cannot be ordered")
        }
        return result
    case (.string, .string), (.string, .text), (.text, .string), (.text, .text):
        return left.withUTF8 { a in right.withUTF8 { compareBytes(a, $0) } ?? 0 } ?? 0
    case (.bool(let a), .bool(let b)): return a == b ? 0 : a ? 1 : -1
    case (.bytes(let a), .bytes(let b)):
        return a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { compareBytes(a, $0) } }
    case (.timestamp(let a), .timestamp(let b)): return order(a, b)
    case (.duration(let a), .duration(let b)): return order(a, b)
    default: throw .noSuchOverload()
    }
}

/// Byte-wise order, which for UTF-8 is code point order.
package func compareBytes(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
    let shared = min(left.count, right.count)
    for index in 0..<shared where left[index] != right[index] {
        return left[index] < right[index] ? -1 : 1
    }
    return order(left.count, right.count)
}
