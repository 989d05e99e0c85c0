import Admission
import Diagnostics
import Documents
import Glibc
import ImageArguments
import PolicyEngine
import PolicyLint
import Reporting
import Values

/// One run of `check`: policies, then file after file, then the totals.
struct CheckRun {
    private let command: CheckCommand
    private let log: Log

    init(_ command: CheckCommand) {
        self.command = command
        log = Log(colors: command.terminal.color, isQuiet: command.quiet)
    }

    func run() throws(RunFailure) {
        let reports = try ReportOutputs(command)
        var baseline = try command.baseline.map { path throws(RunFailure) in try Baseline(path: path) }
        var recorded = command.writeBaseline == nil ? nil : Baseline()
        var policies = try LoadedPolicies.load(
            command.policies.policy, context: command.request.context, for: command.target,
            as: command.load.options, allowEmpty: allowsEmpty || isAboutSchemas, log: log)
        policies.images = try command.request.images.commandGatherer()
        for finding in policies.typeFindings(for: command.target) { try log.report(finding.asWarning) }
        let schemas = try command.schemas.schemas(
            for: command.target, validates: command.validation.schemas ?? true,
            requires: command.validation.requireSchemas,
            insists: command.validation.isAskedFor, log: log)
        var inputs = try command.selection.inputs(command.paths, log: log)
        inputs.keep { item in
            if case .file(let path) = item { !reports.contains(path) } else { true }
        }
        var judge = FileJudge(policies: policies, options: command.request.manifestOptions, schemas: schemas)
        judge.findsNearMisses = command.verbose
        judge.expandsWorkloads = command.expandWorkloads
        judge.mutates = command.load.mutates
        if schemas.isActive { judge = judge.adding(CustomDefinitions.find(in: inputs.items, jobs: jobs)) }
        let progress = Progress(total: inputs.items.count, isQuiet: command.quiet)
        var summary = Summary()
        summary.policies = policies.summaries.count
        var matched: Set<ObjectIdentifier> = []
        var usedExceptions: Set<String> = []
        var nearMisses = NearMisses()
        var missingKinds: [String: Int] = [:]
        try reports.begin(
            RunHeader(toolVersion: toolVersion, policies: policies.summaries, time: SystemClock.reportTime()))
        try OrderedPipeline.run(inputs.items, jobs: jobs, work: { [judge] in judge.judge($0) }) {
            judged throws(RunFailure) in
            var file = judged.report
            nearMisses.add(judged.nearMisses)
            missingKinds.merge(judged.missingKinds, uniquingKeysWith: +)
            for subject in file.subjects {
                matched.formUnion(subject.matchedPolicies.map(ObjectIdentifier.init))
                usedExceptions.formUnion(subject.usedExceptions)
            }
            summary.baselined += baseline?.apply(to: &file) ?? recorded?.record(&file) ?? 0
            summary.add(file)
            progress.clear()
            defer { progress.advance(summary) }
            try reports.write(file)
            guard !file.diagnostics.isEmpty else { return }
            // On a terminal both streams show, so what is said keeps its place among the findings.
            try reports.flush()
            for diagnostic in file.diagnostics { try log.report(diagnostic) }
            try log.flush()
        }
        progress.clear()
        summary.withoutSchema = missingKinds.values.reduce(0, +)
        let unmatched = policies.summaries.filter { !matched.contains(ObjectIdentifier($0)) }
        summary.unmatched = unmatched.map(\.name)
        summary.nothingChecked = nothingChecked(summary, isAnyMatched: !matched.isEmpty)
        let status = status(summary)
        summary.exitCode = status.rawValue
        try reports.end(summary)
        if command.verbose { for policy in unmatched { try log.report(nearMisses.diagnostic(for: policy)) } }
        if !command.validation.requireSchemas { try reportMissing(missingKinds, schemas) }
        for stale in baseline?.stale ?? [] { try log.report(stale) }
        if let nothing = summary.nothingChecked {
            try log.report(
                Diagnostic(
                    DiagnosticID.nothingChecked, .error, nothing,
                    help: "give --allow-empty if there may be nothing to check"))
        }
        for exception in policies.waivers {
            let isUsed = usedExceptions.contains(exception.id.qualifiedName)
            if let remark = exception.remark(isUsed: isUsed, in: policies) { try log.report(remark) }
        }
        try log.flush()
        if let path = command.writeBaseline, let recorded { try recorded.write(path: path) }
        if status != .clean { throw RunFailure(status, "") }
    }

    private func reportMissing(_ kinds: [String: Int], _ schemas: ManifestSchemas) throws(RunFailure) {
        for (kind, count) in kinds.sorted(by: { $0.key < $1.key }) {
            let what = schemas.makesView ? "judged as written, and not validated" : "not validated"
            try log.report(
                Diagnostic(
                    "schema-missing", .note,
                    "no schema for `\(kind)` (\(Summary.plural(count, "object"))): \(what)",
                    help: ManifestSchemas.missingHelp))
        }
    }

    /// Whether there are no policies on purpose.
    private var isAboutSchemas: Bool { command.policies.policy.isEmpty && command.validation.isAskedFor }

    private var allowsEmpty: Bool { command.allowEmpty || command.selection.changed != nil }

    private var jobs: Int { command.jobs ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Why nothing was checked, or nil.
    private func nothingChecked(_ summary: Summary, isAnyMatched: Bool) -> String? {
        if allowsEmpty || isAnyMatched { return nil }
        if isAboutSchemas, summary.subjects > summary.withoutSchema { return nil }
        if isAboutSchemas, summary.subjects > 0 { return "nothing checked: no object is of a kind with a known schema" }
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

extension SystemClock {
    /// Seconds since 1970 that reports name; SOURCE_DATE_EPOCH makes them the same each time.
    static func reportTime() -> Int64 {
        Environment.variable("SOURCE_DATE_EPOCH").flatMap { Int64($0) } ?? now().seconds
    }
}
