import Values

/// The contents of a container that may be missing.
extension Node? {
    var entries: PresentEntries { PresentEntries(entries: self?.entries) }
    var elements: PresentElements { PresentElements(elements: self?.elements) }

    /// Whether there is nothing, or nothing in it.
    var isEmpty: Bool {
        guard let self else { return true }
        return self.isZero || (self.isList || self.isMap) && self.count == 0
    }
}

struct PresentEntries: Sequence, IteratorProtocol {
    fileprivate var entries: NodeEntries?

    mutating func next() -> (key: Node, value: Node)? { entries?.next() }
}

struct PresentElements: Sequence, IteratorProtocol {
    fileprivate var elements: NodeElements?

    mutating func next() -> Node? { elements?.next() }
}
