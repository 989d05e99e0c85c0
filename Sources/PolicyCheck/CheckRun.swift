import Admission
import Diagnostics
import Documents
import Glibc
import PolicyEngine
import Reporting

/// One run of `check`: policies, then file after file, then the totals.
struct CheckRun {
    private let command: CheckCommand
    private let log: Log

    init(_ command: CheckCommand) {
        self.command = command
        log = Log(colors: command.terminal.color, isQuiet: command.quiet)
    }

    func run() throws(RunFailure) {
        var reports = try ReportOutputs(command)
        let policies = try LoadedPolicies.load(
            command.policies.policy, context: command.context, allowEmpty: command.allowEmpty, log: log)
        let judge = FileJudge(policies: policies, options: requestOptions, expandsWorkloads: command.expandWorkloads)
        let inputs = Inputs(command.paths, excluding: command.exclude.map(Glob.init))
        var summary = Summary()
        summary.policies = policies.summaries.count
        var matched: Set<ObjectIdentifier> = []
        var usedExceptions: Set<String> = []
        try reports.begin(RunHeader(toolVersion: toolVersion, policies: policies.summaries))
        try OrderedPipeline.run(inputs.items, jobs: jobs, work: { judge.judge($0) }) { file throws(RunFailure) in
            summary.add(file)
            for subject in file.subjects {
                matched.formUnion(subject.matchedPolicies.map(ObjectIdentifier.init))
                usedExceptions.formUnion(subject.usedExceptions)
            }
            try reports.write(file)
            guard !file.diagnostics.isEmpty else { return }
            // On a terminal both streams show, so what is said keeps its place among the findings.
            try reports.flush()
            for diagnostic in file.diagnostics { try log.report(diagnostic) }
            try log.flush()
        }
        summary.unmatched = policies.summaries.filter { !matched.contains(ObjectIdentifier($0)) }.map(\.name)
        summary.nothingChecked = nothingChecked(summary, isAnyMatched: !matched.isEmpty)
        let status = status(summary)
        summary.exitCode = status.rawValue
        try reports.end(summary)
        if let nothing = summary.nothingChecked {
            try log.report(
                Diagnostic(
                    DiagnosticID.nothingChecked, .error, nothing,
                    help: "give --allow-empty if there may be nothing to check"))
        }
        for exception in policies.exceptions where !usedExceptions.contains(exception.qualifiedName) {
            try log.report(
                Diagnostic(
                    DiagnosticID.unusedException, .warning,
                    "exception `\(exception.qualifiedName)` excused nothing in this run", file: exception.file,
                    range: exception.position.map { SourceRange(at: $0) },
                    help: "remove it, or extend `expiresAt` if it has expired and is still needed"))
        }
        try log.flush()
        if status != .clean { throw RunFailure(status, "") }
    }

    private var requestOptions: ManifestRequestOptions {
        var options = ManifestRequestOptions()
        options.defaultNamespace = command.namespace
        options.operation = command.operation.operation
        if let user = command.user { options.username = user }
        if !command.group.isEmpty { options.groups = command.group }
        return options
    }

    private var jobs: Int { command.jobs ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Why nothing was checked, or nil.
    private func nothingChecked(_ summary: Summary, isAnyMatched: Bool) -> String? {
        if command.allowEmpty || isAnyMatched { return nil }
        if summary.policies == 0 { return "nothing checked: there are no policies" }
        if summary.subjects == 0 { return "nothing checked: there are no Kubernetes objects in the input" }
        let objects = summary.subjects == 1 ? "the object" : "any of the \(summary.subjects) objects"
        return "nothing checked: no policy matches \(objects)"
    }

    private func status(_ summary: Summary) -> ExitStatus {
        var status = ExitStatus.clean
        switch command.failOn {
        case .never: break
        case .error: if summary.denials > 0 { status = .violations }
        case .warn: if summary.denials + summary.warnings + summary.ignored > 0 { status = .violations }
        }
        if summary.unreadable > 0 || summary.nothingChecked != nil { status = max(status, .input) }
        if summary.failures > 0 { status = max(status, .policy) }
        return status
    }
}

/// The reports of a run, each in its format and file.
struct ReportOutputs {
    private var reports: [(writer: any ReportWriter, file: OutputFile)] = []

    /// Files are created at once, before any work.
    init(_ command: CheckCommand) throws(RunFailure) {
        let outputs = command.output.isEmpty ? [OutputOption.text] : command.output
        for output in outputs {
            let file: OutputFile
            if let path = output.path {
                file = try OutputFile(path: path)
            } else {
                file = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
            }
            let color = command.terminal.color
            let colors = output.path == nil ? color.applies(to: STDOUT_FILENO) : color == .always
            let options = ReportOptions(colors: colors, isQuiet: command.quiet, isVerbose: command.verbose)
            reports.append((output.format.makeWriter(options), file))
        }
    }

    mutating func begin(_ header: RunHeader) throws(RunFailure) {
        for index in reports.indices { reports[index].writer.begin(header, to: &reports[index].file.buffer) }
    }

    mutating func write(_ file: FileReport) throws(RunFailure) {
        for index in reports.indices {
            reports[index].writer.write(file, to: &reports[index].file.buffer)
            try reports[index].file.flushIfLarge()
        }
    }

    func flush() throws(RunFailure) {
        for report in reports { try report.file.flush() }
    }

    mutating func end(_ summary: Summary) throws(RunFailure) {
        for index in reports.indices {
            reports[index].writer.end(summary, to: &reports[index].file.buffer)
            try reports[index].file.flush()
        }
    }
}
