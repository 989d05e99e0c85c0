package import Admission
internal import Diagnostics
internal import Values

/// All policies that are in force together, with the objects they refer to. Immutable; a reload makes a new one.
package struct PolicySet: Sendable {
    /// In the order in which they were loaded, which is the order in which they judge.
    package let policies: [any CompiledPolicy]
    /// In the order in which they were loaded, which is the order in which they change objects.
    package let mutatingPolicies: [any MutatingPolicy]
    package let cluster: ClusterContext
    private let index: MatchIndex
    let mutatingIndex: MatchIndex

    /// Collects policies and context while documents are read.
    package struct Builder: Sendable {
        package private(set) var policies: [any CompiledPolicy] = []
        package private(set) var mutatingPolicies: [any MutatingPolicy] = []
        package var cluster = ClusterContext()
        /// What the languages keep until `finish`, by language.
        package var pending: [String: any Sendable] = [:]

        package init() {}

        package mutating func add(_ policy: some CompiledPolicy) { policies.append(policy) }

        package mutating func add(_ policy: some MutatingPolicy) { mutatingPolicies.append(policy) }

        package func build() -> PolicySet {
            PolicySet(policies: policies, mutatingPolicies: mutatingPolicies, cluster: cluster)
        }
    }

    private init(
        policies: [any CompiledPolicy], mutatingPolicies: [any MutatingPolicy], cluster: ClusterContext
    ) {
        self.policies = policies
        self.mutatingPolicies = mutatingPolicies
        self.cluster = cluster
        var index = MatchIndex()
        for (number, policy) in policies.enumerated() { index.add(policy.match, policy: number) }
        self.index = index
        var mutatingIndex = MatchIndex()
        for (number, policy) in mutatingPolicies.enumerated() { mutatingIndex.add(policy.match, policy: number) }
        self.mutatingIndex = mutatingIndex
    }

    /// The same policies with other objects around them.
    package func with(_ cluster: ClusterContext) -> PolicySet {
        PolicySet(policies: policies, mutatingPolicies: mutatingPolicies, cluster: cluster)
    }

    /// Judges a request.
    ///
    /// - Parameter explains: whether denials and errors get an explanation.
    package func review(_ request: AdmissionRequest, explains: Bool = false) -> Verdict {
        let context = AdmissionContext(request: request, cluster: cluster, explains: explains)
        var outcome = EvaluationOutcome()
        index.forEachCandidate(of: request) { number in
            guard outcome.missingNamespace == nil else { return }
            let policy = policies[number]
            switch policy.match.match(context) {
            case .matches: policy.evaluate(context, into: &outcome)
            case .differs: break
            case .matchesConverted(let resource): policy.undecided(.conversion(resource), into: &outcome)
            case .needsNamespace(let name): policy.undecided(.namespace(name), into: &outcome)
            case .namespaceNotFound(let name): outcome.missingNamespace = name
            }
        }
        return Verdict(outcome, request: request)
    }
}
