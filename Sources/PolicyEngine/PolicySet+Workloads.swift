package import Admission
package import ImageVerification
package import Values

/// What follows where a workload itself is allowed and the Pod that it leads to would be denied.
package enum WorkloadEnforcement: String, Sendable, CaseIterable {
    /// Workloads are judged as what they are.
    case off
    /// The workload goes through with a warning.
    case warn
    /// The workload is refused.
    case deny
}

extension PolicySet {
    /// Judges a request, and the Pod that it would lead to if it is about a workload.
    package func review(
        _ request: AdmissionRequest, workloads: WorkloadEnforcement, now: Timestamp = SystemClock.now(),
        images: ImageFacts? = nil, timeLimit: TimeLimit? = nil
    ) -> Verdict {
        var verdict = review(request, now: now, images: images, timeLimit: timeLimit)
        guard workloads != .off, verdict.isAllowed, verdict.exemption == nil,
            let (pod, podVerdict) = reviewPod(
                of: request, mutates: true, now: now, images: images, timeLimit: timeLimit)
        else { return verdict }
        for warning in podVerdict.warnings { verdict.warnings.append("at Pod creation: \(warning)") }
        guard let status = podVerdict.status else { return verdict }
        let cause = "\(pod.introduction): \(status.cause ?? status.message)"
        if workloads == .warn {
            verdict.warnings.append("the Pods of this \(pod.workloadKind) \(cause)")
        } else {
            verdict.denial = podVerdict.denial
            verdict.status = Verdict.Status(
                code: status.code, reason: status.reason,
                message: "\(request.groupResource) \"\(request.displayName)\" is forbidden: \(cause)", cause: cause)
        }
        return verdict
    }
}
