package import Values

/// A resource that an API server serves.
package struct APIResource: Hashable, Sendable {
    /// Group and version of the resource itself (a subresource's kind may be of another group).
    package var resource: GroupVersionResource
    /// `status`, `scale`…; empty for the object itself.
    package var subResource: String
    package var kind: GroupVersionKind
    package var isNamespaced: Bool
    /// The plural was made from the kind by English rules, not looked up.
    package var isGuessed: Bool
}

/// Which kind is which resource: the built-in ones, and those of given CustomResourceDefinitions.
package struct ResourceTable: Sendable {
    private var byKind: [GroupVersionKind: APIResource] = [:]
    private var all: [APIResource] = []

    /// The resources of Kubernetes 1.36, and of older versions that manifests may still use.
    package static let builtIn = ResourceTable(builtInResources.description)

    private init(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 4 else { continue }
            let (group, version) = GroupVersionKind.split(words[0])
            var kind = GroupVersionKind(group: group, version: version, kind: words[2])
            if let colon = words[2].firstIndex(of: ":") {
                kind = GroupVersionKind(
                    apiVersion: String(words[2][..<colon]), kind: String(words[2][words[2].index(after: colon)...]))
            }
            let name = words[3].split(separator: "/", maxSplits: 1).map(String.init)
            add(
                APIResource(
                    resource: GroupVersionResource(group: group, version: version, resource: name[0]),
                    subResource: name.count > 1 ? name[1] : "", kind: kind, isNamespaced: words[1] == "N",
                    isGuessed: false))
        }
    }

    private mutating func add(_ resource: APIResource) {
        all.append(resource)
        if resource.subResource.isEmpty, byKind[resource.kind] == nil { byKind[resource.kind] = resource }
    }

    /// Learns the resources of a CustomResourceDefinition; anything else is passed over.
    package mutating func learn(customResourceDefinition node: Node) {
        guard node["kind" as StaticString]?.string == "CustomResourceDefinition",
            let spec = node["spec" as StaticString], let group = spec["group" as StaticString]?.string,
            let names = spec["names" as StaticString], let kind = names["kind" as StaticString]?.string,
            let plural = names["plural" as StaticString]?.string
        else { return }
        let isNamespaced = spec["scope" as StaticString]?.string != "Cluster"
        for version in spec["versions" as StaticString]?.elements ?? NodeElements(spec) {
            guard let name = version["name" as StaticString]?.string else { continue }
            add(
                APIResource(
                    resource: GroupVersionResource(group: group, version: name, resource: plural), subResource: "",
                    kind: GroupVersionKind(group: group, version: name, kind: kind), isNamespaced: isNamespaced,
                    isGuessed: false))
        }
    }

    /// The resource of a kind; for a kind that is not known a guess, marked as such.
    package func resource(for kind: GroupVersionKind) -> APIResource {
        if let known = byKind[kind] { return known }
        // Another version of the same kind tells name and scope.
        let sibling = all.first {
            $0.kind.group == kind.group && $0.kind.kind == kind.kind && $0.subResource.isEmpty
        }
        let plural = sibling?.resource.resource ?? Self.pluralGuess(kind.kind)
        return APIResource(
            resource: GroupVersionResource(group: kind.group, version: kind.version, resource: plural),
            subResource: "", kind: kind, isNamespaced: sibling?.isNamespaced ?? true, isGuessed: sibling == nil)
    }

    /// The kind of a resource, if it is known.
    package func kind(of resource: GroupVersionResource, subResource: String = "") -> APIResource? {
        all.first { $0.resource == resource && $0.subResource == subResource }
    }

    /// The kinds of a resource as an API server resolves its name: without a group, those of every group that has the
    /// version and the resource.
    package func kinds(of resource: GroupVersionResource) -> [GroupVersionKind] {
        all.filter {
            $0.subResource.isEmpty && $0.resource.version == resource.version
                && $0.resource.resource == resource.resource
                && (resource.group.isEmpty || $0.resource.group == resource.group)
        }.map(\.kind)
    }

    /// The names of a group's resources and subresources, such as `pods/exec`; empty for a group that is not known.
    package func resources(ofGroup group: String) -> Set<String> {
        Set(
            all.filter { $0.resource.group == group }
                .map { $0.subResource.isEmpty ? $0.resource.resource : "\($0.resource.resource)/\($0.subResource)" })
    }

    /// The plural as the API machinery guesses it: lower case, `s` after a vowel and `y`, `es` after `s`, `ies` for `y`.
    package static func pluralGuess(_ kind: String) -> String {
        let name = kind.lowercased()
        if name == "endpoints" { return name }
        if name.hasSuffix("s") || name.hasSuffix("x") || name.hasSuffix("ch") || name.hasSuffix("sh") {
            return name + "es"
        }
        if name.hasSuffix("y"), !["ay", "ey", "iy", "oy", "uy"].contains(where: name.hasSuffix) {
            return name.dropLast() + "ies"
        }
        return name + "s"
    }
}
