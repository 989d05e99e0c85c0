package import Values

/// Comparison as library functions need it.
package enum ValueOrdering {
    /// True if the type has an order at all.
    static func isComparable(_ value: Value) -> Bool {
        switch value {
        case .bool, .int, .uint, .double, .string, .text, .bytes, .timestamp, .duration: true
        default: false
        }
    }

    /// -1, 0 or 1; nil where the two have no order (different types, NaN).
    package static func compare(_ left: Value, _ right: Value) -> Int? {
        func order<T: Comparable>(_ left: T, _ right: T) -> Int { left < right ? -1 : left > right ? 1 : 0 }
        switch (left, right) {
        case (.bool(let left), .bool(let right)): return order(left ? 1 : 0, right ? 1 : 0)
        case (.int(let left), .int(let right)): return order(left, right)
        case (.uint(let left), .uint(let right)): return order(left, right)
        case (.int(let left), .uint(let right)): return left < 0 ? -1 : order(UInt64(left), right)
        case (.uint(let left), .int(let right)): return right < 0 ? 1 : order(left, UInt64(right))
        case (.double(let left), .double(let right)): return left.isNaN || right.isNaN ? nil : order(left, right)
        case (.double(let left), .int(let right)): return left.isNaN ? nil : order(left, Double(right))
        case (.double(let left), .uint(let right)): return left.isNaN ? nil : order(left, Double(right))
        case (.int(let left), .double(let right)): return right.isNaN ? nil : order(Double(left), right)
        case (.uint(let left), .double(let right)): return right.isNaN ? nil : order(Double(left), right)
        case (.timestamp(let left), .timestamp(let right)): return order(left, right)
        case (.duration(let left), .duration(let right)): return order(left, right)
        case (.bytes(let left), .bytes(let right)):
            return left.lexicographicallyPrecedes(right) ? -1 : left == right ? 0 : 1
        case (.string, _), (.text, _):
            let result: Int?? = left.withUTF8 { left in
                right.withUTF8 { right in
                    left.lexicographicallyPrecedes(right) ? -1 : CodePoints.equal(left, right) ? 0 : 1
                }
            }
            return result ?? nil
        default: return nil
        }
    }
}
