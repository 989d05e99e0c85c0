package import Admission
import Values

extension Verdict {
    /// Makes one answer out of all evaluations as the API server does: the first denial gives the status, warnings and
    /// audit annotations are those of all.
    ///
    /// - Parameter enforcement: which denials count.
    init(_ outcome: EvaluationOutcome, request: AdmissionRequest, enforcement: Enforcement) {
        self.init()
        self.evaluations = outcome.evaluations
        var annotations = AnnotationCollector()
        let evaluations = outcome.evaluations
        // In place: most decisions are admissions, which need not be copied.
        for position in evaluations.indices {
            for index in evaluations[position].decisions.indices
            where evaluations[position].decisions[index].action == .deny {
                apply(evaluations[position].decisions[index], enforcement, &annotations)
            }
            for annotation in evaluations[position].auditAnnotations where annotation.action != .exclude {
                apply(annotation, of: evaluations[position], enforcement, &annotations)
            }
        }
        auditAnnotations = annotations.entries()
        if let name = outcome.missingNamespace {
            denial = nil
            refuse(.missingNamespace(name), as: enforcement.mode)
        } else if let denial {
            let cause = denial.cause
            let reason = denial.reason ?? .invalid
            let message = "\(request.groupResource) \"\(request.displayName)\" is forbidden: \(cause)"
            status = Status(code: reason.code, reason: reason, message: message, cause: cause)
        }
    }

    /// Refuses a request for no policy's sake.
    mutating func refuse(_ status: Status, as mode: Enforcement.Mode) {
        switch mode {
        case .deny: self.status = status
        case .warn: warnings.append(status.message)
        case .audit: break
        }
        if mode != .deny { auditAnnotations.append((Enforcement.AnnotationKey.wouldDeny, status.message)) }
    }

    private mutating func deny(
        _ decision: Decision, _ enforcement: Enforcement, _ annotations: inout AnnotationCollector
    ) {
        let mode = enforcement.mode(of: decision.policy)
        guard mode != .deny else {
            if denial == nil { denial = decision }
            return
        }
        if unenforced == nil { unenforced = decision }
        annotations.add(Enforcement.AnnotationKey.wouldDeny, decision.cause)
        if mode == .warn { warnings.append(decision.cause) }
    }

    private mutating func apply(
        _ decision: Decision, _ enforcement: Enforcement, _ annotations: inout AnnotationCollector
    ) {
        if decision.actions.contains(.deny) { deny(decision, enforcement, &annotations) }
        guard let binding = decision.binding else { return }
        if decision.actions.contains(.audit) { annotations.addFailure(decision, binding) }
        if decision.actions.contains(.warn) {
            let policy = decision.policy
            warnings.append(
                "Validation failed for \(policy.kind) '\(policy.name)'\(binding.clause): \(decision.message)")
        }
    }

    private mutating func apply(
        _ annotation: AuditAnnotation, of evaluation: PolicyEvaluation, _ enforcement: Enforcement,
        _ annotations: inout AnnotationCollector
    ) {
        switch annotation.action {
        case .exclude: break
        case .publish: annotations.add("\(evaluation.policy.name)/\(annotation.key)", annotation.value)
        case .error:
            // Denies whatever the binding's actions are.
            let decision = Decision(
                .error, action: .deny, policy: evaluation.policy, binding: evaluation.binding,
                param: evaluation.param, message: annotation.value, actions: .deny)
            deny(decision, enforcement, &annotations)
        }
    }
}

extension Decision {
    /// `ValidatingAdmissionPolicy 'p' with binding 'b' denied request: …`, as the status words it.
    ///
    /// Of mutating policies the API server does not name the kind.
    package var cause: String {
        if policy.kind == "MutatingAdmissionPolicy" {
            let name = binding.map { "'\(policy.name)' with binding '\($0.name)'" } ?? "\"\(policy.name)\""
            return "policy \(name) denied request: \(message)"
        }
        return "\(policy.kind) '\(policy.name)'\(binding?.clause ?? "") denied request: \(message)"
    }
}

extension BindingID {
    /// How messages name it; policies of languages without bindings have one without a name.
    fileprivate var clause: String { name.isEmpty ? "" : " with binding '\(name)'" }
}

/// Joins the values of equal audit annotation keys.
private struct AnnotationCollector {
    private var keys: [String] = []
    private var values: [String: [String]] = [:]
    private var failure: String?

    private static let failureKey = "validation.policy.admission.k8s.io/validation_failure"

    mutating func add(_ key: String, _ value: String) {
        let cut = value.utf8.count <= EngineLimits.maximumAuditValueBytes ? value : Self.prefix(of: value)
        if values[key] == nil { keys.append(key) }
        if values[key]?.contains(cut) != true { values[key, default: []].append(cut) }
    }

    private static func prefix(of value: String) -> String {
        // A character that the cut would split goes altogether, so that the annotation stays valid UTF-8.
        var end = value.utf8.index(value.startIndex, offsetBy: EngineLimits.maximumAuditValueBytes)
        while end.samePosition(in: value.unicodeScalars) == nil { end = value.utf8.index(before: end) }
        return String(value[..<end])
    }

    /// The API server refuses to overwrite this annotation, so only a request's first failure is in it.
    mutating func addFailure(_ decision: Decision, _ binding: BindingID) {
        guard failure == nil else { return }
        var json: [UInt8] = []
        json.append(contentsOf: "[{\"message\":".utf8)
        json.append(jsonString: decision.message, escapesHTML: true)
        json.append(contentsOf: ",\"policy\":".utf8)
        json.append(jsonString: decision.policy.name, escapesHTML: true)
        json.append(contentsOf: ",\"binding\":".utf8)
        json.append(jsonString: binding.name, escapesHTML: true)
        json.append(contentsOf: ",\"expressionIndex\":\(decision.check?.index ?? 0),\"validationActions\":[".utf8)
        for (number, action) in binding.actionNames.enumerated() {
            if number > 0 { json.append(UInt8(ascii: ",")) }
            json.append(jsonString: action, escapesHTML: true)
        }
        json.append(contentsOf: "]}]".utf8)
        failure = String(decoding: json, as: UTF8.self)
    }

    func entries() -> [(key: String, value: String)] {
        var entries = keys.map { (key: $0, value: (values[$0] ?? []).joined(separator: ", ")) }
        if let failure { entries.append((key: Self.failureKey, value: failure)) }
        return entries
    }
}

extension AdmissionResponse {
    /// The response that carries a verdict.
    package init(uid: String, verdict: Verdict) {
        self.init(
            uid: uid,
            status: verdict.status.map { Status(code: $0.code, reason: $0.reason.rawValue, message: $0.message) },
            warnings: verdict.warnings, auditAnnotations: verdict.auditAnnotations)
    }
}
