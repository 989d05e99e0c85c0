import Documents
package import Values

/// Namespace and name.
package struct ObjectKey: Hashable, Comparable, Sendable {
    /// Empty for objects that have none.
    package let namespace: String
    package let name: String

    package init(namespace: String = "", name: String) {
        self.namespace = namespace
        self.name = name
    }

    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// An object as it was last seen, in a document of its own.
package struct WatchedObject: Sendable {
    package let key: ObjectKey
    /// Without `metadata.managedFields`, which nobody reads and which is often the larger part; with `apiVersion` and
    /// `kind`, which the objects of a list lack.
    package let node: Node
    package let resourceVersion: String
    /// About what it takes in memory.
    package let bytes: Int

    /// - Returns: nil for what has no name.
    package init?(_ node: Node, of resource: ServedResource) {
        guard let metadata = node["metadata" as StaticString], metadata.isMap,
            let name = metadata["name" as StaticString]?.string, !name.isEmpty
        else { return nil }
        key = ObjectKey(namespace: metadata["namespace" as StaticString]?.string ?? "", name: name)
        resourceVersion = metadata["resourceVersion" as StaticString]?.string ?? ""
        var builder = DocumentBuilder(recordsPositions: false)
        builder.beginMap()
        builder.appendKey("apiVersion")
        builder.append(resource.apiVersion)
        builder.appendKey("kind")
        builder.append(resource.kind)
        for (field, value) in node.entries {
            switch field.string {
            case "apiVersion", "kind": continue
            case "metadata":
                builder.appendKey("metadata")
                builder.beginMap()
                for (name, part) in metadata.entries where name.string != "managedFields" {
                    builder.appendKey(utf8: name.utf8)
                    builder.append(copyOf: part)
                }
                builder.endMap()
            default:
                builder.appendKey(utf8: field.utf8)
                builder.append(copyOf: value)
            }
        }
        builder.endMap()
        bytes = builder.stringBytes + 8 * Int(builder.nextIndex)
        self.node = builder.finish().root
    }
}
