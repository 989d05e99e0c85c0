import Admission
import ArgumentParser
import Diagnostics
import Documents
import Glibc
import PolicyEngine
import PolicyLanguages
import Reporting
import Values

/// Writes a waiver for what a policy finds in a manifest.
struct WaiverAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Write a waiver for what a policy finds in a manifest.",
        discussion: """
            The policy must find something, and the waiver is tried before it is written: it excuses exactly the \
            objects that are named. It is appended to `waivers.yaml` in the first directory of --policy, or to --to.

            For example: policy-check waiver add -p policies team-label deploy/api.yaml:12 --reason SEC-123
            """)

    @Argument(help: "The policy's name.")
    var policy: String

    @Argument(help: "The manifest; behind a colon a line of the object that is meant.", completion: .file())
    var file: String

    @OptionGroup var policies: PolicyOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var schemas: SchemaOptions

    @Option(help: "Why the object is excused.")
    var reason: String

    @Option(
        help: ArgumentHelp(
            "When it ends: a time from now such as 12h, 30d or 4w, a date (its start in UTC), or an RFC 3339 time.",
            valueName: "time"))
    var expires = ExpiryOption.standard

    @Option(help: ArgumentHelp("File to write to; `-` is standard output.", valueName: "file"), completion: .file())
    var to: String?

    @OptionGroup var terminal: TerminalOptions

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason must say something") }
    }

    func run() throws {
        guard expires.time.seconds > SystemClock.now().seconds else {
            throw ValidationError("--expires: `\(expires.text)` is not in the future")
        }
        let log = Log(colors: terminal.color)
        let loaded = try LoadedPolicies.load(
            policies.policy, context: request.context, for: target, allowEmpty: false, log: log)
        try log.flush()
        let chosen = try loaded.policy(named: policy)
        let destination = try WaiverTarget(to, policies: policies.policy)
        var taken = Set(loaded.exceptions.map(\.name)).union(try destination.names())
        let schemas = try schemas.schemas(for: target, validates: false, log: log)
        let (candidates, definitions) = try candidates(by: chosen, in: loaded, schemas, log)
        var documents: [String] = []
        for candidate in candidates {
            let name = WaiverText.objectName(candidate.nameParts, besides: taken)
            taken.insert(name)
            documents.append(
                WaiverText(
                    name: name, namespace: candidate.request.namespace, policy: chosen.id, reason: reason,
                    conditions: candidate.conditions, expiresAt: expires.time
                ).yaml)
        }
        try verify(documents, candidates, schemas, definitions, log)
        try destination.append(documents, until: expires.time, log)
    }

    /// The objects that the policy finds fault with; an error if there is none.
    private func candidates(
        by policy: any CompiledPolicy, in loaded: LoadedPolicies, _ schemas: ManifestSchemas, _ log: Log
    ) throws(RunFailure) -> (candidates: [WaiverCandidate], definitions: [Node]) {
        let location = ObjectLocation(file)
        var candidates: [WaiverCandidate] = []
        var definitions: [Node] = []
        var excuse: String?
        do throws(DocumentError) {
            let source = try InputText.read(location.path)
            definitions = CustomDefinitions.find(in: source)
            let judge = FileJudge(policies: loaded, options: request.manifestOptions, schemas: schemas)
                .adding(definitions)
            for object in try location.objects(in: source) {
                switch try WaiverCandidate.judge(object, by: policy, with: judge) {
                case .faulty(let candidate): candidates.append(candidate)
                case .excused(let exception): excuse = excuse ?? exception
                case .faultless: break
                }
            }
        } catch {
            try log.report(error.diagnostic)
            try log.flush()
            throw RunFailure(.input, "")
        }
        if candidates.isEmpty {
            let reason = excuse.map { "; `\($0)` excuses it already" } ?? ""
            throw RunFailure(
                .input, "there is nothing to waive: `\(policy.id.qualifiedName)` finds nothing in `\(file)`\(reason)")
        }
        return (candidates, definitions)
    }

    /// What is written is read again, beside the policies, and must do what it is for.
    private func verify(
        _ documents: [String], _ candidates: [WaiverCandidate], _ schemas: ManifestSchemas, _ definitions: [Node],
        _ log: Log
    ) throws(RunFailure) {
        let text = SourceFile(name: "waiver", text: documents.joined(separator: "---\n"))
        let loaded = try LoadedPolicies.load(
            policies.policy, context: request.context, for: target, allowEmpty: false, log: log, besides: [text])
        let policy = try loaded.policy(named: policy)
        let judge = FileJudge(policies: loaded, options: request.manifestOptions, schemas: schemas).adding(definitions)
        for candidate in candidates {
            guard case .excused? = try? WaiverCandidate.judge(candidate.object, by: policy, with: judge) else {
                throw RunFailure(
                    .policy,
                    "no waiver can be made for \(candidate.request.kind.kind) `\(candidate.request.name)`: policies of the "
                        + "kind \(policy.id.kind) take no exception for it")
            }
        }
    }
}

extension LoadedPolicies {
    /// - Throws: status 2 with the names there are.
    func policy(named name: String) throws(RunFailure) -> any CompiledPolicy {
        if let policy = compiled.first(where: { $0.id.name == name || $0.id.qualifiedName == name }) { return policy }
        let names = summaries.map(\.name)
        let meant = closestMatch(to: name, among: names).map { "; did you mean `\($0)`?" }
        throw RunFailure(
            .input, "there is no policy `\(name)`\(meant ?? "; there are \(names.sorted().joined(separator: ", "))")")
    }
}
