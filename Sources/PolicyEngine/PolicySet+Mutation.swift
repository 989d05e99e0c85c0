package import Admission
package import ImageVerification
package import Values

extension PolicySet {
    /// Changes a request's object as the mutating policies say.
    ///
    /// Policies run in the order in which they were loaded. If any mutation was applied, those with
    /// `reinvocationPolicy: IfNeeded` that ran are run once more, as the API server does. Policies are matched with the
    /// object as it is at the start of each of the two passes.
    ///
    /// - Parameter now: the time of the request, for exceptions that expire and policies that ask.
    package func mutate(
        _ request: AdmissionRequest, now: Timestamp = SystemClock.now(), images: ImageFacts? = nil
    ) -> MutationVerdict {
        let given = Given(now: now, images: images)
        var verdict = MutationVerdict(request)
        guard !mutatingPolicies.isEmpty else { return verdict }
        verdict.exemption = enforcement.exemption(of: request)
        guard verdict.exemption == nil else { return verdict }
        var reinvocable: Set<String> = []
        let isDirty = run(&verdict, only: nil, reinvocable: &reinvocable, given)
        guard verdict.isAllowed, isDirty else { return verdict }
        var ignored: Set<String> = []
        _ = run(&verdict, only: reinvocable, reinvocable: &ignored, given)
        return verdict
    }

    /// Changes any document by the policies that are about documents of any shape, and judges the result.
    package func mutateAndReview(
        document: Node, explains: Bool = false, now: Timestamp = SystemClock.now(), images: ImageFacts? = nil,
        coverage: CoverageRecorder? = nil
    ) -> (request: AdmissionRequest, mutation: MutationVerdict, verdict: Verdict)? {
        guard let request = AdmissionRequest(document: document) else { return nil }
        var mutation = MutationVerdict(request)
        var pass = Pass()
        let context = AdmissionContext(request: request, cluster: cluster, now: now, images: images)
        for number in mutatingPolicies.indices where mutatingPolicies[number].changesDocuments {
            ask(number, context, &pass)
        }
        _ = run(pass, &mutation, only: nil, Given(now: now, images: images))
        mutation.refuse(enforcement)
        let judged = mutation.object ?? document
        guard
            let (changed, verdict) = review(
                document: judged, explains: explains, now: now, images: images, coverage: coverage)
        else { return nil }
        return (changed, mutation, verdict)
    }

    /// What policies on objects that exist already make of them, because of a request.
    ///
    /// - Parameter existing: the objects that there are, each as a request to update it.
    package func change(
        _ existing: [AdmissionRequest], because request: AdmissionRequest, now: Timestamp = SystemClock.now()
    ) -> [(target: AdmissionRequest, record: MutationRecord)] {
        let context = AdmissionContext(request: request, cluster: cluster, now: now)
        var changes: [(target: AdmissionRequest, record: MutationRecord)] = []
        for policy in mutatingPolicies where policy.changesExisting {
            guard case .matches = policy.match.match(context) else { continue }
            for (target, result) in policy.change(existing, because: context) {
                var record = MutationRecord(policy: policy.id)
                record.isMatch = result.isMatch
                record.mutations = result.mutations
                record.errors = result.errors
                record.object = result.object
                changes.append((target, record))
            }
        }
        return changes
    }

    /// What a request's policies are given beside it.
    private struct Given {
        let now: Timestamp
        let images: ImageFacts?

        func context(_ request: AdmissionRequest, _ cluster: ClusterContext) -> AdmissionContext {
            AdmissionContext(request: request, cluster: cluster, now: now, images: images)
        }
    }

    /// One pass over all policies, or over the invocations named.
    ///
    /// - Returns: whether any mutation was applied.
    private func run(
        _ verdict: inout MutationVerdict, only keys: Set<String>?, reinvocable: inout Set<String>, _ given: Given
    ) -> Bool {
        let pass = plan(verdict.request, given)
        if let name = pass.plan.missingNamespace {
            // The validating policies say it once more, and as a warning where nothing is to be denied.
            if enforcement.mode == .deny { verdict.status = .missingNamespace(name) }
            return false
        }
        let isDirty = run(pass, &verdict, only: keys, given) { reinvocable.insert($0) }
        verdict.refuse(enforcement)
        return isDirty
    }

