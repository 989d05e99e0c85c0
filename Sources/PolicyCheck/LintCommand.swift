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

    @OptionGroup var target: TargetOptions
    @OptionGroup var terminal: TerminalOptions

    func run() throws {
        let log = Log(colors: terminal.color)
        let policies = try LoadedPolicies.load(paths, context: [], for: target, allowEmpty: false, log: log)
        try log.flush()
        let output = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        try output.append("\(Summary.plural(policies.summaries.count, "policy")): no errors.\n")
        try output.flush()
    }
}
