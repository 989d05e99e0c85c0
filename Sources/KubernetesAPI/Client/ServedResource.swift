/// A resource as the server names it in paths.
package struct ServedResource: Hashable, Sendable {
    /// Empty for the core group.
    package var group: String
    package var version: String
    /// `configmaps`
    package var plural: String
    package var kind: String
    package var isNamespaced: Bool

    package init(group: String, version: String, plural: String, kind: String, isNamespaced: Bool) {
        self.group = group
        self.version = version
        self.plural = plural
        self.kind = kind
        self.isNamespaced = isNamespaced
    }

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// `configmaps`, `policyexceptions.policies.kyverno.io`
    package var name: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// The path of the group's version: what discovery asks for.
    package static func root(group: String, version: String) -> String {
        group.isEmpty
            ? "/api/\(QueryText.encoded(version))" : "/apis/\(QueryText.encoded(group))/\(QueryText.encoded(version))"
    }

    /// - Parameters:
    ///   - namespace: empty for all namespaces, and for resources that have none.
    ///   - name: nil for the collection.
    package func path(namespace: String = "", name: String? = nil) -> String {
        var path = Self.root(group: group, version: version)
        if isNamespaced, !namespace.isEmpty { path += "/namespaces/\(QueryText.encoded(namespace))" }
        path += "/\(QueryText.encoded(plural))"
        if let name { path += "/\(QueryText.encoded(name))" }
        return path
    }
}

/// Percent-encoding of path segments and query values.
package enum QueryText {
    /// Everything but RFC 3986's unreserved characters is encoded.
    package static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(byte)
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `?a=b&c=d`; empty values are left out.
    package static func query(_ items: [(String, String)]) -> String {
        let given = items.filter { !$0.1.isEmpty }.map { "\($0.0)=\(encoded($0.1))" }
        return given.isEmpty ? "" : "?" + given.joined(separator: "&")
    }
}
