import Admission
import Diagnostics
import Documents
import PolicyEngine
import Reporting
import Values

/// The policies of a run, compiled, with the objects around them.
struct LoadedPolicies: Sendable {
    /// In the order in which they were loaded.
    let summaries: [PolicySummary]
    /// Which kind is which resource, CustomResourceDefinitions of the context included.
    let resources: ResourceTable
    private let set: PolicySet
    private let byID: [PolicyID: PolicySummary]

    /// The verdict on a request, with explanations for what it does not simply admit.
    func judge(_ request: AdmissionRequest) -> Verdict { set.review(request, explains: true) }

    func summary(of policy: PolicyID) -> PolicySummary {
        byID[policy] ?? PolicySummary(kind: policy.kind, name: policy.qualifiedName)
    }

    init(_ set: PolicySet, resources: ResourceTable) {
        self.set = set
        self.resources = resources
        var byID: [PolicyID: PolicySummary] = [:]
        summaries = set.policies.map { policy in
            let place = policy.id.file.map { file in
                Place(file, policy.id.position.map { SourceRange(at: $0) })
            }
            let summary = PolicySummary(kind: policy.id.kind, name: policy.id.qualifiedName, place: place)
            byID[policy.id] = summary
            return summary
        }
        self.byID = byID
    }
}
