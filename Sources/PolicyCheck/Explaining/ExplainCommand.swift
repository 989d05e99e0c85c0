import Admission
import ArgumentParser
import Diagnostics
import Documents
import Glibc
import ImageArguments
import PolicyEngine
import Reporting
import Values

/// All of one policy at work on some objects: for passes too, and for policies that do not apply.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show why a policy says what it says about a manifest, also why it does not apply.",
        discussion: """
            Every match clause is shown with what the object has, and every part of every expression with its value. \\
            Of a loop these are the values of its last round. Exit code 0 means that this could be shown, whatever \\
            the verdict is.
            """)

    @Argument(help: "The policy: its name among --policy, or a file.", completion: .file())
    var policy: String

    @Argument(help: "The manifest; behind a colon a line of the object that is meant.", completion: .file())
    var file: String

    @OptionGroup var policies: PolicyOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var schemas: SchemaOptions
    @OptionGroup var terminal: TerminalOptions

    func run() throws {
        let log = Log(colors: terminal.color)
        let paths = isFile ? [policy] : policies.policy
        var loaded = try LoadedPolicies.load(
            paths, context: request.context, for: target, allowEmpty: false, log: log)
        loaded.images = try request.images.commandGatherer()
        try log.flush()
        let chosen = try chosen(in: loaded)
        let output = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        let location = ObjectLocation(file)
        var judge = FileJudge(
            policies: loaded, options: request.manifestOptions,
            schemas: try schemas.schemas(for: target, validates: false, log: log))
        let text = ExplanationText(colors: terminal.color.applies(to: STDOUT_FILENO))
        var isFirst = true
        do throws(DocumentError) {
            let source = try InputText.read(location.path)
            judge = judge.adding(CustomDefinitions.find(in: source))
            for object in try location.objects(in: source) {
                let request = try judge.admittedRequest(of: object)
                for policy in chosen {
                    if !isFirst { output.buffer.append("\n") }
                    isFirst = false
                    output.buffer.append(text.explain(policy, loaded, request, object))
                }
            }
        } catch {
            try log.report(error.diagnostic)
            try log.flush()
            throw RunFailure(.input, "")
        }
        if isFirst {
            throw RunFailure(
                .input, "`\(location.path)` has no Kubernetes object\(location.line.map { " at line \($0)" } ?? "")")
        }
        try output.flush()
    }

    /// Whether the policy is a file rather than a name: a configuration may name policies where nobody thought of them.
    private var isFile: Bool {
        let looksLikeFile = policy.contains("/") || policy.hasSuffix(".yaml") || policy.hasSuffix(".yml")
        return policies.policy.isEmpty || looksLikeFile && FileReader.exists(policy)
    }

    private func chosen(in loaded: LoadedPolicies) throws(RunFailure) -> [any ExplainablePolicy] {
        let named = loaded.compiled.filter { isFile || $0.id.name == policy || $0.id.qualifiedName == policy }
        if named.isEmpty {
            let names = loaded.summaries.map(\.name).sorted().joined(separator: ", ")
            throw RunFailure(.input, "there is no policy `\(policy)`; there are \(names)")
        }
        let explainable = named.compactMap { $0 as? any ExplainablePolicy }
        if explainable.isEmpty {
            throw RunFailure(.input, "policies of the kind \(named[0].id.kind) cannot be explained yet")
        }
        return explainable
    }
}
