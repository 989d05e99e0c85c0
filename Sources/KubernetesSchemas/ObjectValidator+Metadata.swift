import Values

/// The rules for an object's own metadata.
extension ObjectValidator {
    /// All annotations of an object together, keys included.
    private static let maximumAnnotationBytes = 256 * 1024

    mutating func checkMetadata() {
        guard let metadata = root["metadata" as StaticString], metadata.isMap else { return }
        if let name = metadata["name" as StaticString], !name.isZero {
            for problem in nameProblems(Array(name.utf8)) { invalid(name, problem) }
        } else if let prefix = metadata["generateName" as StaticString], !prefix.isZero {
            var text = Array(prefix.utf8)
            // Something will be appended.
            if text.last == UInt8(ascii: "-") { text.append(UInt8(ascii: "a")) }
            for problem in nameProblems(text) { invalid(prefix, problem) }
        } else if isNamed {
            require("name", in: metadata, because: "name or generateName is required")
        }
        var bytes = 0
        for (key, value) in metadata["annotations" as StaticString].entries {
            bytes += key.utf8.count + value.utf8.count
        }
        if bytes > Self.maximumAnnotationBytes, let annotations = metadata["annotations" as StaticString] {
            invalid(annotations, "must have at most \(Self.maximumAnnotationBytes) bytes")
        }
    }

    /// Reviews and the like are questions, not objects, and need no name.
    private var isNamed: Bool {
        !rootKind.hasSuffix("Review") && !rootKind.hasSuffix("Options") && rootKind != "TokenRequest"
            && rootKind != "Eviction" && rootKind != "Binding"
    }

    private func nameProblems(_ name: [UInt8]) -> [String] {
        switch rootKind {
        // A service's name may start with a digit by now, which older servers refuse.
        case "Namespace", "Service": return NameFormat.label(name)
        case "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ControllerRevision", "Lease", "Event",
            "APIService", "IPAddress", "ClusterTrustBundle", "StorageVersion":
            return NameFormat.pathSegment(name)
        case "CronJob":
            return NameFormat.subdomain(name) + (name.count > 52 ? ["must be no more than 52 characters"] : [])
        default: return NameFormat.subdomain(name)
        }
    }
}
