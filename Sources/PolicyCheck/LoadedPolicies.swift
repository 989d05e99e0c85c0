import Admission
import Diagnostics
import Documents
import ImageGathering
import ImageVerification
import KubernetesCEL
import PolicyEngine
import PolicyLanguages
import PolicyLint
import Reporting
import Values

/// The policies of a run, compiled, with the objects around them.
struct LoadedPolicies: Sendable {
    /// In the order in which they were loaded.
    let summaries: [PolicySummary]
    /// Which kind is which resource, CustomResourceDefinitions of the context included.
    let resources: ResourceTable
    private var set: PolicySet
    private let byID: [PolicyID: PolicySummary]

    /// The documents of policies, bindings and exceptions, in the order in which they were read.
    let documents: [Node]
    /// CustomResourceDefinitions among policies and context.
    let definitions: [Node]

    var exceptions: [PolicyID] { self.set.exceptions.map(\.id) }
    /// The exceptions themselves.
    var waivers: [any CompiledException] { self.set.exceptions }

    /// Whether documents that are no Kubernetes objects are to be judged too.
    var judgesDocuments: Bool { self.set.judgesDocuments }

    /// What looks at images; without it policies about them are undecided.
    var images: ImageGatherer?

    /// - Parameter assumesPinning: whether tags will become digests before anything is stored; not so where the request
    ///   was recorded, since the mutating webhook has seen that one already.
    private func judge<Result>(assumesPinning: Bool = true, _ body: (ImageFacts?) -> Result) -> Result {
        images.map { $0.review(assumesPinning: assumesPinning, body) } ?? body(nil)
    }

    /// Policies that only change objects: not those about images, which judge the tags that they would pin too.
    var mutatingPolicies: [PolicyID] {
        let judging = Set(self.set.policies.map(\.id))
        return self.set.mutatingPolicies.map(\.id).filter { !judging.contains($0) }
    }

    /// The verdict on a document of any shape; nil if it is no map.
    func judge(
        document: Node, mutates: Bool
    ) -> (request: AdmissionRequest, mutation: MutationVerdict?, verdict: Verdict)? {
        guard mutates else {
            return judge { set.review(document: document, explains: true, images: $0) }
                .map { ($0.request, nil, $0.verdict) }
        }
        return judge { set.mutateAndReview(document: document, explains: true, images: $0) }
            .map { ($0.request, $0.mutation, $0.verdict) }
    }

    /// What the mutating policies make of a request's object.
    func mutate(_ request: AdmissionRequest) -> MutationVerdict {
        judge { set.mutate(request, images: $0) }
    }

    /// The verdict on the Pod that a workload would lead to, by policies that are not about the workload itself.
    ///
    /// - Parameters:
    ///   - mutates: whether the mutating policies change that Pod first.
    ///   - admit: makes of the Pod what the API server makes of it before admission.
    func judgePod(
        of request: AdmissionRequest, mutates: Bool = false, admit: (Node) -> Node = { $0 }
    ) -> (pod: ExpandedPod, verdict: Verdict)? {
        judge { set.reviewPod(of: request, mutates: mutates, explains: true, images: $0, admit: admit) }
    }

    /// The verdict on a request, with explanations for what it does not simply admit.
    func judge(_ request: AdmissionRequest, isRecorded: Bool = false) -> Verdict {
        judge(assumesPinning: !isRecorded) { set.review(request, explains: true, images: $0) }
    }

    /// What is known beside the request, as it is given to a policy.
    func context(_ request: AdmissionRequest) -> AdmissionContext {
        AdmissionContext(request: request, cluster: set.cluster)
    }

    /// The same, knowing more custom kinds.
    func adding(_ definitions: [Node]) -> LoadedPolicies {
        guard !definitions.isEmpty else { return self }
        var cluster = self.set.cluster
        cluster.add(definitions: definitions)
        var copy = self
        copy.set = self.set.with(cluster)
        return copy
    }

    /// The compiled policies, in the order of `summaries`.
    var compiled: [any CompiledPolicy] { self.set.policies }

    /// Why the policies that had nothing to say about an object had not.
    func nearMisses(_ request: AdmissionRequest, of report: SubjectReport) -> [NearMiss] {
        let matched = Set(report.matchedPolicies.map(ObjectIdentifier.init))
        let context = context(request)
        return zip(set.policies, summaries).compactMap { policy, summary in
            matched.contains(ObjectIdentifier(summary))
                ? nil : NearMiss(policy, summary, context, about: report.subject)
        }
    }

    /// What can be said of the policies without a request.
    func lint(for target: TargetOptions) -> [LintFinding] { linter(for: target).findings(in: self.set) }

    /// What of that an API server would warn of when the policies are applied.
    func typeFindings(for target: TargetOptions) -> [LintFinding] { linter(for: target).typeFindings(in: self.set) }

    /// What an API server would write into the policies' status.
    func expressionWarnings(for target: TargetOptions) -> [(policy: PolicyID, warnings: [ExpressionWarning])] {
        linter(for: target).expressionWarnings(in: self.set)
    }

    /// What each expression may cost.
    func costs(for target: TargetOptions) -> [(policy: PolicyID, costs: [CostReport])] {
        linter(for: target).costs(in: self.set)
    }

    private func linter(for target: TargetOptions) -> PolicyLinter {
        PolicyLinter(version: target.version.description, definitions: definitions, resources: resources)
    }

    /// Compiled policies of all kinds.
    var policyCount: Int { Set((self.set.policies.map(\.id) + self.set.mutatingPolicies.map(\.id))).count }

    func summary(of policy: PolicyID) -> PolicySummary {
        byID[policy] ?? PolicySummary(kind: policy.kind, name: policy.qualifiedName)
    }

