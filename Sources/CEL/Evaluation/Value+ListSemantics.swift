import Values

/// Lists that are sets, or maps by some of their elements' fields: their order says nothing.
extension Value {
    var listSemantics: ListSemantics? {
        if case .listNode(let node) = self { node.listSemantics } else { nil }
    }

    /// Whether two elements are the same one of a list.
    private static func isSame(_ left: Value, _ right: Value, _ semantics: ListSemantics) -> Bool {
        switch semantics {
        case .set: return valuesEqual(left, right) ?? false
        case .map(let keys):
            return keys.allSatisfy { key in
                let a = (try? left.element(at: .string(key))) ?? nil
                let b = (try? right.element(at: .string(key))) ?? nil
                guard let a, let b else { return a == nil && b == nil }
                return valuesEqual(a, b) ?? false
            }
        }
    }

    /// - Precondition: both lists have as many elements.
    static func equalInAnyOrder(_ left: [Value], _ right: [Value], _ semantics: ListSemantics) -> Bool {
        left.allSatisfy { element in
            right.first { isSame(element, $0, semantics) }.map { valuesEqual(element, $0) ?? true } ?? false
        }
    }

    /// The first list with what the second adds; of elements that both have the second's counts.
    static func union(_ left: [Value], _ right: [Value], _ semantics: ListSemantics) -> [Value] {
        var union = left
        for element in right {
            if let index = left.firstIndex(where: { isSame($0, element, semantics) }) {
                union[index] = element
            } else {
                union.append(element)
            }
        }
        return union
    }
}
