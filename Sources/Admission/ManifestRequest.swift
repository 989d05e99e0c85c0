import Diagnostics
package import Values

/// Why a manifest makes no request.
package struct ManifestError: Error, Sendable {
    /// `manifest-not-an-object`, `manifest-api-version` or `manifest-kind`.
    package let id: String
    package let message: String
    package let node: Node
}

/// How a request is made from a manifest: what the API server would know from its connection.
package struct ManifestRequestOptions: Sendable {
    /// For namespaced objects that name none; empty leaves them in none.
    package var defaultNamespace = "default"
    package var operation = Operation.create
    package var username = "guardrail:offline"
    package var groups = ["system:authenticated"]
    package var isDryRun = false
    /// The stored object, for updates.
    package var oldObject: Node?

    package init() {}
}

extension AdmissionRequest {
    /// The request that the API server would make of a manifest, without defaulting of the object.
    ///
    /// As there, a namespaced object gets its namespace and a Namespace's request is in that namespace itself.
    package init(
        manifest: Node, in table: ResourceTable = .builtIn, options: ManifestRequestOptions = ManifestRequestOptions()
    ) throws(ManifestError) {
        let kind = try Self.kind(of: manifest)
        let resource = table.resource(for: kind)
        let metadata = manifest["metadata" as StaticString]
        let name = metadata?["name" as StaticString]?.string ?? ""
        var namespace = ""
        if resource.isNamespaced {
            namespace = metadata?["namespace" as StaticString]?.string ?? ""
            if namespace.isEmpty { namespace = options.defaultNamespace }
        } else if kind.group.isEmpty, kind.kind == "Namespace" {
            namespace = name
        }
        var writer = RequestWriter(recordsPositions: manifest.position != nil)
        writer.begin(resource, options: options, name: name, namespace: namespace)
        let own = resource.isNamespaced && !namespace.isEmpty ? namespace : nil
        switch options.operation {
        case .delete:
            writer.null("object")
            writer.object("oldObject", manifest, namespace: own)
        case .create, .connect:
            writer.object("object", manifest, namespace: own)
            writer.null("oldObject")
        case .update:
            writer.object("object", manifest, namespace: own)
            if let old = options.oldObject {
                writer.object("oldObject", old, namespace: own)
            } else {
                writer.null("oldObject")
            }
        }
        let request = writer.finish(source: manifest.document.source)
        do throws(AdmissionReviewError) {
            try self.init(request.root, isResourceGuessed: resource.isGuessed)
        } catch {
            throw ManifestError(id: error.id, message: error.message, node: manifest)
        }
    }

    private static func kind(of manifest: Node) throws(ManifestError) -> GroupVersionKind {
        guard manifest.isMap else {
            throw ManifestError(
                id: "manifest-not-an-object", message: "a manifest must be an object", node: manifest)
        }
        let apiVersion = manifest["apiVersion" as StaticString]
        guard let version = apiVersion?.string, !version.isEmpty, version.utf8.count(of: UInt8(ascii: "/")) <= 1 else {
            throw ManifestError(
                id: "manifest-api-version", message: "`apiVersion` must be like `v1` or `apps/v1`",
                node: apiVersion ?? manifest)
        }
        let kind = manifest["kind" as StaticString]
        guard let name = kind?.string, !name.isEmpty else {
            throw ManifestError(id: "manifest-kind", message: "`kind` must be a string", node: kind ?? manifest)
        }
        return GroupVersionKind(apiVersion: version, kind: name)
    }
}

extension String.UTF8View {
    fileprivate func count(of byte: UInt8) -> Int { self.count { $0 == byte } }
}

/// Writes a request's fields in the order in which the API server writes them.
private struct RequestWriter {
    private var builder: DocumentBuilder

    init(recordsPositions: Bool) {
        builder = DocumentBuilder(recordsPositions: recordsPositions)
    }

    mutating func begin(_ resource: APIResource, options: ManifestRequestOptions, name: String, namespace: String) {
        builder.beginMap()
        text("uid", "00000000-0000-0000-0000-000000000000")
        for field in ["kind", "requestKind"] {
            builder.appendKey(field)
            triple(resource.kind.group, resource.kind.version, "kind", resource.kind.kind)
        }
        for field in ["resource", "requestResource"] {
            builder.appendKey(field)
            triple(resource.resource.group, resource.resource.version, "resource", resource.resource.resource)
        }
        if !name.isEmpty { text("name", name) }
        if !namespace.isEmpty { text("namespace", namespace) }
        text("operation", options.operation.name.description)
        builder.appendKey("userInfo")
        builder.beginMap()
        if !options.username.isEmpty { text("username", options.username) }
        if !options.groups.isEmpty {
            builder.appendKey("groups")
            builder.beginList()
            for group in options.groups { builder.append(group) }
            builder.endList()
        }
        builder.endMap()
        builder.appendKey("dryRun")
        builder.append(options.isDryRun)
        let kinds: [Operation: String] = [
            .create: "CreateOptions", .update: "UpdateOptions", .delete: "DeleteOptions",
        ]
        if let kind = kinds[options.operation] {
            builder.appendKey("options")
            builder.beginMap()
            text("kind", kind)
            text("apiVersion", "meta.k8s.io/v1")
            builder.endMap()
        }
    }

    private mutating func text(_ key: String, _ value: String) {
        builder.appendKey(key)
        builder.append(value)
    }

    private mutating func triple(_ group: String, _ version: String, _ last: String, _ name: String) {
        builder.beginMap()
        text("group", group)
        text("version", version)
        text(last, name)
        builder.endMap()
    }

    mutating func null(_ key: String) {
        builder.appendKey(key)
        builder.appendNull()
    }

    /// - Parameter namespace: what `metadata.namespace` must say; nil for cluster-scoped objects.
    mutating func object(_ key: String, _ object: Node, namespace: String?) {
        builder.appendKey(key)
        let metadata = object["metadata" as StaticString]
        let present = metadata?["namespace" as StaticString]?.string ?? ""
        guard let namespace, present.isEmpty, metadata == nil || metadata?.isMap == true else {
            builder.append(copyOf: object)
            return
        }
        builder.beginMap(at: object.position)
        for (name, value) in object.entries {
            builder.appendKey(name.utf8, at: name.position)
            if value.index == metadata?.index {
                metadataMap(value, namespace: namespace)
            } else {
                builder.append(copyOf: value)
            }
        }
        if metadata == nil {
            builder.appendKey("metadata")
            builder.beginMap()
            text("namespace", namespace)
            builder.endMap()
        }
        builder.endMap()
    }

    private mutating func metadataMap(_ metadata: Node, namespace: String) {
        builder.beginMap(at: metadata.position)
        for (name, value) in metadata.entries where name.string != "namespace" {
            builder.appendKey(name.utf8, at: name.position)
            builder.append(copyOf: value)
        }
        text("namespace", namespace)
        builder.endMap()
    }

    consuming func finish(source: SourceFile?) -> Document {
        builder.endMap()
        return builder.finish(source: source)
    }
}
