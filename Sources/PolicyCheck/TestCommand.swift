import ArgumentParser
import Diagnostics
import Glibc
import PolicyLanguages
import PolicyTesting
import RegularExpressions

/// Runs tests of policies.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run tests of policies (kyverno-test.yaml).",
        discussion: """
            A test names policies, objects and what each policy is to say about each object. Directories are searched \
            for kyverno-test.yaml; paths in a test start at its file.

            A test that names an unknown policy, rule or resource fails, and so does one that expects a result where \
            no policy judged the object: Kyverno's own runner passes these.

            Exit code 1 means that a check failed, 2 that a test cannot be read or that there is none, 3 that a policy \
            is invalid or of a kind that is not supported.
            """)

    @Argument(help: "Test files and directories.", completion: .file())
    var paths: [String] = ["."]

    @Option(name: .customLong("run"), help: ArgumentHelp("Only tests whose name matches.", valueName: "regex"))
    var pattern: String?

    @Flag(help: "Pass what Kyverno's own runner passes without comparing anything, and say so.")
    var kyvernoQuirks = false

    @OptionGroup var target: TargetOptions
    @OptionGroup var terminal: TerminalOptions

    @Flag(name: .shortAndLong, help: "Also say which checks hold.")
    var verbose = false

    func run() throws {
        var suite = TestSuite()
        for path in paths { suite.load(path: path) }
        if let pattern {
            do throws(RegularExpressionError) {
                suite.select(try RegularExpression(pattern: pattern))
            } catch {
                throw ValidationError("--run is no regular expression: \(error.message)")
            }
        }
        let log = Log(colors: terminal.color)
        try log.report(suite.log)
        try log.flush()
        let output = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        let text = TestText(
            renderer: DiagnosticRenderer(colors: terminal.color.applies(to: STDOUT_FILENO)), isVerbose: verbose)
        let runner = TestRunner(
            acceptsQuirks: kyvernoQuirks, languages: PolicyLanguages.all(version: target.version, bindsUnbound: true))
        var outcomes: [TestOutcome] = []
        for (test, problems) in suite.tests {
            let outcome = runner.run(test, problems: problems)
            try output.append(text.text(outcome))
            outcomes.append(outcome)
        }
        if outcomes.isEmpty {
            throw RunFailure(
                .input, suite.log.hasErrors ? "" : "nothing was tested: no test has a name like `\(pattern ?? "")`")
        }
        try output.append(text.summary(outcomes))
        try output.flush()
        let status = status(outcomes, hasUnreadable: suite.log.hasErrors)
        if status != .clean { throw RunFailure(status, "") }
    }

    private func status(_ outcomes: [TestOutcome], hasUnreadable: Bool) -> ExitStatus {
        var status = hasUnreadable ? ExitStatus.input : .clean
        for outcome in outcomes {
            switch outcome.status {
            case .passed: break
            case .failed: status = max(status, .violations)
            case .unsupported: status = max(status, .policy)
            case .invalid:
                let isPolicy = outcome.diagnostics.contains { diagnostic in
                    diagnostic.severity == .error
                        && !["test-", "file-", "directory-", "yaml-", "json-", "manifest-", "context-"]
                            .contains { diagnostic.id.hasPrefix($0) }
                }
                status = max(status, isPolicy ? .policy : .input)
            }
        }
        return status
    }
}
