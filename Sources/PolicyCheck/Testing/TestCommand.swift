import ArgumentParser
import Diagnostics
import Glibc
import ImageArguments
import KubernetesSchemas
import PolicyLanguages
import PolicyTesting
import RegularExpressions

/// Runs tests of policies.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run tests of policies (kyverno-test.yaml, gator suites).",
        discussion: """
            A test names policies, objects and what each policy is to say about each object. Directories are searched \
            for files with tests; paths in a test start at its file.

            A test that names an unknown policy, rule or resource fails, and so does one that expects a result where \
            no policy judged the object: Kyverno's own runner passes these.

            Exit code 1 means that a check failed or that coverage is too low, 2 that a test cannot be read or that \
            there is none, 3 that a policy is invalid or of a kind that is not supported.
            """)

    @Argument(help: "Test files and directories.", completion: .file())
    var paths: [String] = ["."]

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "Only tests whose name matches, and of them behind `//` only checks that match.", valueName: "regex"))
    var pattern: String?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Format, to standard output or to a file; repeat for several.", valueName: "format[=file]"),
        completion: .list(TestFormat.allCases.map(\.rawValue)), transform: { try TestOutputOption($0) })
    var output: [TestOutputOption] = []

    @Flag(help: "Show which parts of the policies' expressions the tests have seen come out both ways.")
    var coverage = false

    @Option(help: ArgumentHelp("Fail if coverage is lower; implies --coverage.", valueName: "percent"))
    var min: Double?

    @Flag(help: "Write what the checks come to into the tests' files, after showing the difference.")
    var update = false

    @Flag(help: "With --update only show the difference.")
    var dryRun = false

    @Flag(help: "Permit --update where the environment variable CI is set.")
    var updateInCI = false

    @Flag(help: "Pass what Kyverno's own runner passes without comparing anything, and say so.")
    var kyvernoQuirks = false

    @Option(name: .shortAndLong, help: ArgumentHelp("Threads to use.", valueName: "number"))
    var jobs: Int?

    @Flag(
        help: "Judge the objects as the API server would admit them, not as `kyverno test` does, as they are written.")
    var admitted = false

    @OptionGroup var target: TargetOptions
    @OptionGroup var images: ImageOptions
    @OptionGroup var terminal: TerminalOptions

    @Flag(name: .shortAndLong, help: "Also say which checks hold.")
    var verbose = false

    func validate() throws {
        if let min, !(0...100).contains(min) { throw ValidationError("--min is a percentage, from 0 to 100") }
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
        if dryRun || updateInCI, !update { throw ValidationError("--dry-run and --update-in-ci go with --update") }
        if update, kyvernoQuirks { throw ValidationError("--update writes what is so; --kyverno-quirks pretends") }
        try TestOutputOption.checkDistinct(output)
    }

    func run() throws {
        let isCI = getenv("CI").map { String(cString: $0) }.map { !["", "0", "false"].contains($0) } ?? false
        if update, isCI, !updateInCI, !dryRun {
            throw RunFailure(
                .input, "--update would make every test pass, and CI is set; give --update-in-ci if that is meant")
        }
        let filter = try filter()
        var suite = TestSuite()
        for path in paths { suite.load(path: path) }
        suite.select(filter)
        let log = Log(colors: terminal.color)
        try log.report(suite.log)
        try log.flush()
        let outputs = try TestOutputs(self)
        let isMeasured = coverage || min != nil
        let runner = TestRunner(
            acceptsQuirks: kyvernoQuirks, languages: PolicyLanguages.all(version: target.version, bindsUnbound: true),
            measuresCoverage: isMeasured, filter: filter,
            schemas: admitted ? try SchemaOptions.set(for: target) : nil, images: try images.commandGatherer())
        var outcomes: [TestOutcome] = []
        var summary = CoverageSummary()
        try OrderedPipeline.run(suite.tests, jobs: jobs ?? processors, work: { runner.run($0) }) {
            (outcome: TestOutcome) throws(RunFailure) in
            if filter.leavesOut(outcome) { return }
            try outputs.write(outcome)
            summary.add(outcome.coverage)
            var kept = outcome
            kept.coverage = []
            outcomes.append(kept)
        }
        if outcomes.isEmpty {
            throw RunFailure(
                .input, suite.log.hasErrors ? "" : "nothing was tested: no test has a name like `\(pattern ?? "")`")
        }
        var totals = TestTotals(
            outcomes: outcomes, coverage: isMeasured ? summary : nil, minimumCoverage: min, exitCode: 0)
        var status = status(outcomes, hasUnreadable: suite.log.hasErrors)
        if totals.failsMinimum { status = Swift.max(status, .violations) }
        totals.exitCode = Int(status.rawValue)
        try outputs.end(totals)
        if update { try write(TestUpdate.updates(of: outcomes), log) }
        if status != .clean { throw RunFailure(status, "") }
    }

    private var processors: Int { Swift.max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    private func filter() throws -> TestFilter {
        guard let pattern else { return TestFilter() }
        do throws(RegularExpressionError) {
            return try TestFilter(pattern)
        } catch {
            throw ValidationError("--run is no regular expression: \(error.message)")
        }
    }

    private func status(_ outcomes: [TestOutcome], hasUnreadable: Bool) -> ExitStatus {
        var status = hasUnreadable ? ExitStatus.input : .clean
        for outcome in outcomes {
            switch outcome.status {
            case .passed, .skipped: break
            case .failed: status = Swift.max(status, .violations)
            case .unsupported: status = Swift.max(status, .policy)
            case .invalid: status = Swift.max(status, outcome.hasInvalidPolicy ? .policy : .input)
            }
        }
        return status
    }

    /// Shows what changes and writes it, unless it is only to be shown.
    private func write(_ updates: [TestUpdate], _ log: Log) throws(RunFailure) {
        // Reports on standard output stay what they are.
        let toErrors = output.contains { $0.path == nil && $0.format != .text }
        let descriptor = toErrors ? STDERR_FILENO : STDOUT_FILENO
        let file = OutputFile(descriptor: descriptor, name: toErrors ? "<stderr>" : "<stdout>")
        let colors = terminal.color.applies(to: descriptor)
        var count = 0
        for update in updates {
            for problem in update.problems { try log.report(problem) }
            guard update.changes else { continue }
            count += 1
            try file.append(
                "\n" + LineDifference.text(name: update.file.name, update.file.bytes, update.bytes, colors: colors))
            // Shown first, whatever becomes of the writing.
            try file.flush()
            if !dryRun { try FileReplacement.write(update.bytes, to: update.file.name) }
        }
        let done = dryRun ? "would be updated" : "updated"
        try file.append(count == 0 ? "nothing to update\n" : "\(count) \(count == 1 ? "file" : "files") \(done)\n")
        try file.flush()
        try log.flush()
    }
}
