import Admission
import ArgumentParser
import Reporting

/// The main job: manifests in, findings out.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Judge manifests by policies (what happens without a subcommand).",
        discussion: """
            Manifests are YAML or JSON: files, directories (searched for *.yaml, *.yml and *.json), or `-` for standard \
            input. `kind: List` is expanded. A recorded AdmissionReview is judged as the request that it holds. \
            Documents without `apiVersion` and `kind` are noted and passed over.

            Findings go to standard output, everything else to standard error. Results are in the order of the input.
            """)

    @OptionGroup var policies: PolicyOptions

    @Argument(help: "Manifest files and directories; `-` is standard input.", completion: .file())
    var paths: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Report format, to standard output or to a file; repeat for several.",
            discussion: "Formats: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "format[=file]"),
        transform: OutputOption.init)
    var output: [OutputOption] = []

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

    @Option(help: "Which findings make the exit code 1.")
    var failOn = FailOn.error

    @Option(
        help: ArgumentHelp(
            "Leave out paths that match, as in .gitignore; repeat for several.", valueName: "glob"))
    var exclude: [String] = []

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
        if namespace.isEmpty { throw ValidationError("--namespace must not be empty") }
        try OutputOption.checkDistinct(output)
    }

    /// More threads than any machine serves well.
    private static let maximumJobs = 256

    func run() throws {
        // Not in `validate`, which would hide that an option is misspelt.
        if policies.policy.isEmpty {
            throw ValidationError("no policies given; name files or directories with --policy")
        }
        if paths.isEmpty {
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
            "Policy files and directories; repeat for several.", valueName: "path"),
        completion: .file())
    var policy: [String] = []
}

struct TerminalOptions: ParsableArguments {
    @Option(help: "When to colour text.")
    var color = ColorChoice.auto
}
