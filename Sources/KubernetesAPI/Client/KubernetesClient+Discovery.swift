import Values

/// A kind that is wanted, in the versions that can be worked with.
package struct KindReference: Hashable, Sendable {
    package var group: String
    /// The best first.
    package var versions: [String]
    package var kind: String

    package init(group: String, versions: [String], kind: String) {
        self.group = group
        self.versions = versions
        self.kind = kind
    }

    /// - Parameter apiVersion: `v1` or `apps/v1`.
    package init(apiVersion: String, kind: String) {
        let parts = apiVersion.split(separator: "/", maxSplits: 1).map(String.init)
        self.init(group: parts.count == 2 ? parts[0] : "", versions: [parts.last ?? ""], kind: kind)
    }
}

extension KubernetesClient {
    /// The resource of a kind, in the best version that the server has.
    ///
    /// - Throws: `notFound` if no version serves the kind.
    package func discover(_ reference: KindReference) throws(APIFailure) -> ServedResource {
        for version in reference.versions {
            do throws(APIFailure) {
                if let found = try resource(reference, version) { return found }
            } catch {
                guard error.kind == .notFound else { throw error }
            }
        }
        let name = reference.group.isEmpty ? reference.kind : "\(reference.kind).\(reference.group)"
        throw APIFailure(.notFound, "the server has no kind `\(name)` in \(reference.versions.joined(separator: ", "))")
    }

    private func resource(_ reference: KindReference, _ version: String) throws(APIFailure) -> ServedResource? {
        let response = try send(
            APIRequest("GET", ServedResource.root(group: reference.group, version: version)))
        let list = try Self.parse(response.body, KubernetesAPILimits.objectBytes)
        guard let resources = list["resources"], resources.isList else {
            throw APIFailure(.malformed, "the answer to discovery is no APIResourceList")
        }
        for entry in resources.elements.prefix(KubernetesAPILimits.discoveredResources) {
            guard entry["kind"]?.string == reference.kind, let plural = entry["name"]?.string,
                !plural.isEmpty, !plural.contains("/")
            else { continue }
            return ServedResource(
                group: reference.group, version: version, plural: plural, kind: reference.kind,
                isNamespaced: entry["namespaced"]?.bool ?? false)
        }
        return nil
    }
}
