import Admission
import Diagnostics
import Documents
import PolicyEngine
import PolicyLanguages
import RegularExpressions
import Values

/// Runs the tests of gator's suites.
extension TestRunner {
    func run(_ test: GatorTest, problems: DiagnosticLog) -> TestOutcome {
        var outcome = TestOutcome(name: test.name, file: test.file?.name ?? "", status: .passed)
        outcome.diagnostics = problems.diagnostics
        if problems.hasErrors {
            outcome.status = .invalid
            return outcome
        }
        if test.isSkipped {
            outcome.status = .skipped
            return outcome
        }
        if test.expansion != nil {
            outcome.status = .unsupported
            outcome.reason = "`expansion`: ExpansionTemplates"
            return outcome
        }
        var log = DiagnosticLog()
        let loaded = load(test, &log)
        if test.isInvalid {
            outcome.checks = [refusal(test, log)]
            if outcome.checks[0].failure != nil { outcome.status = .failed }
            return outcome
        }
        outcome.diagnostics += log.diagnostics
        guard let loaded else {
            let rego = log.diagnostics.first { $0.id == "gatekeeper-rego" }
            outcome.status = rego == nil ? .invalid : .unsupported
            outcome.reason = rego == nil ? "" : "policies in Rego"
            return outcome
        }
        let recorder = measuresCoverage ? CoverageRecorder() : nil
        for item in test.cases where !item.isSkipped {
            guard outcome.checks.count < TestingLimits.maximumChecks else { break }
            guard filter.includes(check: "\(loaded.name) \(item.name)") else { continue }
            outcome.checks += check(item, of: test, loaded, recorder)
        }
        if !outcome.failures.isEmpty { outcome.status = .failed }
        if let recorder { outcome.coverage = loaded.set.coverage(recorder) }
        return outcome
    }

    /// A test's constraint in force.
    struct LoadedConstraint {
        var set: PolicySet
        var table: ResourceTable
        /// The constraint's name.
        var name: String
        /// Whether namespaces matter to it.
        var asksForNamespace: Bool
    }

    // MARK: Loading

    private func load(_ test: GatorTest, _ log: inout DiagnosticLog) -> LoadedConstraint? {
        var loader = PolicyLoader(languages: PolicyLanguages.gator)
        let template = first(in: test.template, of: test, &log) { $0["kind"]?.string == "ConstraintTemplate" }
        let constraint = first(in: test.constraint, of: test, &log) { node in
            node["apiVersion"]?.string?.hasPrefix("constraints.gatekeeper.sh/") == true
        }
        guard let template, let constraint else { return nil }
        loader.add(policy: template)
        loader.add(policy: constraint)
        let (set, table) = loader.finish()
        // That the template has no constraint does not matter if the constraint is refused.
        for diagnostic in loader.log.diagnostics where diagnostic.id != "gatekeeper-no-constraint" {
            log.report(diagnostic)
        }
        guard let set, !log.hasErrors else { return nil }
        let match = constraint["spec"]?["match"]
        return LoadedConstraint(
            set: set, table: table, name: constraint["metadata"]?["name"]?.string ?? "",
            asksForNamespace: ["namespaces", "excludedNamespaces", "namespaceSelector"].contains { match?[$0] != nil })
    }

    private func first(
        in file: Node, of test: GatorTest, _ log: inout DiagnosticLog, where isMeant: (Node) -> Bool
    ) -> Node? {
        let objects = objects(in: file, of: test, &log)
        if let object = objects.first(where: isMeant) { return object }
        if !log.hasErrors {
            report("suite-object", "`\(file.string ?? "")` does not hold what is wanted here", at: file, &log)
        }
        return nil
    }

    private func objects(in file: Node, of test: GatorTest, _ log: inout DiagnosticLog) -> [Node] {
        var objects: [Node] = []
        do throws(DocumentError) {
            var stream = ManifestStream(try FileReader.read(path: test.path(file)))
            while objects.count < TestingLimits.maximumResources, let node = try stream.next() { objects.append(node) }
        } catch {
            log.report(error.diagnostic)
        }
        return objects
    }

    private func report(_ id: String, _ message: String, at node: Node, _ log: inout DiagnosticLog) {
        log.report(
            Diagnostic(
                id, .error, message, file: node.document.source, range: node.position.map { SourceRange(at: $0) }))
    }

    /// Whether the constraint is refused for its parameters, as the test wants it.
    private func refusal(_ test: GatorTest, _ log: DiagnosticLog) -> CheckOutcome {
        var check = outcome("", "constraint", expected: "refused", at: test.node["invalid"] ?? test.node)
        let errors = log.diagnostics.filter { $0.severity == .error }
        check.actual = errors.isEmpty ? "accepted" : "refused"
        let others = errors.filter { $0.id != "constraint-parameter" && !$0.id.hasPrefix("field-") }
        if errors.isEmpty {
            check.failure = "expected the constraint not to fit its template's schema, but it does"
        } else if let other = others.first {
            check.failure = "expected the constraint not to fit its template's schema, got: \(other.message)"
        }
        return check
    }

    // MARK: Checking

