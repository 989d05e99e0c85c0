package import Admission
import Values

/// Which operations on which resources. A class, so that matching passes it on without touching its parts.
package final class ResourceRule: Sendable {
    package enum Scope: String, Sendable, CaseIterable {
        case any = "*"
        case cluster = "Cluster"
        case namespaced = "Namespaced"
    }

    package let groups: [String]
    package let versions: [String]
    /// `pods`, `pods/status`, `pods/*`, `*`, `*/scale`, `*/*`.
    package let resources: [String]
    package let operations: OperationSet
    private let groupNames: NameSet
    private let versionNames: NameSet
    private let patterns: [ResourcePattern]
    private let scope: Scope
    /// Empty for any name.
    private let names: [NameBytes]

    package init(
        groups: [String], versions: [String], resources: [String], operations: OperationSet, scope: Scope = .any,
        resourceNames: [String] = []
    ) {
        self.groups = groups
        self.versions = versions
        self.resources = resources
        self.operations = operations
        self.scope = scope
        groupNames = NameSet(groups)
        versionNames = NameSet(versions)
        patterns = resources.map(ResourcePattern.init)
        names = resourceNames.map(NameBytes.init)
    }

    /// The same rule for all operations.
    fileprivate var anyOperation: ResourceRule { ResourceRule(self, operations: .all) }

    private init(_ rule: ResourceRule, operations: OperationSet) {
        self.operations = operations
        groups = rule.groups
        versions = rule.versions
        resources = rule.resources
        groupNames = rule.groupNames
        versionNames = rule.versionNames
        patterns = rule.patterns
        scope = rule.scope
        names = rule.names
    }

    func matches(_ request: AdmissionRequest, as name: ResourceName) -> Bool {
        operations.contains(OperationSet(request.operation))
            && patterns.contains { $0.matches(name.resource, request.subResourceUTF8) }
            && groupNames.contains(name.group) && versionNames.contains(name.version) && scopeMatches(request)
            && (names.isEmpty || names.contains { $0.equals(request.nameUTF8) })
    }

    private func scopeMatches(_ request: AdmissionRequest) -> Bool {
        if scope == .any { return true }
        // A Namespace is cluster-scoped although its requests carry its own name as namespace.
        let isNamespaced = !request.namespaceUTF8.isEmpty && !request.isNamespacesResource
        return isNamespaced == (scope == .namespaced)
    }
}

