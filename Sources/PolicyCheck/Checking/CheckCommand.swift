import Admission
import ArgumentParser
import Diagnostics
import ImageArguments
import Reporting

/// The main job: manifests in, findings out.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Judge manifests by policies (what happens without a subcommand).",
        discussion: """
            Manifests are YAML or JSON: files, directories (searched for *.yaml, *.yml and *.json), patterns such as \
            'deploy/**/*.yaml', or `-` for standard input. Helm charts and kustomizations in directories are rendered. `kind: List` is expanded. A recorded AdmissionReview is judged as the request that it holds. \
            Documents without `apiVersion` and `kind` are noted and passed over.

            Findings go to standard output, everything else to standard error. Results are in the order of the input.
            """)

    @OptionGroup var policies: PolicyOptions

    @Argument(help: "Manifest files and directories; `-` is standard input.", completion: .file())
    var paths: [String] = []

    @Option(name: .shortAndLong, help: OutputOption.help, transform: OutputOption.init)
    var output: [OutputOption] = []

    @OptionGroup var target: TargetOptions

    @OptionGroup var load: LoadArguments

    @OptionGroup var request: RequestOptions
    @OptionGroup var schemas: SchemaOptions
    @OptionGroup var validation: ValidationOptions

    @Option(help: "Which findings make the exit code 1.")
    var failOn = FailOn.error

    @OptionGroup var selection: SelectionOptions

    @Option(
        help: ArgumentHelp(
            "Let findings through that the file lists; --write-baseline makes it.", valueName: "file"),
        completion: .file())
    var baseline: String?

    @Option(
        help: ArgumentHelp("Write all findings to a file for --baseline, and let them through.", valueName: "file"),
        completion: .file())
    var writeBaseline: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Judge the Pod of a workload's template too, by the policies that are not about the workload itself.")
    var expandWorkloads = true

    @Flag(help: "Exit 0 even if nothing was checked.")
    var allowEmpty = false

    @OptionGroup var terminal: TerminalOptions

    @Flag(name: .shortAndLong, help: "Only findings and errors: no notes, no summary.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Also say which objects passed and which policies matched nothing.")
    var verbose = false

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Threads to use (default: one per processor).", valueName: "number"))
    var jobs: Int?

    func validate() throws {
        if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other") }
        if let jobs, !(1...Self.maximumJobs).contains(jobs) {
            throw ValidationError("--jobs must be from 1 to \(Self.maximumJobs)")
        }
        if paths.count(where: { $0 == "-" }) > 1 { throw ValidationError("`-` can be given once only") }
        if baseline != nil, writeBaseline != nil {
            throw ValidationError("--baseline and --write-baseline exclude each other")
        }
        try OutputOption.checkDistinct(output)
    }

    /// More threads than any machine serves well.
    private static let maximumJobs = 256

    func run() throws {
        // Not in `validate`, which would hide that an option is misspelt.
        if policies.policy.isEmpty, !validation.isAskedFor {
            throw ValidationError(
                "no policies given; name files or directories with --policy, or give --schemas to look for what the API "
                    + "server would refuse")
        }
        if paths.isEmpty, selection.changed == nil {
            throw ValidationError("no manifests given; name files or directories, or `-` for standard input")
        }
        try CheckRun(self).run()
    }
}

/// What fails a run.
enum FailOn: String, ExpressibleByArgument, CaseIterable, Sendable {
    case error, warn, never
}

/// `--operation`, in any case of letters.
struct OperationOption: ExpressibleByArgument, Sendable {
    let operation: Operation

    static let create = OperationOption(operation: .create)

    init(operation: Operation) {
        self.operation = operation
    }

    init?(argument: String) {
        guard let operation = Operation.allCases.first(where: { $0.name.description == argument.uppercased() }) else {
            return nil
        }
        self.operation = operation
    }

    var defaultValueDescription: String { operation.name.description }
    static var allValueStrings: [String] { Operation.allCases.map(\.name.description) }
}

extension ColorChoice: ExpressibleByArgument {}

