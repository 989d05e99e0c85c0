import ArgumentParser
import Glibc
import Reporting

/// Compiles policies and prints what is wrong with them.
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Compile policies and print what is wrong with them.",
        discussion: "Exit code 3 means that there are errors, 2 that a file cannot be read or holds no policy.")

    @Argument(help: "Policy files and directories.", completion: .file())
    var paths: [String]

    @Option(
        help: ArgumentHelp(
            "Kubernetes version whose functions expressions may use (default: the newest known).", valueName: "version"))
    var kubernetesVersion: KubernetesVersionOption?

    @OptionGroup var terminal: TerminalOptions

    func run() throws {
        let log = Log(colors: terminal.color)
        let policies = try PolicyLoader.load(paths, version: kubernetesVersion, context: [], log: log)
        try log.flush()
        guard !policies.summaries.isEmpty else { throw RunFailure(.input, "there are no policies") }
        let output = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        try output.append("\(Summary.plural(policies.summaries.count, "policy")): no errors.\n")
        try output.flush()
    }
}
