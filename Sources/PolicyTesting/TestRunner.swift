import Admission
import Diagnostics
import Documents
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

    private let languages: [any PolicyLanguage]
    /// Whether to note what the checks reach in the policies.
    private let measuresCoverage: Bool
    private let filter: TestFilter

    package init(
        now: Timestamp = SystemClock.now(), acceptsQuirks: Bool = false,
        languages: [any PolicyLanguage] = PolicyLanguages.bindingUnbound, measuresCoverage: Bool = false,
        filter: TestFilter = TestFilter(), schemas: SchemaSet? = nil
    ) {
        self.measuresCoverage = measuresCoverage
        self.filter = filter
        self.languages = languages
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

    // MARK: Loading

    private func load(
        _ test: PolicyTest, _ values: inout TestValues, _ log: inout DiagnosticLog
    ) -> (PolicySet, ResourceTable)? {
        var loader = PolicyLoader(languages: languages)
        for node in test.policies + test.exceptions { loader.load(policyPath: test.path(node)) }
        for node in test.contexts + test.targets { loader.load(contextPath: test.path(node)) }
        for file in test.clusterResources {
            forEachObject(test, file, &log) { node in
                for object in node["spec"]?["resources"]?.elements ?? NodeElements(node) where object.isMap {
                    loader.add(context: object)
                }
                for definition in node["spec"]?["crds"]?.elements ?? NodeElements(node) {
                    if definition.isMap { loader.add(context: definition) }
                    if definition.string != nil { loader.load(contextPath: test.path(definition)) }
                }
            }
        }
        if let file = test.variables, file.string != nil {
            forEachObject(test, file, &log) { values.read(values: $0) }
        }
        if let inline = test.values { values.read(values: inline) }
        if let file = test.userInfo, file.string != nil {
            forEachObject(test, file, &log) { values.read(userInfo: $0) }
        }
        for node in values.namespaces { loader.declare { $0.add(namespace: node) } }
        for (name, labels) in values.namespaceLabels {
            loader.declare { $0.add(namespace: Self.namespace(name, labels: labels)) }
        }
        loader.declare { cluster in declareAnswers(test, &cluster) }
        let (set, table) = loader.finish()
        log.report(contentsOf: loader.log)
        guard let set, !log.hasErrors else { return nil }
        return (set, table)
    }

    private func declareAnswers(_ test: PolicyTest, _ cluster: inout ClusterContext) {
        for call in test.callResponses where call.isMap {
            cluster.external.responses.append(
                ExternalData.Response(
                    method: call["method"]?.string ?? "GET",
                    url: call["url"]?.string ?? call["urlPath"]?.string ?? "",
                    statusCode: call["response"]?["statusCode"]?.int ?? 200, body: call["response"]?["body"]))
        }
        for entry in test.globalContext where entry.isMap {
            guard let name = entry["name"]?.string, let data = entry["data"] ?? entry["resources"] else { continue }
            cluster.external.globalContext[name] = data
            for projection in entry["projections"]?.elements ?? NodeElements(entry) {
                guard let part = projection["name"]?.string,
                    let path = (projection["path"] ?? projection["jmesPath"])?.string
                else { continue }
                // Only the plain form of the query language: names with dots between them.
                let found = path.split(separator: ".").reduce(data as Node?) { node, field in node?[String(field)] }
                if let found { cluster.external.globalContext["\(name)/\(part)"] = found }
            }
        }
    }

    /// A Namespace as the API server would hold it: with the label that bears its name.
    private static func namespace(_ name: String, labels: Node?) -> Node {
        var builder = DocumentBuilder(recordsPositions: false)
        func entry(_ key: String, _ value: String) {
            builder.appendKey(key)
            builder.append(value)
        }
        builder.beginMap()
        entry("apiVersion", "v1")
        entry("kind", "Namespace")
        builder.appendKey("metadata")
        builder.beginMap()
        entry("name", name)
        builder.appendKey("labels")
        builder.beginMap()
        for (key, value) in labels?.entries ?? NodeEntries(Document.empty.root) {
            builder.appendKey(utf8: key.utf8)
            builder.append(copyOf: value)
        }
        if labels?["kubernetes.io/metadata.name"] == nil { entry("kubernetes.io/metadata.name", name) }
        builder.endMap()
        builder.endMap()
        builder.endMap()
        let finished = builder
        return finished.finish().root
    }

    func forEachObject(
        _ test: PolicyTest, _ file: Node, _ log: inout DiagnosticLog, _ body: (Node) -> Void
    ) {
        let path = test.path(file)
        var paths = [path]
        if DirectoryWalk.isDirectory(path) {
            let walk = DirectoryWalk(path: path)
            walk.errors.forEach { log.report($0.diagnostic) }
            paths = walk.files
        }
        for path in paths {
            do throws(DocumentError) {
                var stream = ManifestStream(try FileReader.read(path: path))
                while let node = try stream.next() { body(node) }
            } catch {
                log.report(error.diagnostic)
            }
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
        var judged = requests.map { request, name in
            // As in a cluster, the object is judged as the mutating policies leave it.
            let mutation = complete.mutate(request, now: now)
            return Judged(
                kind: request.kind.kind, namespace: request.isNamespaceObject ? "" : request.namespace, name: name,
                verdict: complete.review(
                    mutation.isAllowed ? mutation.request : request, now: now, coverage: recorder),
                mutations: mutation.records + Self.records(of: mutation), mutated: mutation.object)
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
        return judged
    }

    // MARK: Checking

    private func check(
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
            let meant = judged.filter { expectation.kind.isEmpty || $0.kind == expectation.kind }
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
        if !records.isEmpty {
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

extension PolicySet {
    func coverage(_ recorder: CoverageRecorder) -> [PolicyCoverage] {
        policies.compactMap { ($0 as? any CoverablePolicy).map { PolicyCoverage($0, recorder) } }
    }
}

extension Document {
    /// An empty map.
    fileprivate static let empty: Document = {
        var builder = DocumentBuilder(recordsPositions: false)
        builder.beginMap()
        builder.endMap()
        let finished = builder
        return finished.finish()
    }()
}
