package import Admission
import CEL
import Diagnostics
package import KubernetesSchemas
package import PolicyEngine
import ValidatingAdmissionPolicies
package import Values

/// Looks at policies without a request: what they read against what there is, and what of them cannot be meant.
package struct PolicyLinter {
    private let types: RuntimeTypes
    private let resources: ResourceTable

    /// - Parameters:
    ///   - schemas: the types of the target, those of CustomResourceDefinitions included.
    ///   - resources: which kinds a rule's resources are.
    package init(schemas: SchemaSet, resources: ResourceTable) {
        types = RuntimeTypes(schemas)
        self.resources = resources
    }

    /// - Parameters:
    ///   - version: of Kubernetes, such as `1.36`; without one, or for one whose types are not built in, the newest stands in.
    ///   - definitions: CustomResourceDefinitions whose types are known too.
    package init(version: String? = nil, definitions: [Node], resources: ResourceTable) {
        let schemas = version.flatMap { SchemaSet.builtIn(version: $0) } ?? .builtIn
        self.init(schemas: schemas.adding(definitions: definitions), resources: resources)
    }

    /// What an API server would write into each policy's `status.typeChecking`, in its words.
    package func expressionWarnings(
        in set: PolicySet
    ) -> [(policy: PolicyID, warnings: [ExpressionWarning])] {
        inspections(set).compactMap { policy in
            let warnings = ExpressionWarning.warnings(of: policy, schemas: types.schemas, resources: resources)
            return warnings.isEmpty ? nil : (policy.id, warnings)
        }
    }

    /// Everything that there is to say, policy by policy, each in the order of its file.
    package func findings(in set: PolicySet) -> [LintFinding] {
        var overlaps = OverlapRules()
        return inspections(set).flatMap { policy -> [LintFinding] in
            let typings = typings(of: policy)
            var findings = TypeRules.findings(typings)
            let values = ValueRules(types: types)
            findings += merged(typings.map { values.findings($0) })
            findings += presence(typings, policy)
            let isDeliberate = !policy.matchConditions.isEmpty || !policy.auditAnnotations.isEmpty
            findings += ConstantRules().findings(typings, isDeliberate: isDeliberate)
            findings += CostRules(types).findings(typings)
            findings += NameRules.findings(policy)
            findings += MatchRules(schemas: types.schemas, resources: resources).findings(policy)
            findings += overlaps.findings(policy)
            return findings.sorted { $0.position < $1.position }
        }
    }

    /// What each expression of each policy may cost.
    package func costs(in set: PolicySet) -> [(policy: PolicyID, costs: [CostReport])] {
        inspections(set).map { policy in (policy.id, CostRules(types).reports(typings(of: policy)).map(\.report)) }
    }

    /// Only what is about the types of what expressions read, which is what API servers warn of.
    package func typeFindings(in set: PolicySet) -> [LintFinding] {
        inspections(set).flatMap { policy in
            TypeRules.findings(typings(of: policy)).sorted { $0.position < $1.position }
        }
    }

    /// One for each policy; a template is one, however many constraints it has.
    private func inspections(_ set: PolicySet) -> [PolicyInspection] {
        let all: [any Sendable] = set.policies + set.mutatingPolicies
        var inspections: [PolicyInspection] = []
        var positions: [PolicyID: Int] = [:]
        for inspection in all.compactMap({ ($0 as? any InspectablePolicy)?.inspection }) {
            if let kinds = inspection.kinds, let position = positions[inspection.id] {
                inspections[position].kinds?.append(contentsOf: kinds)
            } else {
                positions[inspection.id] = inspections.count
                inspections.append(inspection)
            }
        }
        return inspections
    }

    /// One for each kind, or one for whatever it may be.
    private func typings(of policy: PolicyInspection) -> [KindTyping] {
        let kinds =
            policy.kinds.map { MatchedKinds.of($0, types.schemas) }
            ?? MatchedKinds.of(policy.match, in: resources, types.schemas)
        guard !kinds.isEmpty else { return [KindTyping(policy, nil, types: types)] }
        return kinds.map { kind in
            KindTyping(policy, (kind.kind, kind.type, resources.resource(for: kind.kind)), types: types)
        }
    }

    private func presence(_ typings: [KindTyping], _ policy: PolicyInspection) -> [LintFinding] {
        let operations = policy.match.operations
        return merged(
            typings.map { typing in
                PresenceCheck.accesses(typing, types, operations: operations).map(PresenceRules.finding)
            })
    }

    /// What is found for several kinds is said once.
    private func merged(_ findings: [[LintFinding]]) -> [LintFinding] {
        var seen: Set<String> = []
        return findings.joined().filter { finding in
            let place = finding.diagnostic.range.map { "\($0.start.line):\($0.start.column)" } ?? ""
            return seen.insert("\(finding.code.rawValue) \(place) \(finding.diagnostic.file?.name ?? "")").inserted
        }
    }
}

extension LintFinding {
    fileprivate var position: (Int, Int) {
        let start = diagnostic.range?.start
        return (start.map { Int($0.line) } ?? 0, start.map { Int($0.column) } ?? 0)
    }
}
