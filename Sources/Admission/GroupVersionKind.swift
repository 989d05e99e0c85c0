/// A kind of object by API group, version and kind name; the core group is empty.
package struct GroupVersionKind: Hashable, Sendable {
    package var group: String
    package var version: String
    package var kind: String

    package init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    /// - Parameter apiVersion: `v1` or `apps/v1`.
    package init(apiVersion: String, kind: String) {
        let (group, version) = Self.split(apiVersion)
        self.init(group: group, version: version, kind: kind)
    }

    /// `apps/v1` is group `apps`, version `v1`; `v1` is the core group's.
    package static func split(_ apiVersion: String) -> (group: String, version: String) {
        guard let slash = apiVersion.firstIndex(of: "/") else { return ("", apiVersion) }
        return (String(apiVersion[..<slash]), String(apiVersion[apiVersion.index(after: slash)...]))
    }

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
}

extension GroupVersionKind: CustomStringConvertible {
    /// As the API server's messages write it: `apps/v1, Kind=Deployment`.
    package var description: String { "\(apiVersion), Kind=\(kind)" }
}

/// A resource by API group, version and plural name.
package struct GroupVersionResource: Hashable, Sendable {
    package var group: String
    package var version: String
    package var resource: String

    package init(group: String, version: String, resource: String) {
        self.group = group
        self.version = version
        self.resource = resource
    }
}
