/// A minor version of Kubernetes, such as 1.36.
package struct KubernetesVersion: Hashable, Comparable, Sendable {
    package let minor: Int

    package init(minor: Int) { self.minor = minor }

    /// - Parameter text: `1.36`, `v1.36` or `1.36.2`; nil for anything else.
    package init?(_ text: String) {
        var parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if parts.first?.hasPrefix("v") == true { parts[0].removeFirst() }
        guard (2...3).contains(parts.count), parts[0] == "1", let minor = Int(parts[1]), (1...999).contains(minor),
            parts.count == 2 || Int(parts[2]) != nil
        else { return nil }
        self.minor = minor
    }

    package static let latest = KubernetesVersion(minor: 36)
    /// The first with CEL in it.
    package static let base = KubernetesVersion(minor: 23)

    package static func < (left: KubernetesVersion, right: KubernetesVersion) -> Bool { left.minor < right.minor }

    package var description: String { "1.\(minor)" }
}
