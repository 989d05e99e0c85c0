package import Values

/// How much a policy matters, by its author's word.
package enum PolicySeverity: String, Sendable, CaseIterable, Comparable {
    case info, low, medium, high, critical

    /// As SARIF's readers rank it: above 9 is critical, from 7 high, from 4 medium.
    var securitySeverity: String {
        switch self {
        case .critical: "9.5"
        case .high: "8.0"
        case .medium: "5.5"
        case .low: "2.0"
        case .info: "0.1"
        }
    }

    package static func < (left: PolicySeverity, right: PolicySeverity) -> Bool {
        allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
    }
}

/// What a policy says about itself in its annotations, by Kyverno's convention for them.
package struct PolicyMetadata: Sendable {
    /// `policies.kyverno.io/title`.
    package var title: String?
    /// `policies.kyverno.io/description`.
    package var description: String?
    /// `policies.kyverno.io/category`.
    package var category: String?
    /// `policies.kyverno.io/severity`.
    package var severity: PolicySeverity?
    /// The annotation's node, if its value is no severity.
    package var unknownSeverity: Node?

    package init() {}

    /// - Parameter root: the policy's document.
    package init(policy root: Node) {
        guard let annotations = root["metadata" as StaticString]?["annotations" as StaticString] else { return }
        title = Self.text(annotations["policies.kyverno.io/title"])
        description = Self.text(annotations["policies.kyverno.io/description"])
        category = Self.text(annotations["policies.kyverno.io/category"])
        guard let node = annotations["policies.kyverno.io/severity"], let text = node.string else { return }
        severity = PolicySeverity(rawValue: text.lowercased())
        if severity == nil { unknownSeverity = node }
    }

    /// Folded YAML leaves line ends behind.
    private static func text(_ node: Node?) -> String? {
        guard let text = node?.string else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.reversed().drop(while: \.isWhitespace).reversed())
        }
        let joined = lines.joined(separator: "\n")
        let trimmed = joined.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}
