package import Admission
package import ImageVerification
import Values

extension PolicySet {
    /// Changes a request's object as the mutating policies say.
    ///
    /// Policies run in the order in which they were loaded. If any mutation was applied, those with
    /// `reinvocationPolicy: IfNeeded` that ran are run once more, as the API server does. Policies are matched with the
    /// object as it is at the start of each of the two passes.
    package func mutate(_ request: AdmissionRequest, images: ImageFacts? = nil) -> MutationVerdict {
        var verdict = MutationVerdict(request)
        guard !mutatingPolicies.isEmpty else { return verdict }
        var reinvocable: Set<String> = []
        let isDirty = run(&verdict, only: nil, images, reinvocable: &reinvocable)
        guard verdict.isAllowed, isDirty, !reinvocable.isEmpty else { return verdict }
        let first = verdict.mutations.count
        var ignored: Set<String> = []
        _ = run(&verdict, only: reinvocable, images, reinvocable: &ignored)
        for index in first..<verdict.mutations.count { verdict.mutations[index].isReinvocation = true }
        return verdict
    }

    /// One pass over all policies, or over the invocations named.
    ///
    /// - Returns: whether any mutation was applied.
    private func run(
        _ verdict: inout MutationVerdict, only keys: Set<String>?, _ images: ImageFacts?,
        reinvocable: inout Set<String>
    ) -> Bool {
        let plan = plan(verdict.request, images)
        if let name = plan.missingNamespace {
            verdict.status = .missingNamespace(name)
            return false
        }
        var errors = plan.errors
        var isDirty = false
        for invocation in plan.invocations {
            if let keys, !keys.contains(invocation.key) { continue }
            let result = invocation.apply(AdmissionContext(request: verdict.request, cluster: cluster, images: images))
            errors += result.errors
            verdict.mutations += result.mutations
            if let object = result.object {
                isDirty = true
                verdict.request = verdict.request.with(object: object)
            }
            if result.isMatch, invocation.isReinvocable { reinvocable.insert(invocation.key) }
        }
        verdict.errors += errors
        if let failure = errors.first(where: { $0.reason == .internalError }) {
            // The API server stops there, whatever the failure policy.
            verdict.denial = failure
            verdict.status = Verdict.Status(
                code: StatusReason.internalError.code, reason: .internalError, message: failure.message)
        } else if let denial = errors.first(where: { $0.action == .deny }) {
            verdict.denial = denial
            // The API server gives every such refusal 403, and its reason only if it comes from an evaluation.
            verdict.status = Verdict.Status(
                code: StatusReason.forbidden.code, reason: denial.reason ?? .forbidden, message: denial.cause,
                cause: denial.cause)
        }
        return isDirty
    }

    private func plan(_ request: AdmissionRequest, _ images: ImageFacts?) -> MutationPlan {
        let context = AdmissionContext(request: request, cluster: cluster, images: images)
        var plan = MutationPlan()
        mutatingIndex.forEachCandidate(of: request) { number in
            guard plan.missingNamespace == nil else { return }
            let policy = mutatingPolicies[number]
            switch policy.match.match(context) {
            case .matches: policy.plan(context, into: &plan)
            case .differs: break
            case .matchesConverted(let resource): policy.undecided(.conversion(resource), into: &plan)
            case .needsNamespace(let name): policy.undecided(.namespace(name), into: &plan)
            case .namespaceNotFound(let name): plan.missingNamespace = name
            }
        }
        return plan
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