    /// - Parameter mayRunAgain: called with the keys of those that ran and may run once more.
    /// - Returns: whether any mutation was applied.
    private func run(
        _ pass: Pass, _ verdict: inout MutationVerdict, only keys: Set<String>?, _ given: Given,
        mayRunAgain: (String) -> Void = { _ in }
    ) -> Bool {
        var isDirty = false
        verdict.errors += pass.plan.errors
        // Those that are excused stay so in the second pass.
        if keys == nil { verdict.records += pass.excused }
        for (invocation, ruling) in zip(pass.plan.invocations, pass.rulings) {
            if let keys, !keys.contains(invocation.key) {
                verdict.errors += invocation.check(given.context(verdict.request, cluster))
                continue
            }
            let result = invocation.apply(given.context(verdict.request, cluster))
            if let object = result.object {
                isDirty = true
                verdict.request = verdict.request.with(object: object)
            }
            var record = MutationRecord(
                policy: invocation.policy, binding: invocation.binding, param: invocation.param)
            record.isReinvocation = keys != nil
            record.isMatch = result.isMatch
            record.mutations = result.mutations
            record.auditAnnotations = result.auditAnnotations
            record.errors = result.errors.map { $0.remarking(ruling?.remarks ?? []) }
            record.object = result.isMatch ? verdict.request.objectNode : nil
            if let ruling {
                record.exceptions = ruling.loosening
                record.remarks = ruling.remarks
            }
            verdict.errors += record.errors
            verdict.records.append(record)
            if result.isMatch, invocation.isReinvocable { mayRunAgain(invocation.key) }
        }
        return isDirty
    }

    /// What one pass is to do.
    private struct Pass {
        var plan = MutationPlan()
        /// What exceptions say, for each invocation of the plan; nil where there are none.
        var rulings: [ExceptionRuling?] = []
        var excused: [MutationRecord] = []
    }

    private func plan(_ request: AdmissionRequest, _ given: Given) -> Pass {
        let context = given.context(request, cluster)
        var pass = Pass()
        mutatingIndex.forEachCandidate(of: request) { number in
            guard pass.plan.missingNamespace == nil else { return }
            let policy = mutatingPolicies[number]
            switch policy.matches(context) {
            case .matches: ask(number, context, &pass)
            case .differs: break
            case .matchesConverted(let resource): policy.undecided(.conversion(resource), into: &pass.plan)
            case .needsNamespace(let name): policy.undecided(.namespace(name), into: &pass.plan)
            case .namespaceNotFound(let name): policy.cannotMatch(namespace: name, into: &pass.plan)
            }
        }
        return pass
    }

    private func ask(_ number: Int, _ context: AdmissionContext, _ pass: inout Pass) {
        let policy = mutatingPolicies[number]
        var ruling: ExceptionRuling?
        if !mutatingExceptions.isEmpty, !mutatingExceptions[number].isEmpty {
            let found = ExceptionRuling(
                mutatingExceptions[number].filter { $0.allowances.isEmpty || policy.readsAllowances }, context)
            if let excuse = found.excuse {
                var record = MutationRecord(policy: policy.id)
                record.isMatch = false
                record.exceptions = [excuse]
                pass.excused.append(record)
                return
            }
            pass.plan.allowances = found.allowances
            ruling = found
        }
        let errors = pass.plan.errors.count
        policy.plan(context, into: &pass.plan)
        pass.plan.allowances = ExceptionAllowances()
        if let ruling {
            for index in errors..<pass.plan.errors.count {
                pass.plan.errors[index] = pass.plan.errors[index].remarking(ruling.remarks)
            }
        }
        while pass.rulings.count < pass.plan.invocations.count { pass.rulings.append(ruling) }
    }
}

extension MutationVerdict {
    /// Makes the first error that denies the answer.
    fileprivate mutating func refuse(_ enforcement: Enforcement) {
        let errors = enforced(enforcement)
        if let failure = errors.first(where: { $0.reason == .internalError }) {
            // The API server stops there, whatever the failure policy.
            denial = failure
            status = Verdict.Status(
                code: StatusReason.internalError.code, reason: .internalError, message: failure.message)
        } else if let denial = errors.first(where: { $0.action == .deny }) {
            self.denial = denial
            // The API server gives every such refusal 403, and its reason only if it comes from an evaluation.
            status = Verdict.Status(
                code: StatusReason.forbidden.code, reason: denial.reason ?? .forbidden, message: denial.cause,
                cause: denial.cause)
        }
    }

    /// The errors that may refuse the request; what the operator has taken back is put down as that.
    private mutating func enforced(_ enforcement: Enforcement) -> [Decision] {
        guard !enforcement.isFull else { return errors }
        warnings = []
        unenforced = nil
        return errors.filter { error in
            let mode = enforcement.mode(of: error.policy)
            guard mode != .deny, error.action == .deny || error.reason == .internalError else { return true }
            if mode == .warn { warnings.append(error.cause) }
            if unenforced == nil { unenforced = error }
            return false
        }
    }
}

extension Decision {
    /// The same with remarks after its message.
    fileprivate func remarking(_ remarks: [String]) -> Decision {
        guard !remarks.isEmpty else { return self }
        var copy = self
        for remark in remarks { copy.message += "; \(remark)" }
        return copy
    }
}

extension MissingContext {
    /// The object in the version of that resource.
    package static func conversion(_ resource: GroupVersionResource) -> MissingContext {
        .conversion(resource.group.isEmpty ? resource.version : "\(resource.group)/\(resource.version)")
    }
}

extension Verdict.Status {
    static func missingNamespace(_ name: String) -> Verdict.Status {
        Verdict.Status(code: 404, reason: .notFound, message: "namespaces \"\(name)\" not found")
    }
}
