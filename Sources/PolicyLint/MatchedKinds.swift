package import Admission
package import KubernetesSchemas
package import PolicyEngine
import ValidatingAdmissionPolicies

/// Which kinds of objects a policy is about, as API servers find them out to check its types.
package enum MatchedKinds {
    /// Those that have a schema, in the order of group, version and kind.
    ///
    /// Rules with a wildcard among their groups or versions are passed over, and so are resources with a wildcard or
    /// a subresource; once a rule has named as many kinds as the limit, no further rule is looked at.
    package static func of(
        _ match: MatchResources, in resources: ResourceTable, _ schemas: SchemaSet
    ) -> [(kind: GroupVersionKind, type: TypeID)] {
        all(match, resources).compactMap { kind in
            schemas.type(apiVersion: kind.apiVersion, kind: kind.kind).map { (kind, $0) }
        }
    }

    /// The kinds that have a schema of those that are named, in the order of group, version and kind; none if any kind
    /// may be meant, or more than the limit.
    static func of(
        _ kinds: [PolicyInspection.Kinds], _ schemas: SchemaSet
    ) -> [(kind: GroupVersionKind, type: TypeID)] {
        guard !kinds.isEmpty, kinds.allSatisfy(\.isNamed) else { return [] }
        let found = schemas.kindNames.compactMap { apiVersion, name -> (kind: GroupVersionKind, type: TypeID)? in
            let kind = GroupVersionKind(apiVersion: apiVersion, kind: name)
            guard kinds.contains(where: { $0.includes(kind) }) else { return nil }
            return schemas.type(apiVersion: apiVersion, kind: name).map { (kind, $0) }
        }
        guard found.count <= LintLimits.kindsPerRule else { return [] }
        return found.sorted {
            ($0.kind.group, $0.kind.version, $0.kind.kind) < ($1.kind.group, $1.kind.version, $1.kind.kind)
        }
    }

    private static func all(_ match: MatchResources, _ resources: ResourceTable) -> [GroupVersionKind] {
        var found: Set<GroupVersionKind> = []
        rules: for rule in match.resourceRules {
            guard !(rule.groups + rule.versions).contains(where: { $0.contains("*") }) else { continue }
            let names = rule.resources.filter { !$0.contains("*") && !$0.contains("/") }.sorted()
            var count = 0
            for group in rule.groups.sorted() {
                for version in rule.versions.sorted() {
                    for name in names {
                        let resource = GroupVersionResource(group: group, version: version, resource: name)
                        for kind in resources.kinds(of: resource) {
                            found.insert(kind)
                            count += 1
                            if count == LintLimits.kindsPerRule { break rules }
                        }
                    }
                }
            }
        }
        return found.sorted { ($0.group, $0.version, $0.kind) < ($1.group, $1.version, $1.kind) }
    }
}