    private func outcome(_ constraint: String, _ item: String, expected: String, at node: Node) -> CheckOutcome {
        CheckOutcome(
            policy: constraint, resource: item, expected: expected, message: "", file: node.document.source,
            range: node.position.map { SourceRange(at: $0) })
    }

    private func check(
        _ item: GatorTest.Case, of test: GatorTest, _ loaded: LoadedConstraint, _ recorder: CoverageRecorder?
    ) -> [CheckOutcome] {
        var log = DiagnosticLog()
        guard let request = request(item, of: test, loaded, &log), !log.hasErrors else {
            var failed = outcome(loaded.name, item.name, expected: "judged", at: item.object)
            failed.failure = log.diagnostics.first?.message ?? "there is no object to judge"
            return [failed]
        }
        var cluster = loaded.set.cluster
        if request.isNamespaceObject, let object = request.objectNode { cluster.add(namespace: object) }
        for file in item.inventory {
            for object in objects(in: file, of: test, &log) where object["kind"]?.string == "Namespace" {
                cluster.add(namespace: object)
            }
        }
        let verdict = loaded.set.with(cluster).review(request, now: now, coverage: recorder)
        let decisions = verdict.evaluations.flatMap(\.decisions)
        if log.hasErrors || decisions.contains(where: { $0.missing != nil }) {
            var failed = outcome(loaded.name, item.name, expected: "judged", at: item.object)
            failed.failure =
                log.diagnostics.first?.message ?? decisions.first { $0.missing != nil }?.message ?? "undecided"
            return [failed]
        }
        // As in gator an error counts, and so does what the constraint would only warn of.
        let violations = decisions.filter { $0.evaluation != .admit && $0.action == .deny }.map(\.message)
        let isElsewhereOtherwise = isOtherwiseInDefault(request, verdict, loaded, cluster)
        return item.assertions.enumerated().map { index, assertion in
            var check = compare(assertion, violations, loaded, item)
            // Once for a case.
            guard index == 0 else { return check }
            if check.failure == nil, verdict.evaluations.isEmpty { check.quirk = .notMatched }
            if isElsewhereOtherwise { check.quirk = .noNamespace }
            return check
        }
    }

    /// Whether a namespaced object without namespace, which gator judges as in none, would be judged otherwise in the
    /// namespace that a cluster would put it in.
    private func isOtherwiseInDefault(
        _ request: AdmissionRequest, _ verdict: Verdict, _ loaded: LoadedConstraint, _ cluster: ClusterContext
    ) -> Bool {
        guard loaded.asksForNamespace, request.namespace.isEmpty, request.operation == .create,
            let object = request.objectNode, loaded.table.resource(for: request.kind).isNamespaced,
            let other = try? AdmissionRequest(manifest: object, in: loaded.table)
        else { return false }
        let there = loaded.set.with(cluster).review(other, now: now)
        return there.evaluations.isEmpty != verdict.evaluations.isEmpty
            || there.decisions.contains { $0.missing != nil }
    }

    private func compare(
        _ assertion: GatorTest.Assertion, _ violations: [String], _ loaded: LoadedConstraint, _ item: GatorTest.Case
    ) -> CheckOutcome {
        let counted = violations.filter { assertion.message?.matches($0) ?? true }
        let suffix = assertion.message.map { " like `\($0.pattern)`" } ?? ""
        let (expected, holds, correction): (String, Bool, String) =
            switch assertion.count {
            case .some: ("some violation", !counted.isEmpty, "no")
            case .none: ("no violation", counted.isEmpty, "yes")
            case .exactly(let number): (plural(number, "violation"), counted.count == number, "\(counted.count)")
            }
        var check = outcome(
            loaded.name, item.name, expected: expected + suffix, at: assertion.countNode ?? assertion.node)
        check.actual = plural(counted.count, "violation")
        check.message = violations.joined(separator: "\n        ")
        guard !holds else { return check }
        let others = counted.count < violations.count ? ", \(violations.count - counted.count) of other words" : ""
        check.failure = "expected \(expected)\(suffix), got \(counted.count)\(others)"
        if let node = assertion.countNode { check.correction = .value(correction, at: node) }
        return check
    }

    /// The request that a case is about: a recorded one, or one to create its object.
    private func request(
        _ item: GatorTest.Case, of test: GatorTest, _ loaded: LoadedConstraint, _ log: inout DiagnosticLog
    ) -> AdmissionRequest? {
        let objects = objects(in: item.object, of: test, &log)
        guard objects.count == 1, let object = objects.first else {
            if !log.hasErrors {
                report("suite-object", "`\(item.object.string ?? "")` must hold one object", at: item.object, &log)
            }
            return nil
        }
        if object["kind"]?.string == "AdmissionReview",
            object["apiVersion"]?.string?.hasPrefix("admission.k8s.io/") == true
        {
            return GatorReview.request(object, loaded.table, &log)
        }
        var options = ManifestRequestOptions()
        // Gator leaves an object without a namespace in none.
        options.defaultNamespace = ""
        (options.username, options.groups) = ("", [])
        do throws(ManifestError) {
            return try AdmissionRequest(
                manifest: admitted(object, .create), in: loaded.table, options: options)
        } catch {
            log.report(Diagnostic(error.id, .error, error.message, file: object.document.source))
            return nil
        }
    }
}
