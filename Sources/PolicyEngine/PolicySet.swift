package import Admission
package import ImageVerification
package import Values

/// All policies that are in force together, with the objects they refer to. Immutable; a reload makes a new one.
package struct PolicySet: Sendable {
    /// In the order in which they were loaded, which is the order in which they judge.
    package let policies: [any CompiledPolicy]
    package let exceptions: [any CompiledException]
    /// In the order in which they were loaded, which is the order in which they change objects.
    package let mutatingPolicies: [any MutatingPolicy]
    package private(set) var cluster: ClusterContext
    /// What the operator lets the policies do.
    package private(set) var enforcement = Enforcement()
    private let index: MatchIndex
    let mutatingIndex: MatchIndex
    /// By number of the policy; empty where there are no exceptions at all.
    private let exceptionsByPolicy: [[any CompiledException]]
    /// The same for mutating policies.
    let mutatingExceptions: [[any CompiledException]]
    /// Whether any policy may be about Pods; if not there is no point in making any.
    private let mayJudgePods: Bool

    /// Collects policies and context while documents are read.
    package struct Builder: Sendable {
        package private(set) var policies: [any CompiledPolicy] = []
        package private(set) var exceptions: [any CompiledException] = []
        package private(set) var mutatingPolicies: [any MutatingPolicy] = []
        package var cluster = ClusterContext()
        /// What the languages keep until `finish`, by language.
        package var pending: [String: any Sendable] = [:]

        package init() {}

        package mutating func add(_ policy: some CompiledPolicy) { policies.append(policy) }
        package mutating func add(exception: some CompiledException) { exceptions.append(exception) }

        package mutating func add(_ policy: some MutatingPolicy) { mutatingPolicies.append(policy) }

        package func build() -> PolicySet {
            PolicySet(
                policies: policies, exceptions: exceptions, mutatingPolicies: mutatingPolicies, cluster: cluster)
        }
    }

    private init(
        policies: [any CompiledPolicy], exceptions: [any CompiledException],
        mutatingPolicies: [any MutatingPolicy], cluster: ClusterContext
    ) {
        self.policies = policies
        self.exceptions = exceptions
        self.mutatingPolicies = mutatingPolicies
        self.cluster = cluster
        var index = MatchIndex()
        for (number, policy) in policies.enumerated() { index.add(policy.match, policy: number) }
        self.index = index
        var mutatingIndex = MatchIndex()
        for (number, policy) in mutatingPolicies.enumerated() where !policy.changesExisting {
            mutatingIndex.add(policy.match, policy: number)
        }
        self.mutatingIndex = mutatingIndex
        mayJudgePods = policies.contains { policy in
            policy.match.resourceRules.contains { rule in
                rule.resources.contains { $0 == "pods" || $0.hasPrefix("*") }
            }
        }
        exceptionsByPolicy =
            exceptions.isEmpty ? [] : policies.map { policy in exceptions.filter { $0.covers(policy.id) } }
        mutatingExceptions =
            exceptions.isEmpty ? [] : mutatingPolicies.map { policy in exceptions.filter { $0.covers(policy.id) } }
    }

    /// The same policies with other objects around them.
    package func with(_ cluster: ClusterContext) -> PolicySet {
        var copy = self
        copy.cluster = cluster
        return copy
    }

    /// The same policies, allowed to do other things.
    package func with(_ enforcement: Enforcement) -> PolicySet {
        var copy = self
        copy.enforcement = enforcement
        return copy
    }

    /// Judges a request.
    ///
    /// - Parameters:
    ///   - explains: whether denials and errors get an explanation.
    ///   - now: the time of the request, for exceptions that expire and policies that ask.
    ///   - images: what is known of images; what lacks is noted there.
    ///   - coverage: where to note what the parts of expressions came to.
    package func review(
        _ request: AdmissionRequest, explains: Bool = false, now: Timestamp = SystemClock.now(),
        images: ImageFacts? = nil, coverage: CoverageRecorder? = nil
    ) -> Verdict {
        if let exemption = enforcement.exemption(of: request) { return Verdict(exemption: exemption) }
        let context = AdmissionContext(
            request: request, cluster: cluster, explains: explains, now: now, images: images, coverage: coverage)
        var outcome = EvaluationOutcome()
        index.forEachCandidate(of: request) { judge($0, context, &outcome) }
        outcome.conclude()
        return Verdict(outcome, request: request, enforcement: enforcement)
    }

    /// Judges the Pod that a workload's controller would create, by the policies that are not about the workload itself.
    ///
    /// - Parameter mutates: whether the mutating policies change the Pod first.
    /// - Returns: nil if the request is about no workload, or if no policy is about its Pod only.
    package func reviewPod(
        of request: AdmissionRequest, mutates: Bool = false, explains: Bool = false,
        now: Timestamp = SystemClock.now(), images: ImageFacts? = nil, admit: (Node) -> Node = { $0 }
    ) -> (pod: ExpandedPod, verdict: Verdict)? {
        guard mayJudgePods, enforcement.exemption(of: request) == nil,
            var pod = WorkloadExpansion.pod(of: request, admit: admit)
        else { return nil }
        if mutates {
            let mutation = mutate(pod.request, now: now, images: images)
            guard mutation.isAllowed else { return (pod, Verdict(mutation)) }
            pod.request = mutation.request
        }
        let workload = AdmissionContext(request: request, cluster: cluster, explains: explains, now: now)
        let context = AdmissionContext(
            request: pod.request, cluster: cluster, explains: explains, now: now, images: images, isGenerated: true)
        var outcome = EvaluationOutcome()
        index.forEachCandidate(of: pod.request) { number in
            guard case .differs = policies[number].matches(workload) else { return }
            judge(number, context, &outcome)
        }
        outcome.conclude()
        guard !outcome.evaluations.isEmpty || outcome.missingNamespace != nil else { return nil }
        return (pod, Verdict(outcome, request: pod.request, enforcement: enforcement))
    }

    /// Whether there are policies about documents of any shape.
    package var judgesDocuments: Bool {
        policies.contains { $0.subject == .documents } || mutatingPolicies.contains(where: \.changesDocuments)
    }

    /// Judges any document by the policies that are about documents of any shape.
    ///
    /// - Parameter subject: what the document is, if it is of a certain shape: the policies on such judge it then.
    package func review(
        document: Node, as subject: PolicySubject = .documents, explains: Bool = false,
        now: Timestamp = SystemClock.now(), images: ImageFacts? = nil,
        coverage: CoverageRecorder? = nil
    ) -> (request: AdmissionRequest, verdict: Verdict)? {
        guard let request = AdmissionRequest(document: document) else { return nil }
        let context = AdmissionContext(
            request: request, cluster: cluster, explains: explains, now: now, images: images, coverage: coverage)
        var outcome = EvaluationOutcome()
        for number in policies.indices where policies[number].subject == subject {
            evaluate(number, context, &outcome)
        }
        outcome.conclude()
        return (request, Verdict(outcome, request: request, enforcement: enforcement))
    }

    private func judge(_ number: Int, _ context: AdmissionContext, _ outcome: inout EvaluationOutcome) {
        guard outcome.missingNamespace == nil else { return }
        let policy = policies[number]
        switch policy.matches(context) {
        case .matches: evaluate(number, context, &outcome)
        case .differs: break
        case .matchesConverted(let resource): policy.undecided(.conversion(resource), into: &outcome)
        case .needsNamespace(let name): policy.undecided(.namespace(name), into: &outcome)
        case .namespaceNotFound(let name): policy.cannotMatch(namespace: name, into: &outcome)
        }
    }

    private func evaluate(_ number: Int, _ context: AdmissionContext, _ outcome: inout EvaluationOutcome) {
        let policy = policies[number]
        guard !exceptionsByPolicy.isEmpty, !exceptionsByPolicy[number].isEmpty else {
            return policy.evaluate(context, into: &outcome)
        }
        let ruling = ExceptionRuling(
            exceptionsByPolicy[number].filter { $0.allowances.isEmpty || policy.readsAllowances }, context)
        if let excuse = ruling.excuse {
            var evaluation = PolicyEvaluation(policy: policy.id, binding: nil)
            evaluation.exceptions = [excuse]
            outcome.evaluations.append(evaluation)
            return
        }
        let first = outcome.evaluations.count
        outcome.allowances = ruling.allowances
        policy.evaluate(context, into: &outcome)
        outcome.allowances = ExceptionAllowances()
        for index in outcome.evaluations.indices.dropFirst(first) {
            outcome.evaluations[index].exceptions = ruling.loosening
            for number in outcome.evaluations[index].decisions.indices
            where outcome.evaluations[index].decisions[number].evaluation != .admit {
                for remark in ruling.remarks {
                    outcome.evaluations[index].decisions[number].message += "; \(remark)"
                }
            }
        }
    }
}

extension EvaluationOutcome {
    fileprivate mutating func conclude() {
        guard !conclusions.isEmpty else { return }
        let last = conclusions
        conclusions = []
        for conclusion in last { conclusion(&self) }
    }
}

extension AdmissionRequest {
    /// A request that carries a document of any shape as its object, for policies that judge such; nothing else in it
    /// means anything.
    init?(document: Node) {
        var builder = DocumentBuilder(recordsPositions: document.position != nil)
        builder.beginMap(at: document.position)
        for (field, names) in [
            ("kind", ["group", "version", "kind"]), ("resource", ["group", "version", "resource"]),
        ] {
            builder.appendKey(field)
            builder.beginMap()
            for name in names {
                builder.appendKey(name)
                builder.append(name == "kind" || name == "resource" ? "document" : "")
            }
            builder.endMap()
        }
        for (key, value) in [("uid", "document"), ("operation", "CREATE")] {
            builder.appendKey(key)
            builder.append(value)
        }
        builder.appendKey("object")
        builder.append(copyOf: document)
        builder.endMap()
        let finished = builder
        guard
            let request = try? AdmissionRequest(
                finished.finish(source: document.document.source).root, isResourceGuessed: true)
        else { return nil }
        self = request
    }
}
