import Admission
import Diagnostics
import Documents
import PolicyEngine
import Values

/// What tests say of policies that change objects.
extension TestRunner {
    /// Errors before any policy ran, each as a record of its policy.
    static func records(of mutation: MutationVerdict) -> [MutationRecord] {
        let own = mutation.records.flatMap(\.errors).map(\.message)
        return mutation.errors.filter { !own.contains($0.message) }.map { error in
            var record = MutationRecord(policy: error.policy, binding: error.binding, param: error.param)
            record.isMatch = false
            record.errors = [error]
            return record
        }
    }

    /// The objects that exist already, as policies leave them because of the test's objects.
    func judgeTargets(
        _ test: PolicyTest, _ set: PolicySet, _ table: ResourceTable, _ triggers: [AdmissionRequest],
        _ log: inout DiagnosticLog
    ) -> [Judged] {
        var targets: [AdmissionRequest] = []
        var options = ManifestRequestOptions()
        options.operation = .update
        for file in test.targets {
            forEachObject(test, file, &log) { node in
                if targets.count < TestingLimits.maximumResources,
                    let request = try? AdmissionRequest(manifest: node, in: table, options: options)
                {
                    targets.append(request)
                }
            }
        }
        guard !targets.isEmpty else { return [] }
        var judged = targets.map { target in
            Judged(
                kind: target.kind.kind, namespace: target.isNamespaceObject ? "" : target.namespace,
                name: target.name, verdict: Verdict(), mutated: target.objectNode)
        }
        for trigger in triggers {
            for change in set.change(targets, because: trigger, now: now) {
                let index = targets.firstIndex {
                    $0.objectNode?.isEqual(to: change.target.objectNode ?? $0.node) == true
                }
                guard let index else { continue }
                judged[index].mutations.append(change.record)
                judged[index].mutated = change.record.object ?? judged[index].mutated
            }
        }
        return judged.filter { !$0.mutations.isEmpty }
    }

    /// What mutating policies' records come to: `pass` if the policy changed the object, and as the test says it should
    /// be.
    func mutationResult(
        _ test: PolicyTest, _ records: [MutationRecord], _ object: Judged, _ patched: Node?,
        reportedAsPass: Set<PolicyID>
    ) -> (result: PolicyTest.Result, message: String, quirk: CheckOutcome.Quirk?) {
        if let error = records.flatMap(\.errors).first { return (.error, error.message, nil) }
        if records.contains(where: { !reportedAsPass.isDisjoint(with: $0.exceptions) && !$0.isMatch }) {
            return (.pass, "", nil)
        }
        let ran = records.filter(\.isMatch)
        // Kubernetes' own policies that change nothing count as not applied, Kyverno's as applied.
        let isApplied = ran.contains { $0.isChange || $0.policy.kind != "MutatingAdmissionPolicy" }
        guard isApplied else { return (.skip, "", nil) }
        guard let patched else { return (.pass, "", nil) }
        let last = ran.last { !$0.isReinvocation }?.object ?? object.mutated
        return compare([last, object.mutated].compactMap { $0 }, test, object, patched)
    }

    /// Compares the object, as it is after the policy and after all policies, with the test's.
    private func compare(
        _ actual: [Node], _ test: PolicyTest, _ object: Judged, _ file: Node
    ) -> (result: PolicyTest.Result, message: String, quirk: CheckOutcome.Quirk?) {
        var log = DiagnosticLog()
        var expected: [Node] = []
        forEachObject(test, file, &log) { expected.append($0) }
        if let problem = log.diagnostics.first { return (.fail, problem.message, nil) }
        let path = file.string ?? ""
        guard
            let wanted = expected.first(where: { node in
                let metadata = node["metadata"]
                let namespace = metadata?["namespace"]?.string ?? ""
                return (node["kind"]?.string ?? "") == object.kind
                    && (metadata?["name"]?.string ?? metadata?["generateName"]?.string ?? "") == object.name
                    && (namespace.isEmpty || object.namespace.isEmpty || namespace == object.namespace)
            })
        else { return (.fail, "`\(path)` does not hold the \(object.kind) `\(object.name)`", .patchedMissing) }
        if actual.contains(where: { PatchedObject.isEqual($0, wanted) }) { return (.pass, "", nil) }
        guard let object = actual.last else { return (.fail, "there is no patched object", nil) }
        return (.fail, "the object is not as in `\(path)`: \(PatchedObject.difference(object, wanted))", nil)
    }
}
