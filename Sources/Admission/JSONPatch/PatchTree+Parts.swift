import Values

extension PatchTree {
    package static var null: PatchTree {
        var builder = DocumentBuilder(recordsPositions: false)
        builder.appendNull()
        return .node(builder.finish().root)
    }

    package var count: Int {
        switch self {
        case .node(let node): node.count
        case .map(let entries, _): entries.count
        case .list(let elements, _): elements.count
        }
    }

    package func child(_ key: String) -> PatchTree? {
        switch self {
        case .node(let node): node[key].map { .node($0) }
        case .map(let entries, _): entries.first { $0.key.equals(key) }?.value
        case .list: nil
        }
    }

    func element(_ index: Int) -> PatchTree? {
        switch self {
        case .node(let node): node.element(at: index).map { .node($0) }
        case .list(let elements, _): index < elements.count ? elements[index] : nil
        case .map: nil
        }
    }

    func isEqual(to other: PatchTree) -> Bool {
        if case .node(let left) = self, case .node(let right) = other { return left.isEqual(to: right) }
        return document(source: nil).root.isEqual(to: other.document(source: nil).root)
    }
}