/// Which requests a policy or a binding is about.
package struct MatchResources: Sendable {
    package enum MatchPolicy: String, Sendable, CaseIterable {
        case exact = "Exact"
        /// A rule also matches requests through another version of its resource.
        case equivalent = "Equivalent"
    }

    package var resourceRules: [ResourceRule]
    package var excludeResourceRules: [ResourceRule]
    package var namespaceSelector: LabelSelector
    package var objectSelector: LabelSelector
    package var matchPolicy: MatchPolicy

    package init(
        resourceRules: [ResourceRule] = [], excludeResourceRules: [ResourceRule] = [],
        namespaceSelector: LabelSelector = .everything, objectSelector: LabelSelector = .everything,
        matchPolicy: MatchPolicy = .equivalent
    ) {
        self.resourceRules = resourceRules
        self.excludeResourceRules = excludeResourceRules
        self.namespaceSelector = namespaceSelector
        self.objectSelector = objectSelector
        self.matchPolicy = matchPolicy
    }

    /// Whether a request is meant.
    package enum Outcome: Sendable {
        case matches
        /// A rule matches through another version; an API server would convert the object to it first.
        case matchesConverted(GroupVersionResource)
        case differs
        /// The namespace selector cannot be answered without the namespace.
        case needsNamespace(String)
        /// The namespace does not exist.
        case namespaceNotFound(String)
    }

    /// - Parameter isBinding: a binding without resource rules is about everything, a policy without is about nothing.
    package func match(_ context: AdmissionContext, isBinding: Bool = false) -> Outcome {
        let request = context.request
        if !objectSelector.isEmpty, !objectMatches(request) { return .differs }
        let namespace = matchNamespace(context)
        if case .differs = namespace { return .differs }
        if !excludeResourceRules.isEmpty {
            switch Self.match(excludeResourceRules, request, matchPolicy) {
            case .differs: break
            default: return .differs
            }
        }
        let resource: Outcome
        if resourceRules.isEmpty, isBinding {
            resource = .matches
        } else {
            resource = Self.match(resourceRules, request, matchPolicy)
        }
        if case .differs = resource { return .differs }
        // Only now does a namespace that can't be looked up matter.
        if case .matches = namespace { return resource }
        return namespace
    }

    /// Whether an object is meant, whatever is done with it.
    package func matchesObject(_ context: AdmissionContext) -> Bool {
        var any = self
        any.resourceRules = resourceRules.map(\.anyOperation)
        any.excludeResourceRules = excludeResourceRules.map(\.anyOperation)
        if case .matches = any.match(context) { return true }
        return false
    }

    private func objectMatches(_ request: AdmissionRequest) -> Bool {
        Self.labelsMatch(objectSelector, request.objectNode) || Self.labelsMatch(objectSelector, request.oldObjectNode)
    }

    private static func labelsMatch(_ selector: LabelSelector, _ object: Node?) -> Bool {
        guard let object, let metadata = object["metadata" as StaticString], metadata.isMap else { return false }
        return selector.matches(metadata["labels" as StaticString])
    }

    private func matchNamespace(_ context: AdmissionContext) -> Outcome {
        guard !namespaceSelector.isEmpty else { return .matches }
        let request = context.request
        // Objects outside any namespace are never left out by the selector; Namespaces are judged by their own labels.
        if request.namespaceUTF8.isEmpty, !request.isNamespacesResource { return .matches }
        let namespace: Node?
        if request.isNamespacesResource, request.subResourceUTF8.isEmpty,
            request.operation == .create || request.operation == .update
        {
            namespace = request.objectNode
        } else {
            namespace = context.cluster.namespace(request.namespace)
        }
        guard let namespace else {
            let name = request.namespace
            return context.cluster.knowsAllNamespaces ? .namespaceNotFound(name) : .needsNamespace(name)
        }
        let labels = namespace["metadata" as StaticString]?["labels" as StaticString]
        return namespaceSelector.matches(labels) ? .matches : .differs
    }

    /// The other name, for objects of the same fields, through which the rules match a request that they match; nil where
    /// they match it as it is.
    package func otherName(of request: AdmissionRequest) -> GroupVersionResource? {
        guard matchPolicy == .equivalent, !resourceRules.isEmpty else { return nil }
        let own = ResourceName(
            group: request.groupUTF8, version: request.versionUTF8, resource: request.resourceUTF8)
        if resourceRules.contains(where: { $0.matches(request, as: own) }) { return nil }
        let others = EquivalentResources.others(of: own)
        for rule in resourceRules {
            for equivalent in others where equivalent.withName({ rule.matches(request, as: $0) }) {
                return equivalent.hasSameShape ? equivalent.name : nil
            }
        }
        return nil
    }

    private static func match(
        _ rules: [ResourceRule], _ request: AdmissionRequest, _ policy: MatchPolicy
    ) -> Outcome {
        let own = ResourceName(
            group: request.groupUTF8, version: request.versionUTF8, resource: request.resourceUTF8)
        // In place: a rule has many parts, each of which a copy would count.
        for index in rules.indices where rules[index].matches(request, as: own) { return .matches }
        guard policy == .equivalent else { return .differs }
        let others = EquivalentResources.others(of: own)
        guard !others.isEmpty else { return .differs }
        for rule in rules {
            for equivalent in others where equivalent.withName({ rule.matches(request, as: $0) }) {
                return equivalent.hasSameShape ? .matches : .matchesConverted(equivalent.name)
            }
        }
        return .differs
    }
}
