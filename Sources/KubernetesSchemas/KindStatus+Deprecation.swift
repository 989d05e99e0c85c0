package import Diagnostics
package import Values

extension KindStatus {
    /// A diagnostic at the manifest's `apiVersion` for a version that is served but will go; nil for all others.
    package static func deprecation(of manifest: Node, in set: SchemaSet) -> Diagnostic? {
        guard let apiVersion = manifest["apiVersion" as StaticString], let version = apiVersion.string,
            let kind = manifest["kind" as StaticString]?.string, let entry = deprecated["\(version):\(kind)"],
            set.type(apiVersion: version, kind: kind) != nil, isReached(entry.version, by: set.version)
        else { return nil }
        return Diagnostic(
            "schema-deprecated-version", .warning,
            "`\(version)` of \(kind) is deprecated since Kubernetes \(entry.version)", file: manifest.document.source,
            range: apiVersion.position.map { SourceRange(at: $0) }, help: "use \(entry.replacement)")
    }

    private static func isReached(_ version: String, by current: String) -> Bool {
        func numbers(_ text: String) -> [Int] { text.split(separator: ".").compactMap { Int($0) } }
        return !numbers(current).lexicographicallyPrecedes(numbers(version))
    }

    /// From the warnings that API servers send: a beta version is deprecated three minor versions after it came.
    private static let deprecated: [String: (version: String, replacement: String)] = {
        let table: [(String, String, String, String)] = [
            ("v1", "1.33", "`discovery.k8s.io/v1` EndpointSlice", "Endpoints"),
            ("v1", "1.19", "the health endpoints of the components", "ComponentStatus"),
            ("networking.k8s.io/v1beta1", "1.34", "`networking.k8s.io/v1`", "IPAddress ServiceCIDR"),
            ("storage.k8s.io/v1beta1", "1.34", "`storage.k8s.io/v1`", "VolumeAttributesClass"),
            (
                "resource.k8s.io/v1beta1", "1.35", "`resource.k8s.io/v1`",
                "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice"
            ),
            (
                "resource.k8s.io/v1beta2", "1.36", "`resource.k8s.io/v1`",
                "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice"
            ),
            (
                "admissionregistration.k8s.io/v1alpha1", "1.35", "`admissionregistration.k8s.io/v1`",
                "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
            ),
            ("coordination.k8s.io/v1alpha2", "1.35", "`coordination.k8s.io/v1beta1`", "LeaseCandidate"),
        ]
        var result: [String: (version: String, replacement: String)] = [:]
        for (apiVersion, version, replacement, kinds) in table {
            for kind in kinds.split(separator: " ") { result["\(apiVersion):\(kind)"] = (version, replacement) }
        }
        return result
    }()
}
