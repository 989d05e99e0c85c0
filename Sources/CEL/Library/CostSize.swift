package import Values

/// What Kubernetes' cost model takes for the size of an argument: code points of strings, bytes of bytes, elements of
/// lists and maps, 1 for anything else and for arguments that failed.
package func costSize(_ value: Value?) -> UInt64 {
    switch value {
    case .string, .text: value?.withUTF8 { UInt64(codePointCount($0)) } ?? 0
    case .bytes(let bytes): UInt64(bytes.count)
    case .list(let elements): UInt64(elements.count)
    case .listNode(let node), .mapNode(let node): UInt64(node.count)
    case .map(let map): UInt64(map.count)
    case .object(let object): object.costSize
    default: 1
    }
}

/// Code points of valid UTF-8.
package func codePointCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in bytes { count &+= byte & 0xC0 == 0x80 ? 0 : 1 }
    return count
}

/// The arithmetic of Go's cost model: factors are applied in floating point, then rounded up.
package enum CostFormula {
    /// A unit per string character that is looked at.
    static let traversal = 0.1
    /// Per character of a pattern.
    static let pattern = 0.25
    /// For making a list.
    package static let list: UInt64 = 10
    package static let structure: UInt64 = 40

    /// A tenth of `size`, rounded up.
    package static func tenth(of size: UInt64) -> UInt64 { roundedUp(Double(size) * traversal) }

    package static func traversal(of value: Value?) -> UInt64 { tenth(of: costSize(value)) }

    /// Looking at all of a string and making another of it.
    package static func twice(_ value: Value?) -> UInt64 { roundedUp(Double(costSize(value)) * 2 * traversal) }

    package static func matching(textSize: UInt64, patternSize: UInt64) -> UInt64 {
        let text = roundedUp((1 + Double(textSize)) * traversal)
        let pattern = roundedUp(Double(patternSize) * pattern)
        return text.multipliedReportingOverflow(by: pattern).overflow ? .max : text * pattern
    }

    /// A list function that makes a list: 11 and `factor` for each of `size`.
    package static func allocating(_ factor: Double, _ size: UInt64) -> UInt64 {
        let work = Int64(exactly: (Double(size) * factor).rounded(.towardZero)) ?? .max
        // A negative factor (a depth below 0) wraps around, as in Go.
        return UInt64(bitPattern: work) &+ list &+ 1
    }

    /// Visiting a value and everything in it: 1 per scalar, a tenth per byte of strings, rounded down.
    package static func treeTraversal(of value: Value?) -> UInt64 {
        guard let value else { return 1 }
        switch value {
        case .string(let string): return UInt64(Double(string.utf8.count) * traversal)
        case .text(let node): return UInt64(Double(node.utf8.count) * traversal)
        case .bytes(let bytes): return UInt64(Double(bytes.count) * traversal)
        case .list, .listNode:
            var cost: UInt64 = 0
            value.forEachElement { cost += treeTraversal(of: $0) }
            return cost
        case .map, .mapNode:
            var cost: UInt64 = 0
            value.forEachEntry { cost += treeTraversal(of: $0) + treeTraversal(of: $1) }
            return cost
        default: return 1
        }
    }

    static func roundedUp(_ value: Double) -> UInt64 { UInt64(value.rounded(.up)) }
}

extension CallCost {
    package static let traversalOfFirst = CallCost.sized { first, _ in CostFormula.traversal(of: first) }
    package static let twiceFirst = CallCost.sized { first, _ in CostFormula.twice(first) }
    package static let treeTraversal = CallCost.sized { first, _ in CostFormula.treeTraversal(of: first) }
    package static let matching = CallCost.sized { text, pattern in
        CostFormula.matching(textSize: costSize(text), patternSize: costSize(pattern))
    }
    static let containing = CallCost.sized { text, part in
        CostFormula.traversal(of: text) * CostFormula.traversal(of: part)
    }
}
