package import Values

extension Node {
    /// Whether both hold the same JSON value: maps in any order of keys, numbers by value.
    package func isEqual(to other: Node) -> Bool {
        if isIdentical(to: other) { return true }
        switch (kind, other.kind) {
        case (.null, .null): return true
        case (.bool, .bool): return bool == other.bool
        case (.string, .string): return utf8.elementsEqual(other.utf8)
        case (.list, .list):
            guard count == other.count else { return false }
            return zip(elements, other.elements).allSatisfy { $0.isEqual(to: $1) }
        case (.map, .map):
            guard count == other.count else { return false }
            return entries.allSatisfy { key, value in other[utf8: key.utf8].map { value.isEqual(to: $0) } ?? false }
        case (.int, .int): return int == other.int
        case (.uint, .uint): return uint == other.uint
        default:
            guard let left = number, let right = other.number else { return false }
            return left == right
        }
    }

    /// A number of any kind as a double.
    private var number: Double? {
        switch kind {
        case .int: int.map(Double.init)
        case .uint: uint.map(Double.init)
        case .double: double
        default: nil
        }
    }

    /// Equal for equal values, within one process.
    func contentHash() -> Int {
        var hasher = Hasher()
        hash(into: &hasher)
        return hasher.finalize()
    }

    private func hash(into hasher: inout Hasher) {
        switch kind {
        case .null: hasher.combine(0)
        case .bool: hasher.combine(bool)
        case .string: hasher.combine(bytes: UnsafeRawBufferPointer(utf8))
        case .int, .uint, .double: hasher.combine(number)
        case .list:
            hasher.combine(count)
            for element in elements { element.hash(into: &hasher) }
        case .map:
            // Summed, so that the order does not matter.
            var sum = count
            for (key, value) in entries {
                var entry = Hasher()
                entry.combine(bytes: UnsafeRawBufferPointer(key.utf8))
                value.hash(into: &entry)
                sum = sum &+ entry.finalize()
            }
            hasher.combine(sum)
        }
    }
}
