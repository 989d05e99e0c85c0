import Admission
import Diagnostics
import KubernetesSchemas
import PolicyEngine
import Reporting
import Values

/// Turns the verdict on a request into what a report says about its object.
struct FindingBuilder {
    let policies: LoadedPolicies
    let request: AdmissionRequest
    /// The object in its file: the manifest, or the recorded AdmissionReview.
    let manifest: Node
    let number: Int
    /// Set if the request is for the Pod that the manifest's workload leads to.
    var pod: ExpandedPod?
    /// What mutating policies did to the request's object first; nil where they are left out.
    var mutation: MutationVerdict?
    /// What the request's object was made of, if not of the manifest as it is written.
    var view: AdmittedView?

    func report(_ verdict: Verdict) -> SubjectReport {
        var subjectVerdict = SubjectVerdict(
            status: verdict.status.map {
                SubjectVerdict.Status(code: $0.code, reason: $0.reason.rawValue, message: $0.message)
            })
        subjectVerdict.warnings = verdict.warnings
        subjectVerdict.auditAnnotations = verdict.auditAnnotations
        var findings = (mutation?.errors ?? []).compactMap(finding)
        findings += verdict.evaluations.flatMap { evaluation in
            evaluation.decisions.compactMap(finding)
                + evaluation.auditAnnotations.compactMap { finding($0, of: evaluation) }
        }
        // A refusal always shows, also one that is no policy's (the namespace does not exist).
        if let status = verdict.status, !findings.contains(where: { $0.effect.severity == .error }) {
            let policy = verdict.denial.map { policies.summary(of: $0.policy) }
            findings.append(
                Finding(
                    .error, policy: policy ?? PolicySummary(kind: "", name: "admission"), message: status.message,
                    reason: status.reason.rawValue))
        }
        var report = SubjectReport(
            subject: subject, verdict: subjectVerdict, findings: findings, matchedPolicies: matched(verdict))
        report.usedExceptions = Set(verdict.usedExceptions.map(\.qualifiedName))
        report.excused = verdict.evaluations.compactMap { evaluation in
            guard evaluation.decisions.isEmpty, let exception = evaluation.exceptions.first else { return nil }
            return (policies.summary(of: evaluation.policy), exception.qualifiedName)
        }
        if let mutation { add(mutation, to: &report) }
        return report
    }

    private func add(_ mutation: MutationVerdict, to report: inout SubjectReport) {
        let changes = MutationReport(policies: policies, mutation: mutation)
        report.mutation = changes.subjectMutation
        report.matchedPolicies = changes.matchedPolicies + report.matchedPolicies
        report.usedExceptions.formUnion(mutation.usedExceptions.map(\.qualifiedName))
        report.excused = changes.excused + report.excused
        report.verdict.auditAnnotations = mutation.auditAnnotations + report.verdict.auditAnnotations
    }

    private var subject: Subject {
        let kind = request.kind
        return Subject(
            apiVersion: kind.apiVersion, kind: kind.kind, namespace: request.namespace, name: name, place: place,
            number: number, operation: request.operation.name.description)
    }

    /// The name, or for objects that the server will name what it makes the name of.
    private var name: String {
        if !request.name.isEmpty { return request.name }
        let metadata = request.objectNode?["metadata" as StaticString]
        return metadata?["name" as StaticString]?.string
            ?? metadata?["generateName" as StaticString]?.string.map { "\($0)*" } ?? ""
    }

    private var place: Place? {
        guard let file = manifest.document.source else { return nil }
        return Place(file, manifest.position.map { SourceRange(at: $0) })
    }

    /// Policies that had something to say, each once.
    private func matched(_ verdict: Verdict) -> [PolicySummary] {
        var seen: Set<ObjectIdentifier> = []
        var matched: [PolicySummary] = []
        for evaluation in verdict.evaluations {
            // Nothing is said where a matchCondition excluded the request.
            if evaluation.decisions.isEmpty, evaluation.auditAnnotations.isEmpty, evaluation.exceptions.isEmpty {
                continue
            }
            let summary = policies.summary(of: evaluation.policy)
            if seen.insert(ObjectIdentifier(summary)).inserted { matched.append(summary) }
        }
        return matched
    }

    // MARK: One decision

