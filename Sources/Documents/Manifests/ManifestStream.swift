package import Diagnostics
package import Values

/// The Kubernetes objects of a file, one at a time: its documents, with lists expanded into their items.
///
/// An object is a node of its document, with the positions it has there; nothing is copied, except for an item that
/// takes its kind from its list.
package struct ManifestStream {
    private var documents: DocumentStream
    /// Nodes still to be looked at, the next one last.
    private var pending: [Pending] = []

    private struct Pending {
        var node: Node
        /// Lists around the node.
        var depth: Int
    }

    package init(_ source: SourceFile) {
        documents = DocumentStream(source)
    }

    /// What positions refer to.
    package var source: SourceFile { documents.source }
    /// Documents without content that were passed over.
    package var emptyDocuments: Int { documents.emptyDocuments }

    /// The next object, or nil at the end. Whether it has a `kind` is for the caller to check.
    ///
    /// - Throws: what is wrong with a document or item; call again for what is behind it.
    package mutating func next() throws(DocumentError) -> Node? {
        while true {
            if let candidate = pending.popLast() {
                if let object = try expand(candidate) { return object }
            } else {
                guard let document = try documents.next() else { return nil }
                pending.append(Pending(node: document.root, depth: 0))
            }
        }
    }

    /// The object itself, or nil for a list, whose items are then pending.
    private mutating func expand(_ candidate: Pending) throws(DocumentError) -> Node? {
        let node = candidate.node
        guard node.isMap else {
            throw DocumentError(
                "manifest-not-an-object",
                candidate.depth == 0 ? "the document is no Kubernetes object" : "the list item is no Kubernetes object",
                file: source, at: node.position, help: "an object is a map with `apiVersion` and `kind`")
        }
        // As kubectl has it, `items` at the top makes a list, whatever its kind.
        guard let items = node["items" as StaticString] else { return node }
        guard items.isList || items.isNull else {
            throw DocumentError(
                "manifest-items", "`items` at the top of an object must be a list", file: source, at: items.position)
        }
        guard candidate.depth < DocumentLimits.maximumListDepth else {
            throw DocumentError(
                "manifest-list-depth", "lists nested deeper than \(DocumentLimits.maximumListDepth) levels",
                file: source, at: node.position)
        }
        let type = ItemType(list: node)
        pending += items.elements.map { Pending(node: type?.applied(to: $0) ?? $0, depth: candidate.depth + 1) }
            .reversed()
        return nil
    }
}

/// The kind that the items of a typed list (`PodList`) have where they do not say.
private struct ItemType {
    let apiVersion: Node
    let listKind: Node
    let kind: String

    /// nil for a plain `List` and for what is no typed list.
    init?(list: Node) {
        guard let apiVersion = list["apiVersion" as StaticString], let listKind = list["kind" as StaticString],
            let name = listKind.string, name.hasSuffix("List"), name != "List"
        else { return nil }
        self.apiVersion = apiVersion
        self.listKind = listKind
        kind = String(name.dropLast("List".count))
    }

    /// The item with apiVersion and kind added, or nil if it has one of them.
    func applied(to item: Node) -> Node? {
        guard item.isMap, item["kind" as StaticString] == nil, item["apiVersion" as StaticString] == nil else {
            return nil
        }
        var builder = DocumentBuilder(recordsPositions: true)
        builder.beginMap(at: item.position)
        // The added fields point at the list's, where they come from.
        builder.appendKey("apiVersion", at: apiVersion.position)
        builder.append(copyOf: apiVersion)
        builder.appendKey("kind", at: listKind.position)
        builder.append(kind, at: listKind.position)
        for (key, value) in item.entries {
            builder.appendKey(utf8: key.utf8, at: key.position)
            builder.append(copyOf: value)
        }
        builder.endMap()
        return builder.finish(source: item.document.source).root
    }
}
