import Values

/// A Namespace as API servers hold it: with `spec` and `status`, and without fields that say nothing.
enum StoredNamespace {
    static func node(_ namespace: Node) -> Node {
        let parts = ["spec", "status"]
        let isStored =
            parts.allSatisfy { namespace[$0]?.isMap == true }
            && (["metadata"] + parts).allSatisfy { part in
                namespace[part]?.entries.allSatisfy { !says(nothing: $0.value) } ?? true
            }
        if isStored { return namespace }
        var builder = DocumentBuilder(recordsPositions: namespace.position != nil)
        builder.beginMap(at: namespace.position)
        for (key, value) in namespace.entries where !parts.contains(key.string ?? "") {
            builder.appendKey(utf8: key.utf8, at: key.position)
            if key.string == "metadata" { append(value, to: &builder) } else { builder.append(copyOf: value) }
        }
        for part in parts {
            builder.appendKey(part)
            append(namespace[part], to: &builder)
        }
        builder.endMap()
        let finished = builder
        return finished.finish(source: namespace.document.source).root
    }

    private static func says(nothing value: Node) -> Bool {
        switch value.kind {
        case .null: true
        case .string: value.utf8.isEmpty
        case .list, .map: value.count == 0
        default: false
        }
    }

    private static func append(_ part: Node?, to builder: inout DocumentBuilder) {
        builder.beginMap(at: part?.position)
        if let part, part.isMap {
            for (key, value) in part.entries where !says(nothing: value) {
                builder.appendKey(utf8: key.utf8, at: key.position)
                builder.append(copyOf: value)
            }
        }
        builder.endMap()
    }
}
