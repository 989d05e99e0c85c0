package import Admission

/// A kind of object that a language reads policies from, for those who look for policies in a cluster.
package struct PolicyKind: Hashable, Sendable {
    package let group: String
    /// The best first.
    package let versions: [String]
    package let kind: String

    package init(group: String, versions: [String], kind: String) {
        self.group = group
        self.versions = versions
        self.kind = kind
    }
}

/// Objects that a binding names as params.
package struct ParamSource: Hashable, Sendable {
    package let kind: GroupVersionKind
    /// Empty for cluster-scoped kinds, and for the namespace of each request.
    package let namespace: String
    /// Empty where `selector` picks them.
    package let name: String
    /// A label selector in Kubernetes' text form; empty for all.
    package let selector: String

    package init(kind: GroupVersionKind, namespace: String, name: String, selector: LabelSelector?) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.selector = selector?.text ?? ""
    }
}

extension PolicySet {
    /// The objects that all its policies need beside the request.
    package var paramSources: Set<ParamSource> {
        Set(policies.flatMap(\.paramSources)).union(mutatingPolicies.flatMap(\.paramSources))
    }
}
