import Diagnostics
import PolicyEngine
import Values

/// Compares what objects came to with what a test expects.
extension TestRunner {
    func check(
        _ test: PolicyTest, _ expectation: PolicyTest.Expectation, _ set: PolicySet, _ judged: [Judged]
    ) -> [CheckOutcome] {
        func outcome(_ resource: String, at node: Node) -> CheckOutcome {
            CheckOutcome(
                policy: expectation.policy, resource: resource, expected: expectation.result.rawValue, message: "",
                file: node.document.source, range: node.position.map { SourceRange(at: $0) },
                correction: .result(
                    expectation.result.rawValue, entry: expectation.node, result: expectation.resultNode,
                    resource: expectation.resources.isEmpty ? nil : node))
        }
        let known = set.policies.map(\.id) + set.mutatingPolicies.map(\.id)
        let policies = known.filter { $0.name == expectation.policy || $0.qualifiedName == expectation.policy }
        guard !policies.isEmpty else {
            var failed = outcome("", at: expectation.node["policy"] ?? expectation.node)
            failed.failure = "unknown policy `\(expectation.policy)`"
            if let close = closestMatch(to: expectation.policy, among: known.map(\.name)) {
                failed.failure? += ", is it `\(close)`?"
            }
            return [failed]
        }
        var checks: [CheckOutcome] = []
        for (name, node) in expectation.resources {
            let named = judged.filter { $0.isCalled(name) }
            let meant = named.filter { expectation.kind.isEmpty || $0.kind == expectation.kind }
            guard !meant.isEmpty else {
                var failed = outcome(name, at: node)
                failed.failure = "unknown resource `\(name)`"
                if let other = named.first {
                    failed.failure = "`\(name)` is a \(other.kind), not a \(expectation.kind)"
                    failed.quirk = .kindIgnored
                }
                checks.append(failed)
                continue
            }
            checks += meant.map { compare(test, set, $0, expectation, policies, outcome(name, at: node)) }
        }
        if expectation.resources.isEmpty {
            let subjects = Set(set.policies.filter { policies.contains($0.id) }.map(\.subject))
            let meant = judged.filter { object in
                (expectation.kind.isEmpty || object.kind == expectation.kind)
                    && (!object.subject.isRequest && !subjects.contains(where: \.isRequest)
                        || subjects.contains(object.subject))
            }
            checks += meant.map {
                let name = $0.fileName.isEmpty ? $0.name : $0.fileName
                return compare(test, set, $0, expectation, policies, outcome(name, at: expectation.resultNode))
            }
            if meant.isEmpty {
                var failed = outcome("", at: expectation.node)
                failed.failure = "there is no resource to check"
                failed.quirk = .noResources
                checks.append(failed)
            }
        }
        return checks
    }

    private func compare(
        _ test: PolicyTest, _ set: PolicySet, _ object: Judged, _ expectation: PolicyTest.Expectation,
        _ policies: [PolicyID],
        _ base: CheckOutcome
    ) -> CheckOutcome {
        var outcome = base
        let evaluations = object.verdict.evaluations.filter { policies.contains($0.policy) }
        let reported = Set(set.exceptions.filter(\.reportsPass).map(\.id))
        var (actual, message) = Self.result(of: evaluations, reportedAsPass: reported)
        let records = object.mutations.filter { policies.contains($0.policy) }
        // A policy about images that pins their digests is a validating one all the same.
        if !records.isEmpty, evaluations.isEmpty || expectation.patched != nil {
            let mutation = mutationResult(test, records, object, expectation.patched, reportedAsPass: reported)
            (actual, message) = (mutation.result, mutation.message)
            outcome.quirk = mutation.quirk
        }
        (outcome.actual, outcome.message) = (actual?.rawValue, message)
        let expected = expectation.result
        let rules = policies.map(\.name) + [""]
        if !rules.contains(expectation.rule) {
            outcome.failure = "the policy has no rule `\(expectation.rule)`"
            outcome.quirk = .unknownRule
        } else if let actual {
            if actual != expected {
                outcome.failure = "expected \(expected.rawValue), got \(actual.rawValue)"
                // That a check cannot be evaluated, or that a patched object is another one, is not for `result` to say.
                if actual != .error, records.isEmpty {
                    outcome.correction = Self.correction(to: actual, expectation, base)
                }
            } else {
                outcome.quirk = nil
            }
        } else if expected != .skip {
            outcome.failure = "expected \(expected.rawValue), but the policy is not about this object"
            outcome.quirk = .nothingMatched
            outcome.correction = Self.correction(to: .skip, expectation, base)
        }
        return outcome
    }

    private static func correction(
        to result: PolicyTest.Result, _ expectation: PolicyTest.Expectation, _ base: CheckOutcome
    ) -> TestCorrection? {
        guard case .result(_, let entry, let node, let resource) = base.correction else { return nil }
        return .result(result.rawValue, entry: entry, result: node, resource: resource)
    }

    /// nil if there is no evaluation at all.
    ///
    /// - Parameter reportedAsPass: exceptions by which an object counts as one that passed.
    private static func result(
        of evaluations: [PolicyEvaluation], reportedAsPass: Set<PolicyID>
    ) -> (PolicyTest.Result?, String) {
        guard !evaluations.isEmpty else { return (nil, "") }
        let decisions = evaluations.flatMap(\.decisions)
        if let error = decisions.first(where: { $0.evaluation == .error }) { return (.error, error.message) }
        if let failed = decisions.first(where: { $0.evaluation == .deny }) { return (.fail, failed.message) }
        let isExcused = evaluations.contains { !reportedAsPass.isDisjoint(with: $0.exceptions) }
        return (decisions.isEmpty && !isExcused ? .skip : .pass, "")
    }
}