    /// - Parameter mutates: whether the mutating policies are among those that are to match something.
    init(
        _ set: PolicySet, resources: ResourceTable, documents: [Node] = [], definitions: [Node] = [],
        mutates: Bool = false
    ) {
        self.definitions = definitions
        self.set = set
        self.resources = resources
        self.documents = documents
        let metadata = Dictionary(
            documents.map { (DocumentPlace($0), PolicyMetadata(policy: $0)) }, uniquingKeysWith: { first, _ in first })
        var byID: [PolicyID: PolicySummary] = [:]
        let ids = set.policies.map(\.id) + (mutates ? set.mutatingPolicies.map(\.id) : [])
        summaries = ids.map { id in
            let place = id.file.map { file in
                Place(file, id.position.map { SourceRange(at: $0) })
            }
            let summary = PolicySummary(
                kind: id.kind, name: id.qualifiedName, place: place, text: Self.text(of: id),
                metadata: metadata[DocumentPlace(id)] ?? PolicyMetadata())
            byID[id] = summary
            return summary
        }
        self.byID = byID
    }

    /// The policy's document as it is written: from its first key to the next `---` or the file's end.
    private static func text(of policy: PolicyID) -> ArraySlice<UInt8>? {
        guard let file = policy.file, let start = policy.position else { return nil }
        let lines = file.lineStarts
        let first = Int(start.line) - 1
        guard lines.indices.contains(first) else { return nil }
        let next = lines[(first + 1)...].first { file.bytes[$0...].starts(with: "---".utf8) }
        return file.bytes[lines[first]..<(next ?? file.bytes.count)]
    }

    /// Reads and compiles policies, and the objects that they may ask for. Nothing is judged by half a set.
    ///
    /// - Parameter files: policies that are in no file of `paths`.
    /// - Throws: if anything is wrong, after saying so: status 2 if a file cannot be read or there is no policy, 3 if a
    ///   policy is invalid.
    static func load(
        _ paths: [String], context: [String], for target: TargetOptions, as options: LoadOptions = LoadOptions(),
        allowEmpty: Bool, log: Log, besides files: [SourceFile] = []
    ) throws(RunFailure) -> LoadedPolicies {
        var loader = PolicyLoader(
            languages: PolicyLanguages.all(version: target.version, admitsInvalid: options.areStored))
        loader.declare { cluster in
            // What is reported is to be the same each time.
            cluster.randomness = .request
            if options.isContextComplete {
                cluster.knowsAllNamespaces = true
                cluster.authorization = []
            }
        }
        for path in paths {
            loader.load(path, bundled: { $0.load(policies: $1) }, otherwise: { $0.load(policyPath: path) })
        }
        for file in files { loader.load(policies: file) }
        for path in context {
            loader.load(path, bundled: { $0.load(context: $1) }, otherwise: { $0.load(contextPath: path) })
        }
        let (policies, table) = loader.finish()
        if let policies {
            try log.report(loader.log)
            let loaded = LoadedPolicies(
                policies, resources: table, documents: loader.policyNodes, definitions: loader.definitions,
                mutates: options.mutates)
            try loaded.reportUnknownSeverities(log)
            if let note = options.note(on: loaded.mutatingPolicies) { try log.report(note) }
            return loaded
        }
        let errors = loader.log.diagnostics.filter { $0.severity == .error }
        if allowEmpty, errors.allSatisfy({ $0.id == noPolicy }) {
            return LoadedPolicies(PolicySet.Builder().build(), resources: table)
        }
        try log.report(loader.log)
        try log.flush()
        throw RunFailure(errors.allSatisfy { isAboutInput($0.id) } ? .input : .policy, "")
    }

    private func reportUnknownSeverities(_ log: Log) throws(RunFailure) {
        let names = PolicySeverity.allCases.reversed().map(\.rawValue)
        for summary in summaries {
            guard let node = summary.metadata.unknownSeverity, let text = node.string else { continue }
            try log.report(
                Diagnostic(
                    "policy-severity", .warning, "`\(text)` is no severity", file: node.document.source,
                    range: node.position.map { SourceRange(at: $0) },
                    help: closestMatch(to: text, among: names).map { "did you mean `\($0)`?" }
                        ?? "severities are \(names.joined(separator: ", "))"))
        }
    }

    private static let noPolicy = "policy-none"

    /// Whether an error is about a file rather than about the policy in it.
    private static func isAboutInput(_ id: String) -> Bool {
        let prefixes = [
            "file-", "directory-", "yaml-", "json-", "manifest-", "context-", "archive-", "bundle-",
        ]
        return id == noPolicy || prefixes.contains { id.hasPrefix($0) }
    }
}

/// Which document: a policy knows its file and where it starts there.
private struct DocumentPlace: Hashable {
    private let file: ObjectIdentifier?
    private let position: SourcePosition?

    init(_ node: Node) {
        file = node.document.source.map { ObjectIdentifier($0) }
        position = node.position
    }

    init(_ policy: PolicyID) {
        file = policy.file.map { ObjectIdentifier($0) }
        position = policy.position
    }
}

extension PolicyLoader {
    /// Reads what an argument names: each file of a bundle, or what `otherwise` makes of it.
    fileprivate mutating func load(
        _ argument: String, bundled: (inout PolicyLoader, SourceFile) -> Void,
        otherwise: (inout PolicyLoader) -> Void
    ) {
        do throws(DocumentError) {
            guard let bundle = try PolicyBundle(argument) else { return otherwise(&self) }
            for file in try bundle.files() { bundled(&self, file) }
        } catch {
            report(error.diagnostic)
        }
    }
}