/// Which policies, and what their expressions may use.
struct PolicyOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Policy files, directories and bundles (*.tar.gz, git+https://…@ref); repeat for several.",
            valueName: "path"),
        completion: .file())
    var policy: [String] = []
}

/// What every command has.
struct TerminalOptions: ParsableArguments {
    @Option(help: "When to colour text.")
    var color = ColorChoice.auto

    @OptionGroup var configuration: ConfigurationOptions
}

/// What requests are made of manifests.
struct RequestOptions: ParsableArguments {
    @Option(help: "Namespace of namespaced objects that name none.")
    var namespace = "default"

    @Option(
        help: ArgumentHelp(
            "Objects that policies may ask for: Namespaces, params. Repeat for several.", valueName: "file"),
        completion: .file())
    var context: [String] = []

    @Option(help: "What is done with the objects: \(OperationOption.allValueStrings.joined(separator: ", ")).")
    var operation = OperationOption.create

    @Option(help: "User who makes the request.")
    var user: String?

    @Option(help: "Group of that user; repeat for several.")
    var group: [String] = []

    @OptionGroup var images: ImageOptions

    func validate() throws {
        if namespace.isEmpty { throw ValidationError("--namespace must not be empty") }
    }

    var manifestOptions: ManifestRequestOptions {
        var options = ManifestRequestOptions()
        options.defaultNamespace = namespace
        options.operation = operation.operation
        if let user { options.username = user }
        if !group.isEmpty { options.groups = group }
        return options
    }
}

/// Whether charts and kustomizations are rendered.
enum RenderChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, off
}

/// Which of the manifests are taken.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Leave out paths that match, as in .gitignore; repeat for several.", valueName: "glob"))
    var exclude: [String] = []

    @Flag(inversion: .prefixedNo, help: "Leave out of directories what git ignores.")
    var gitignore = true

    @Option(help: "Render Helm charts and kustomizations that directories hold.")
    var render = RenderChoice.auto

    @Option(
        help: ArgumentHelp(
            "Only files that git says differ from a commit (--changed alone: from HEAD); implies --allow-empty.",
            valueName: "=ref"))
    var changed: String?

    /// What the arguments name; with `--changed` alone everything below the current directory.
    func inputs(_ paths: [String], log: Log) throws(RunFailure) -> Inputs {
        let options = InputOptions(
            excluded: exclude.map { Glob($0) }, respectsGitignore: gitignore, renders: render == .auto)
        var inputs = Inputs(paths.isEmpty ? ["."] : paths, options)
        if let changed { try keepChanged(since: changed, &inputs, log) }
        return inputs
    }

    private func keepChanged(since reference: String, _ inputs: inout Inputs, _ log: Log) throws(RunFailure) {
        guard let repository = GitRepository(around: ".") else {
            let reason = Subprocess.find("git") == nil ? "git is not on the PATH" : "this is no git work tree"
            throw RunFailure(.input, "--changed cannot tell what has changed: \(reason)")
        }
        let (top, changed) = try repository.changedFiles(since: reference)
        let all = inputs.items.count
        var outside: String?
        inputs.keep { item in
            switch item {
            case .problem(_, let diagnostic): return diagnostic.id != "directory-empty"
            case .file("-"): return true
            case .file(let path):
                // One that does not exist is an error that stays.
                guard let real = RealPath.of(path) else { return true }
                if !real.hasPrefix(top + "/") { outside = path }
                return changed.contains(real)
            case .rendered(let root):
                guard let real = RealPath.of(root.directory) else { return true }
                // What a kustomization builds upon may lie anywhere; a chart is all in its directory.
                return root.kind == .kustomize && !changed.isEmpty || changed.contains { $0.hasPrefix(real + "/") }
            }
        }
        if let outside { throw RunFailure(.input, "--changed: `\(outside)` is not in the work tree `\(top)`") }
        if inputs.items.isEmpty {
            let message = "no file of \(all) has changed since `\(reference)`"
            try log.report(Diagnostic("changed-none", .note, message))
        }
    }
}