    private func finding(_ decision: Decision) -> Finding? {
        guard let effect = Self.effect(of: decision) else { return nil }
        let message = decision.message.isEmpty ? (decision.missing?.description ?? "denied") : decision.message
        let binding = decision.binding.flatMap { $0.name.isEmpty ? nil : $0.name }
        var finding = Finding(
            effect, policy: policies.summary(of: decision.policy), binding: binding,
            param: decision.param, check: decision.check?.field ?? "", message: introduced(message, effect),
            reason: decision.reason?.rawValue)
        if let check = decision.check, let file = check.file { finding.policyPlace = Place(file, check.range) }
        finding.why = why(decision)
        finding.help = MissingImages.help(decision.missing, looks: policies.images != nil)
        if let node = decision.explanation?.place { locate(node, &finding) }
        return finding
    }

    /// Says of a finding about a Pod to be that it is not about the workload as it is.
    private func introduced(_ message: String, _ effect: Effect) -> String {
        guard let pod else { return message }
        return effect == .deny ? "\(pod.introduction): \(message)" : "at Pod creation: \(message)"
    }

    /// nil for annotations that simply are published or left out.
    private func finding(_ annotation: AuditAnnotation, of evaluation: PolicyEvaluation) -> Finding? {
        guard annotation.action == .error || annotation.action == .exclude && !annotation.value.isEmpty else {
            return nil
        }
        return Finding(
            annotation.action == .error ? .error : .ignored, policy: policies.summary(of: evaluation.policy),
            binding: evaluation.binding?.name, param: evaluation.param,
            check: "spec.auditAnnotations[\(annotation.key)].valueExpression", message: annotation.value)
    }

    /// Points the finding at the node that decided, if that is in the object's file.
    private func locate(_ node: Node, _ finding: inout Finding) {
        let own = [request.document, request.objectNode?.document]
        guard let file = node.document.source, own.contains(where: { $0 === node.document }) else { return }
        let (root, prefix) = holder(of: node)
        if let path = root.fieldPath(to: node), !path.isEmpty { finding.fieldPath = prefix + path }
        if let range = root.textRange(of: node) { finding.place = Place(file, range) }
        if finding.help == nil, DefaultedField.isDefaulted(node, in: root, view) { finding.help = DefaultedField.help }
    }

    /// The part of the request that the node is in, and how paths from there start.
    private func holder(of node: Node) -> (root: Node, prefix: String) {
        func holds(_ root: Node) -> Bool {
            root.document === node.document && root.index <= node.index && node.index < root.endIndex
        }
        if let object = request.objectNode, holds(object) {
            // What the template says of the Pod is in the workload below the template's own path.
            return (object, pod.map { "\($0.templatePath)." } ?? "")
        }
        if let object = request.oldObjectNode, holds(object) {
            // What is deleted is the object of the manifest.
            return (object, request.operation == .delete ? "" : "oldObject.")
        }
        return (request.node, "request.")
    }

    /// nil for checks that passed.
    static func effect(of decision: Decision) -> Effect? {
        if decision.missing != nil { return .error }
        if decision.evaluation == .error { return decision.action == .deny ? .error : .ignored }
        guard decision.action == .deny else { return nil }
        if decision.actions.contains(.deny) { return .deny }
        return decision.actions.contains(.warn) ? .warn : .audit
    }

    private func why(_ decision: Decision) -> Reason? {
        if let explanation = decision.explanation {
            return Reason(
                expression: explanation.expression,
                operands: explanation.operands.compactMap { operand in
                    // That `string` is the type string explains nothing.
                    if case .type = operand.value { return nil }
                    return Reason.Operand(text: operand.text, value: operand.value.json)
                },
                place: explanation.file.map { Place($0, explanation.range) })
        }
        guard let check = decision.check, !check.expression.isEmpty else { return nil }
        return Reason(expression: check.expression, place: check.file.map { Place($0, check.range) })
    }
}

extension SubjectReport {
    /// Adds what was found about the Pod that the subject leads to. The verdict on the subject itself stays.
    mutating func add(_ pod: SubjectReport) {
        findings += pod.findings
        usedExceptions.formUnion(pod.usedExceptions)
        excused += pod.excused
        let known = Set(matchedPolicies.map(ObjectIdentifier.init))
        matchedPolicies += pod.matchedPolicies.filter { !known.contains(ObjectIdentifier($0)) }
    }
}
