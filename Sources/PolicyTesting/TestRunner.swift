import Admission
import Diagnostics
import Documents
package import ImageGathering
import ImageVerification
package import KubernetesSchemas
package import PolicyEngine
import PolicyLanguages
package import Values

/// Runs tests. Nothing is fetched: the clock too is given.
package struct TestRunner {
    let now: Timestamp
    /// Whether a check holds that Kyverno's own runner would pass without having compared anything.
    private let acceptsQuirks: Bool
    /// The kinds whose objects are judged as the API server would admit them; nil judges them as they are written.
    private let schemas: SchemaSet?

    let languages: [any PolicyLanguage]
    /// What looks at images in tests that have none beside them.
    private let images: ImageGatherer?
    /// Whether to note what the checks reach in the policies.
    let measuresCoverage: Bool
    let filter: TestFilter

    package init(
        now: Timestamp = SystemClock.now(), acceptsQuirks: Bool = false,
        languages: [any PolicyLanguage] = PolicyLanguages.bindingUnbound, measuresCoverage: Bool = false,
        filter: TestFilter = TestFilter(), schemas: SchemaSet? = nil, images: ImageGatherer? = nil
    ) {
        self.measuresCoverage = measuresCoverage
        self.filter = filter
        self.languages = languages
        self.images = images
        self.now = now
        self.acceptsQuirks = acceptsQuirks
        self.schemas = schemas
    }

    /// An object that a test judges, with each policy's result.
    struct Judged {
        var kind: String
        var namespace: String
        var name: String
        /// For documents the file's name.
        var fileName = ""
        /// What it is, so that only the policies on such are asked about it.
        var subject = PolicySubject.objects
        var verdict: Verdict
        /// What the mutating policies did to the object.
        var mutations: [MutationRecord] = []
        /// The object after all of them.
        var mutated: Node?

        func isCalled(_ text: String) -> Bool {
            if !fileName.isEmpty { return fileName == text || fileName.hasSuffix("/\(text)") }
            return name == text || "\(namespace)/\(name)" == text
        }
    }

    package func run(_ test: LoadedTest) -> TestOutcome {
        switch test.content {
        case .kyverno(let content): run(content, problems: test.problems)
        case .gator(let content): run(content, problems: test.problems)
        }
    }

    private func run(_ test: PolicyTest, problems: DiagnosticLog) -> TestOutcome {
        var outcome = TestOutcome(name: test.name, file: test.file?.name ?? "", status: .passed)
        outcome.diagnostics = problems.diagnostics
        if problems.hasErrors {
            outcome.status = .invalid
            return outcome
        }
        if let reason = test.unsupported.first {
            outcome.status = .unsupported
            outcome.reason = reason
            return outcome
        }
        var log = DiagnosticLog()
        var values = TestValues()
        guard let (set, table) = load(test, &values, &log) else {
            outcome.diagnostics += log.diagnostics
            let unsupported = log.diagnostics.first {
                ["kyverno-kind", "kyverno-mode", "policy-unknown-kind"].contains($0.id)
            }
            outcome.status = unsupported == nil ? .invalid : .unsupported
            if unsupported == nil, outcome.hasInvalidPolicy {
                outcome.diagnostics.append(
                    Diagnostic(
                        "kyverno-invalid-policy", .warning,
                        "`kyverno test` leaves an invalid policy out and passes its checks"))
            }
            outcome.reason = unsupported?.message ?? ""
            return outcome
        }
        let recorder = measuresCoverage ? CoverageRecorder() : nil
        outcome.checks = checks(test, set, table, values, recorder, &log)
        outcome.diagnostics += log.diagnostics
        if log.hasErrors {
            outcome.status = .invalid
            outcome.checks = []
            return outcome
        }
        if !outcome.failures.isEmpty { explain(&outcome.checks, test, set, table, values) }
        if acceptsQuirks {
            for index in outcome.checks.indices where outcome.checks[index].quirk != nil {
                outcome.checks[index].failure = nil
            }
        }
        if !outcome.failures.isEmpty { outcome.status = .failed }
        if let recorder { outcome.coverage = set.coverage(recorder) }
        return outcome
    }

    private func checks(
        _ test: PolicyTest, _ set: PolicySet, _ table: ResourceTable, _ values: TestValues,
        _ recorder: CoverageRecorder?, _ log: inout DiagnosticLog
    ) -> [CheckOutcome] {
        var judged: [Operation?: [Judged]] = [:]
        for operation in Set(test.expectations.map(\.operation)) {
            // The same objects fail to be read for every operation, so what is wrong is told once.
            if !log.hasErrors { judged[operation] = judge(test, set, table, values, operation, recorder, &log) }
        }
        var checks: [CheckOutcome] = []
        for expectation in test.expectations where checks.count <= TestingLimits.maximumChecks {
            checks += check(test, expectation, set, judged[expectation.operation] ?? [])
                .filter { filter.includes(check: $0.title) }
        }
        return checks
    }

    /// Finds out which failed checks hold where params are given as Kyverno's runner gives them.
    private func explain(
        _ checks: inout [CheckOutcome], _ test: PolicyTest, _ set: PolicySet, _ table: ResourceTable,
        _ values: TestValues
    ) {
        var cluster = set.cluster
        cluster.listsSelectedParams = true
        var log = DiagnosticLog()
        let others = self.checks(test, set.with(cluster), table, values, nil, &log)
        guard !log.hasErrors, others.count == checks.count else { return }
        for (index, other) in others.enumerated()
        where checks[index].failure != nil && checks[index].quirk == nil && other.failure == nil {
            checks[index].quirk = .paramsAsList
        }
    }

    // MARK: Judging

    func admitted(_ manifest: Node, _ operation: Operation) -> Node {
        guard let schemas else { return manifest }
        var options = AdmittedView.Options()
        options.isNew = operation == .create
        return AdmittedView(of: manifest, in: schemas, options: options)?.root ?? manifest
    }

    private func judge(
        _ test: PolicyTest, _ set: PolicySet, _ table: ResourceTable, _ values: TestValues,
        _ operation: Operation?, _ recorder: CoverageRecorder?, _ log: inout DiagnosticLog
    ) -> [Judged] {
        var manifests: [Node] = []
        for file in test.resources { forEachObject(test, file, &log) { manifests.append($0) } }
        if test.usesOwnObjects { manifests += ownObjects(test, &log) }
        let names = set.policies.map(\.id.name) + set.mutatingPolicies.map(\.id.name)
        var requests: [(request: AdmissionRequest, name: String)] = []
        var cluster = set.cluster
        for manifest in manifests.prefix(TestingLimits.maximumResources) {
            let name = manifest["metadata"]?["name"]?.string ?? manifest["metadata"]?["generateName"]?.string ?? ""
            do throws(ManifestError) {
                var options = values.options(policies: names, resource: name)
                options.operation = operation ?? options.operation
                let request = try AdmissionRequest(
                    manifest: admitted(manifest, options.operation), in: table, options: options)
                requests.append((request, name))
                if request.isNamespaceObject, let object = request.objectNode { cluster.add(namespace: object) }
            } catch {
                PolicyTest.report(error.id, error.message, at: error.node, &log)
            }
        }
        // As in Kyverno's runner a namespace that the test says nothing about exists, without labels of its own.
        for (request, _) in requests where !request.namespaceUTF8.isEmpty && cluster.namespace(request.namespace) == nil
        {
            cluster.add(namespace: Self.namespace(request.namespace, labels: nil))
        }
        let complete = set.with(cluster)
        let images = test.gatherer(now: now, log: &log) ?? images
        var judged = requests.map { request, name in
            func judge(_ facts: ImageFacts?) -> Judged {
                // As in a cluster, the object is judged as the mutating policies leave it.
                let mutation = complete.mutate(request, now: now, images: facts)
                return Judged(
                    kind: request.kind.kind, namespace: request.isNamespaceObject ? "" : request.namespace, name: name,
                    verdict: complete.review(
                        mutation.isAllowed ? mutation.request : request, now: now, images: facts,
                        coverage: recorder),
                    mutations: mutation.records + Self.records(of: mutation), mutated: mutation.object)
            }
            return images.map { $0.review(assumesPinning: true, judge) } ?? judge(nil)
        }
        judged += judgeTargets(test, complete, table, requests.map(\.request), &log)
        for file in test.documents {
            do throws(DocumentError) {
                var stream = DocumentStream(try FileReader.read(path: test.path(file)))
                while let document = try stream.next() {
                    guard
                        let (_, mutation, verdict) = complete.mutateAndReview(
                            document: document.root, now: now, coverage: recorder)
                    else {
                        PolicyTest.report("test-payload", "a payload must be an object", at: file, &log)
                        continue
                    }
                    judged.append(
                        Judged(
                            kind: "", namespace: "", name: "", fileName: file.string ?? "", verdict: verdict,
                            mutations: mutation.records, mutated: mutation.object))
                }
            } catch {
                log.report(error.diagnostic)
            }
        }
        for (file, subject) in test.payloads {
            judged += judgePayloads(test, file, subject, complete, recorder, &log)
        }
        return judged
    }

    /// Judges requests to other servers.
    private func judgePayloads(
        _ test: PolicyTest, _ file: Node, _ subject: PolicySubject, _ set: PolicySet, _ recorder: CoverageRecorder?,
        _ log: inout DiagnosticLog
    ) -> [Judged] {
        var judged: [Judged] = []
        do throws(DocumentError) {
            var stream = DocumentStream(try FileReader.read(path: test.path(file)))
            while let document = try stream.next() {
                if let problem = PolicyLanguages.problem(inPayload: document.root, subject) {
                    PolicyTest.report("test-payload", problem.message, at: problem.node, &log)
                } else if let (_, verdict) = set.review(
                    document: document.root, as: subject, now: now, coverage: recorder)
                {
                    judged.append(
                        Judged(
                            kind: "", namespace: "", name: "", fileName: file.string ?? "", subject: subject,
                            verdict: verdict))
                }
            }
        } catch {
            log.report(error.diagnostic)
        }
        return judged
    }
}

extension PolicySet {
    func coverage(_ recorder: CoverageRecorder) -> [PolicyCoverage] {
        policies.compactMap { ($0 as? any CoverablePolicy).map { PolicyCoverage($0, recorder) } }
    }
}
