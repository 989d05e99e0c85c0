package import Diagnostics
package import Values

/// What an API server of a version makes of an object's `apiVersion` and `kind`.
package enum KindStatus: Equatable, Sendable {
    case served
    /// Served until `version`; since then under `replacement`, if there is any.
    case removed(version: String, replacement: String?)
    /// A mistake: the group is one of the server's own, and has no such kind.
    case unserved(suggestion: String?)
    /// A kind of a custom resource, a version that this server does not have, or a mistake.
    case unknown(suggestion: String?)

    package init(apiVersion: String, kind: String, in set: SchemaSet) {
        if set.type(apiVersion: apiVersion, kind: kind) != nil {
            self = .served
        } else if let entry = Self.removed["\(apiVersion):\(kind)"] {
            self = .removed(version: entry.version, replacement: entry.replacement)
        } else {
            let (group, version) = Self.split(apiVersion)
            // What a definition adds is never in a group of the server's own.
            let isOwned = set.kinds.contains { key, type in
                (group.isEmpty ? !key.contains("/") : key.hasPrefix(group + "/")) && !set[type].isCustom
            }
            let suggestion = Self.suggestion(apiVersion, kind, set)
            // Alpha and beta versions are there or not as the cluster is configured.
            let isStable = !version.contains("alpha") && !version.contains("beta")
            let isServed = set.kinds.contains { $0.key.hasPrefix(apiVersion + ":") }
            self =
                isOwned && (isStable || isServed) ? .unserved(suggestion: suggestion) : .unknown(suggestion: suggestion)
        }
    }

    private static func split(_ apiVersion: String) -> (group: String, version: String) {
        guard let slash = apiVersion.firstIndex(of: "/") else { return ("", apiVersion) }
        return (String(apiVersion[..<slash]), String(apiVersion[apiVersion.index(after: slash)...]))
    }

    /// The kind itself misspelt, or another version of its group.
    private static func suggestion(_ apiVersion: String, _ kind: String, _ set: SchemaSet) -> String? {
        let group = split(apiVersion).group
        guard group.isEmpty || set.kinds.keys.contains(where: { $0.hasPrefix(group + "/") }) else { return nil }
        let names = set.kindNames.sorted { ($0.apiVersion, $0.kind) < ($1.apiVersion, $1.kind) }
        if let other = names.first(where: {
            $0.kind == kind && split($0.apiVersion).group == group
        }) {
            return "\(other.apiVersion), Kind=\(kind)"
        }
        let own = names.filter { $0.apiVersion == apiVersion }
        return closestMatch(to: kind, among: own.map(\.kind)).map { "\(apiVersion), Kind=\($0)" }
    }

    /// A diagnostic at the manifest's `apiVersion` for a version that is gone; nil for what is served or unknown.
    package func diagnostic(for manifest: Node) -> Diagnostic? {
        guard case .removed(let version, let replacement) = self else { return nil }
        let apiVersion = manifest["apiVersion" as StaticString]
        return Diagnostic(
            "schema-removed-version", .error,
            "`\(apiVersion?.string ?? "")` of \(manifest["kind" as StaticString]?.string ?? "") is not served since "
                + "Kubernetes \(version)",
            file: manifest.document.source, range: apiVersion?.position.map { SourceRange(at: $0) },
            help: replacement.map { "use `\($0)`" })
    }

    /// From the published deprecation guide: group versions, last served before, replacement, kinds.
    private static let removed: [String: (version: String, replacement: String?)] = {
        let table: [(String, String, String?, String)] = [
            ("extensions/v1beta1", "1.16", "apps/v1", "Deployment DaemonSet ReplicaSet"),
            ("extensions/v1beta1", "1.16", "networking.k8s.io/v1", "NetworkPolicy"),
            ("extensions/v1beta1", "1.16", nil, "PodSecurityPolicy"),
            ("extensions/v1beta1", "1.22", "networking.k8s.io/v1", "Ingress"),
            ("apps/v1beta1", "1.16", "apps/v1", "Deployment StatefulSet"),
            ("apps/v1beta2", "1.16", "apps/v1", "Deployment DaemonSet ReplicaSet StatefulSet"),
            ("networking.k8s.io/v1beta1", "1.22", "networking.k8s.io/v1", "Ingress IngressClass"),
            (
                "rbac.authorization.k8s.io/v1beta1", "1.22", "rbac.authorization.k8s.io/v1",
                "Role ClusterRole RoleBinding ClusterRoleBinding"
            ),
            (
                "admissionregistration.k8s.io/v1beta1", "1.22", "admissionregistration.k8s.io/v1",
                "ValidatingWebhookConfiguration MutatingWebhookConfiguration"
            ),
            ("apiextensions.k8s.io/v1beta1", "1.22", "apiextensions.k8s.io/v1", "CustomResourceDefinition"),
            ("apiregistration.k8s.io/v1beta1", "1.22", "apiregistration.k8s.io/v1", "APIService"),
            ("scheduling.k8s.io/v1beta1", "1.22", "scheduling.k8s.io/v1", "PriorityClass"),
            ("storage.k8s.io/v1beta1", "1.22", "storage.k8s.io/v1", "StorageClass VolumeAttachment CSIDriver CSINode"),
            ("storage.k8s.io/v1beta1", "1.27", "storage.k8s.io/v1", "CSIStorageCapacity"),
            ("coordination.k8s.io/v1beta1", "1.22", "coordination.k8s.io/v1", "Lease"),
            ("certificates.k8s.io/v1beta1", "1.22", "certificates.k8s.io/v1", "CertificateSigningRequest"),
            ("authentication.k8s.io/v1beta1", "1.22", "authentication.k8s.io/v1", "TokenReview"),
            ("batch/v1beta1", "1.25", "batch/v1", "CronJob"),
            ("batch/v2alpha1", "1.21", "batch/v1", "CronJob"),
            ("discovery.k8s.io/v1beta1", "1.25", "discovery.k8s.io/v1", "EndpointSlice"),
            ("events.k8s.io/v1beta1", "1.25", "events.k8s.io/v1", "Event"),
            ("autoscaling/v2beta1", "1.25", "autoscaling/v2", "HorizontalPodAutoscaler"),
            ("autoscaling/v2beta2", "1.26", "autoscaling/v2", "HorizontalPodAutoscaler"),
            ("policy/v1beta1", "1.25", "policy/v1", "PodDisruptionBudget"),
            ("policy/v1beta1", "1.25", nil, "PodSecurityPolicy"),
            ("node.k8s.io/v1beta1", "1.25", "node.k8s.io/v1", "RuntimeClass"),
            (
                "flowcontrol.apiserver.k8s.io/v1beta1", "1.26", "flowcontrol.apiserver.k8s.io/v1",
                "FlowSchema PriorityLevelConfiguration"
            ),
            (
                "flowcontrol.apiserver.k8s.io/v1beta2", "1.29", "flowcontrol.apiserver.k8s.io/v1",
                "FlowSchema PriorityLevelConfiguration"
            ),
            (
                "flowcontrol.apiserver.k8s.io/v1beta3", "1.32", "flowcontrol.apiserver.k8s.io/v1",
                "FlowSchema PriorityLevelConfiguration"
            ),
        ]
        var result: [String: (version: String, replacement: String?)] = [:]
        for (apiVersion, version, replacement, kinds) in table {
            for kind in kinds.split(separator: " ") { result["\(apiVersion):\(kind)"] = (version, replacement) }
        }
        return result
    }()
}
