package import Values

/// Where a node lies within its document, as Kubernetes writes it: `spec.containers[0].image`.
package enum FieldPath {
    /// - Returns: the path from `root` down to `node`; empty for the root itself and for nodes elsewhere.
    package static func path(of node: Node, below root: Node) -> String {
        var out = ""
        var current = root
        // INVARIANT: each round goes down one level or returns, so the document's depth bounds the loop.
        while current.document === node.document, current.index < node.index, node.index < current.endIndex {
            guard let next = step(from: current, towards: node, &out) else { return out }
            current = next
        }
        return out
    }

    private static func step(from parent: Node, towards node: Node, _ out: inout String) -> Node? {
        if parent.isList {
            for (position, element) in parent.elements.enumerated() where node.index < element.endIndex {
                out += "[\(position)]"
                return element
            }
            return nil
        }
        for (key, value) in parent.entries where node.index < value.endIndex {
            out += segment(key.string ?? "", isFirst: out.isEmpty)
            // A key stands for its value.
            return node.index == key.index ? nil : value
        }
        return nil
    }

    /// `.name`, or `[example.com/name]` for keys that are no plain names.
    static func segment(_ key: String, isFirst: Bool) -> String {
        let isPlain = !key.isEmpty && key.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "$")
        }
        return isPlain ? (isFirst ? key : "." + key) : "[\(key)]"
    }
}
