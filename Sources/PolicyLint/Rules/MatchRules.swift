import Admission
import Diagnostics
import KubernetesSchemas
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// What a policy says of itself beside its expressions: messages, and the resources that it names.
struct MatchRules {
    let schemas: SchemaSet
    let resources: ResourceTable

    func findings(_ policy: PolicyInspection) -> [LintFinding] {
        messages(policy) + names(policy)
    }

    private func messages(_ policy: PolicyInspection) -> [LintFinding] {
        policy.validations.compactMap { validation in
            guard !validation.hasMessage, Names.trimmed(validation.expression.check.expression) != "true" else {
                return nil
            }
            return LintFinding(
                .noMessage, "this validation has no message: who is denied sees the expression",
                at: .init(validation.expression), help: "say in `message` what is to be done")
        }
    }

    // MARK: Resources

    private func names(_ policy: PolicyInspection) -> [LintFinding] {
        guard let rules = policy.root["spec"]?["matchConstraints"]?["resourceRules"] else { return [] }
        return rules.elements.flatMap { rule -> [LintFinding] in
            let groups = texts(rule["apiGroups"])
            let versions = texts(rule["apiVersions"])
            let resources = texts(rule["resources"])
            guard !(groups + versions).contains(where: { $0.text.contains("*") }) else { return [] }
            return unknown(resources, in: groups.map(\.text))
                + groups.flatMap { removed(versions, resources, $0.text) }
        }
    }

    private func texts(_ list: Node?) -> [(node: Node, text: String)] {
        (list?.elements).map { $0.compactMap { node in node.string.map { (node, $0) } } } ?? []
    }

    /// Versions that the target does not serve any more.
    private func removed(
        _ versions: [(node: Node, text: String)], _ names: [(node: Node, text: String)], _ group: String
    ) -> [LintFinding] {
        versions.compactMap { version in
            for name in names where !name.text.contains("*") && !name.text.contains("/") {
                let resource = GroupVersionResource(group: group, version: version.text, resource: name.text)
                for kind in resources.kinds(of: resource) where kind.group == group {
                    let status = KindStatus(apiVersion: kind.apiVersion, kind: kind.kind, in: schemas)
                    guard case .removed(let since, let replacement) = status else { continue }
                    return LintFinding(
                        .removedVersion,
                        "`\(kind.apiVersion)` of \(kind.kind) is not served since Kubernetes \(since)",
                        at: .init(version.node), help: replacement.map { "use `\($0)`" })
                }
            }
            return nil
        }
    }

    /// Resources that none of the rule's groups has; nothing is known of groups that are not Kubernetes' own.
    private func unknown(_ names: [(node: Node, text: String)], in groups: [String]) -> [LintFinding] {
        let byGroup = groups.map { resources.resources(ofGroup: $0) }
        guard !byGroup.contains(where: \.isEmpty) else { return [] }
        let known = byGroup.reduce(into: Set<String>()) { $0.formUnion($1) }
        let list = groups.map { $0.isEmpty ? "the core group" : "the group `\($0)`" }.joined(separator: " or ")
        return names.compactMap { name in
            guard !name.text.contains("*"), !known.contains(name.text) else { return nil }
            let help = closestMatch(to: name.text, among: known.filter { !$0.contains("/") }.sorted())
            return LintFinding(
                .unknownResource, "there is no resource `\(name.text)` in \(list)", at: .init(name.node),
                help: help.map { "did you mean `\($0)`?" })
        }
    }
}
