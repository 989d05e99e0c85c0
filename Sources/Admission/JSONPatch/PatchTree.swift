package import Diagnostics
package import Values

/// A document that is being changed: nodes as they were, and containers taken apart where something inside changes.
///
/// Taking a container apart costs one entry per child; what is inside the children stays in its document.
package indirect enum PatchTree: Sendable {
    case node(Node)
    /// - Parameter origin: the map that was taken apart, for its position.
    case map([(key: Key, value: PatchTree)], origin: Node? = nil)
    case list([PatchTree], origin: Node? = nil)

    /// A key as it stands in a document, or one that was made.
    package enum Key: Sendable {
        case node(Node)
        case text(String)

        package func equals(_ text: String) -> Bool {
            switch self {
            case .node(let node): node.utf8.elementsEqual(text.utf8)
            case .text(let own): own == text
            }
        }
    }

    package var isMap: Bool {
        switch self {
        case .node(let node): node.isMap
        case .map: true
        case .list: false
        }
    }

    package var isList: Bool {
        switch self {
        case .node(let node): node.isList
        case .list: true
        case .map: false
        }
    }

    package var isNull: Bool { if case .node(let node) = self { node.isNull } else { false } }

    /// The same value with its own children at hand; scalars stay as they are.
    mutating func open() {
        guard case .node(let node) = self else { return }
        if node.isMap {
            self = .map(node.entries.map { (key: .node($0.key), value: .node($0.value)) }, origin: node)
        } else if node.isList {
            self = .list(node.elements.map { .node($0) }, origin: node)
        }
    }

    /// Writes the value as a document of its own.
    ///
    /// - Parameter source: nodes that come from this file keep their positions; those of other files have none.
    package func document(source: SourceFile?) -> Document {
        var builder = DocumentBuilder(recordsPositions: source != nil)
        write(to: &builder, source: source)
        return builder.finish(source: source)
    }

    private func write(to builder: inout DocumentBuilder, source: SourceFile?) {
        switch self {
        case .node(let node):
            if source == nil || node.document.source === source {
                builder.append(copyOf: node)
            } else {
                builder.append(copyWithoutPositionsOf: node)
            }
        case .list(let elements, let origin):
            builder.beginList(at: Self.position(origin, in: source))
            for element in elements { element.write(to: &builder, source: source) }
            builder.endList()
        case .map(let entries, let origin):
            builder.beginMap(at: Self.position(origin, in: source))
            for (key, value) in entries {
                switch key {
                case .node(let node): builder.appendKey(utf8: node.utf8, at: Self.position(node, in: source))
                case .text(let text): builder.appendKey(text)
                }
                value.write(to: &builder, source: source)
            }
            builder.endMap()
        }
    }

    private static func position(_ node: Node?, in source: SourceFile?) -> SourcePosition? {
        guard let node, let source, node.document.source === source else { return nil }
        return node.position
    }
}

// MARK: Size

extension PatchTree {
    /// Tape words that the value takes, about, and how deep it nests. Costs a walk through it.
    func extent() -> (words: Int, depth: Int) {
        switch self {
        case .node(let node): return (Int(node.endIndex - node.index), node.depth())
        case .list(let elements, _): return Self.extent(of: elements)
        case .map(let entries, _): return Self.extent(of: entries.map(\.value))
        }
    }

    private static func extent(of children: [PatchTree]) -> (words: Int, depth: Int) {
        var total = (words: 2 + children.count, depth: 0)
        for child in children {
            let extent = child.extent()
            total.words += extent.words
            total.depth = max(total.depth, extent.depth)
        }
        total.depth += 1
        return total
    }
}

extension Node {
    /// Containers within containers, this one included; 0 for scalars.
    fileprivate func depth() -> Int {
        switch kind {
        case .list: 1 + (elements.lazy.map { $0.depth() }.max() ?? 0)
        case .map: 1 + (entries.lazy.map { $0.value.depth() }.max() ?? 0)
        default: 0
        }
    }
}

extension DocumentBuilder {
    /// Copies a value of another file, whose places mean nothing in this document.
    fileprivate mutating func append(copyWithoutPositionsOf node: Node) {
        switch node.kind {
        case .list:
            beginList()
            for element in node.elements { append(copyWithoutPositionsOf: element) }
            endList()
        case .map:
            beginMap()
            for (key, value) in node.entries {
                appendKey(utf8: key.utf8)
                append(copyWithoutPositionsOf: value)
            }
            endMap()
        case .null: appendNull()
        case .bool: append(node.bool ?? false)
        case .int: append(node.int ?? 0)
        case .uint: append(node.uint ?? 0)
        case .double: append(node.double ?? 0)
        case .string: append(utf8: node.utf8)
        }
    }
}
