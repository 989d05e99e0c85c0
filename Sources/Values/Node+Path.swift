extension Node {
    /// The way from this node down to a node inside it, as Kubernetes writes field paths:
    /// `spec.containers[0].image`, `metadata.annotations[example.com/owner]`. Empty for this node itself, nil if the
    /// other is not inside.
    package func fieldPath(to target: Node) -> String? {
        guard document === target.document, target.index >= index, target.index < endIndex else { return nil }
        var path = ""
        var node = self
        while node.index != target.index {
            if node.isMap {
                guard let (key, value) = node.entries.first(where: { target.index < $0.value.endIndex }) else {
                    return nil
                }
                let name = key.string ?? ""
                path += Self.isPlain(name) ? (path.isEmpty ? "" : ".") + name : "[\(name)]"
                // A key's own index belongs to its entry.
                if target.index == key.index { return path }
                node = value
            } else {
                var position = 0
                var found: Node?
                for element in node.elements {
                    if target.index < element.endIndex {
                        found = element
                        break
                    }
                    position += 1
                }
                guard let found else { return nil }
                path += "[\(position)]"
                node = found
            }
        }
        return path
    }

    /// The node of another value that is where `target` is in this one; nil where the other has none.
    package func counterpart(of target: Node, in other: Node) -> Node? {
        guard document === target.document, target.index >= index, target.index < endIndex else { return nil }
        var (node, counterpart) = (self, other)
        while node.index != target.index {
            if node.isMap {
                guard let (key, value) = node.entries.first(where: { target.index < $0.value.endIndex }),
                    let next = counterpart[utf8: key.utf8]
                else { return nil }
                if target.index == key.index { return next }
                (node, counterpart) = (value, next)
            } else {
                guard
                    let (position, element) = node.elements.enumerated().first(where: {
                        target.index < $0.element.endIndex
                    }), let next = counterpart.element(at: position)
                else { return nil }
                (node, counterpart) = (element, next)
            }
        }
        return counterpart
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
