import ArgumentParser
import Diagnostics
import Documents
import Glibc
import ImageArguments
import Reporting
import Values

/// The blast radius of a change of policies: which verdicts it changes.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show which verdicts change between two sets of policies.",
        discussion: """
            Manifests and recorded AdmissionReviews are judged by both sets. Exit codes:
              0  both sets say the same
              1  they differ
              2  wrong arguments, unreadable input, or no object to judge
              3  a policy is invalid, or a check could not be decided
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

    @Argument(help: "The policies as they were: a file or directory.", completion: .file())
    var old: String

    @Argument(help: "The policies as they will be.", completion: .file())
    var new: String

    @Argument(help: "Manifests and recorded requests; `-` is standard input.", completion: .file())
    var paths: [String]

    @Option(name: .shortAndLong, help: "Format of the result.")
    var output = Format.text

    @OptionGroup var target: TargetOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var schemas: SchemaOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var terminal: TerminalOptions

    func run() throws {
        let log = Log(colors: terminal.color)
        let known = try schemas.schemas(for: target, validates: false, log: log)
        let items = try selection.inputs(paths, log: log).items
        let definitions = known.isActive ? CustomDefinitions.find(in: items, jobs: 1) : []
        let images = try request.images.commandGatherer()
        let judges = try [old, new].map { path in
            var policies = try LoadedPolicies.load(
                [path], context: request.context, for: target, allowEmpty: false, log: log)
            policies.images = images
            return FileJudge(policies: policies, options: request.manifestOptions, schemas: known).adding(definitions)
        }
        var comparison = Comparison()
        for item in items {
            // Standard input can be read once only, and so both sets see the same bytes.
            let reports = try judges[0].judge(item, with: judges[1])
            comparison.add(reports.0, reports.1)
            for diagnostic in reports.0.diagnostics { try log.report(diagnostic) }
        }
        try log.flush()
        let file = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        switch output {
        case .text: comparison.writeText(to: &file.buffer, colors: terminal.color.applies(to: STDOUT_FILENO))
        case .json: comparison.writeJSON(to: &file.buffer)
        case .markdown: comparison.writeMarkdown(to: &file.buffer)
        }
        try file.flush()
        if comparison.undecided > 0 { throw RunFailure(.policy, "") }
        if comparison.objects == 0, comparison.unreadable == 0 {
            throw RunFailure(.input, "nothing compared: there are no Kubernetes objects in the input")
        }
        if comparison.unreadable > 0 { throw RunFailure(.input, "") }
        if !comparison.changes.isEmpty { throw RunFailure(.violations, "") }
    }
}

extension FileJudge {
    /// Judges one item by two sets.
    func judge(_ item: Inputs.Item, with other: FileJudge) throws(RunFailure) -> (FileReport, FileReport) {
        guard case .file("-") = item else { return (judge(item).report, other.judge(item).report) }
        do throws(DocumentError) {
            let text = try InputText.read("-")
            return (judge(text).report, other.judge(text).report)
        } catch {
            throw RunFailure(.input, error.diagnostic.message)
        }
    }
}
