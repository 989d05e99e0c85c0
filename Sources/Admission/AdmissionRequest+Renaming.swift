import Values

extension AdmissionRequest {
    /// The request as API servers show it to a policy whose rules name the resource by another group or version with the
    /// same fields: `kind`, `resource` and the objects' `apiVersion` are of that one, `requestKind` and
    /// `requestResource` stay.
    package func renamed(to other: GroupVersionResource) -> AdmissionRequest {
        var writer = RenamingWriter(own: resource, other: other, recordsPositions: node.position != nil)
        let changed = writer.write(node, object: objectNode)
        let finished = changed.finish(source: node.document.source)
        return (try? AdmissionRequest(finished.root, isResourceGuessed: isResourceGuessed)) ?? self
    }
}

private struct RenamingWriter {
    private let own: GroupVersionResource
    private let other: GroupVersionResource
    private var builder: DocumentBuilder

    init(own: GroupVersionResource, other: GroupVersionResource, recordsPositions: Bool) {
        self.own = own
        self.other = other
        builder = DocumentBuilder(recordsPositions: recordsPositions)
    }

    /// - Parameter object: the object as it is by now.
    mutating func write(_ request: Node, object: Node?) -> DocumentBuilder {
        builder.beginMap(at: request.position)
        for (key, value) in request.entries {
            builder.appendKey(utf8: key.utf8, at: key.position)
            switch key.string ?? "" {
            case "kind", "resource": names(value)
            case "object": self.object(object ?? value)
            case "oldObject": self.object(value)
            default: builder.append(copyOf: value)
            }
        }
        builder.endMap()
        return builder
    }

    /// Group and version, unless they are those of a subresource's own kind.
    private mutating func names(_ node: Node) {
        let group = node["group" as StaticString]?.string ?? ""
        guard group == own.group, node["version" as StaticString]?.string == own.version else {
            builder.append(copyOf: node)
            return
        }
        builder.beginMap(at: node.position)
        for (key, value) in node.entries {
            builder.appendKey(utf8: key.utf8, at: key.position)
            switch key.string ?? "" {
            case "group": builder.append(other.group)
            case "version": builder.append(other.version)
            default: builder.append(copyOf: value)
            }
        }
        builder.endMap()
    }

    private mutating func object(_ node: Node) {
        func apiVersion(_ resource: GroupVersionResource) -> String {
            resource.group.isEmpty ? resource.version : "\(resource.group)/\(resource.version)"
        }
        guard node.isMap, node["apiVersion" as StaticString]?.string == apiVersion(own) else {
            builder.append(copyOf: node)
            return
        }
        builder.beginMap(at: node.position)
        for (key, value) in node.entries {
            builder.appendKey(utf8: key.utf8, at: key.position)
            if key.string == "apiVersion" { builder.append(apiVersion(other)) } else { builder.append(copyOf: value) }
        }
        builder.endMap()
    }
}
