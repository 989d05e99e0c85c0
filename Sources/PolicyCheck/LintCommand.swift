import ArgumentParser
import Diagnostics
import Glibc
import PolicyEngine
import PolicyLint
import Reporting

/// Looks at policies without a request.
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Compile policies, check their types and print what is wrong with them.",
        discussion: """
            Each expression is checked against each kind of object that its policy matches: fields that do not exist, \
            fields that may be absent, comparisons that cannot be meant, what can never fail or never pass, and what \
            may cost more than an API server allows. Types are those of Kubernetes and of the \
            CustomResourceDefinitions among policies and --context.

            Findings go to standard output. Exit codes:
              0  nothing is wrong, or nothing that --fail-on names
              1  there are findings
              2  a file cannot be read or holds no policy
              3  a policy is invalid
            """)

    @Argument(help: "Policy files and directories.", completion: .file())
    var paths: [String]

    @Option(
        help: ArgumentHelp(
            "Objects around the policies: CustomResourceDefinitions. Repeat for several.", valueName: "file"),
        completion: .file())
    var context: [String] = []

    @Option(
        name: .customLong("crd"),
        help: ArgumentHelp(
            "CustomResourceDefinitions, and Crossplane's CompositeResourceDefinitions; repeat for several.",
            valueName: "path"),
        completion: .file())
    var definitions: [String] = []

    @Option(name: .shortAndLong, help: OutputOption.help, transform: OutputOption.init)
    var output: [OutputOption] = []

    @Option(help: "Which findings make the exit code 1.")
    var failOn = FailOn.error

    @Option(help: ArgumentHelp("Leave out findings with this id; repeat for several.", valueName: "id"))
    var disable: [String] = []

    @Flag(
        help: """
            Print what an API server would write into `status.typeChecking` instead, in its words; its types are \
            coarser, and some of its warnings are false alarms.
            """)
    var expressionWarnings = false

    @Flag(
        help: """
            Print what each expression may cost instead: with a large object of practice, and with the largest request \
            that an API server takes.
            """)
    var costs = false

    @OptionGroup var target: TargetOptions
    @OptionGroup var terminal: TerminalOptions

    func validate() throws {
        if costs, expressionWarnings { throw ValidationError("--costs and --expression-warnings exclude each other") }
        if costs || expressionWarnings, !output.isEmpty {
            throw ValidationError("--output is for findings, not for --costs and --expression-warnings")
        }
        try OutputOption.checkDistinct(output)
        let known = LintFinding.Code.allCases.map(\.rawValue)
        for id in disable where !known.contains(id) {
            let hint = closestMatch(to: id, among: known).map { "; did you mean `\($0)`?" } ?? ""
            throw ValidationError("--disable: there is no finding `\(id)`\(hint)")
        }
    }

    func run() throws {
        let log = Log(colors: terminal.color)
        // Files are created before any work.
        let reports = try ReportOutputs(output.filter { $0.format != .text }, color: terminal.color)
        let standardOutput = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        var texts: [(file: OutputFile, isTerminal: Bool)] = []
        for option in output.isEmpty ? [OutputOption.text] : output.filter({ $0.format == .text }) {
            if let path = option.path {
                texts.append((try OutputFile(path: path), false))
            } else {
                texts.append((standardOutput, true))
            }
        }
        if !definitions.isEmpty { _ = try SchemaOptions.read(definitions, log) }
        let policies = try LoadedPolicies.load(
            paths, context: context + definitions, for: target, allowEmpty: false, log: log)
        try log.flush()
        if costs { return try printCosts(policies, standardOutput) }
        if expressionWarnings { return try printWarnings(policies, standardOutput) }
        let findings = policies.lint(for: target).filter { !disable.contains($0.code.rawValue) }
        let errors = findings.count { $0.diagnostic.severity == .error }
        for (file, isTerminal) in texts {
            let colors = isTerminal ? terminal.color.applies(to: STDOUT_FILENO) : terminal.color == .always
            try print(findings, errors: errors, of: policies, DiagnosticRenderer(colors: colors), to: file)
        }
        let fails: Bool =
            switch failOn {
            case .error: errors > 0
            case .warn: !findings.isEmpty
            case .never: false
            }
        try LintReport(findings, of: policies).write(to: reports, exitCode: fails ? .violations : .clean)
        if fails { throw RunFailure(.violations, "") }
    }

    private func print(
        _ findings: [LintFinding], errors: Int, of policies: LoadedPolicies, _ renderer: DiagnosticRenderer,
        to output: OutputFile
    ) throws {
        for finding in findings { try output.append(renderer.render(finding.diagnostic)) }
        let warnings = findings.count - errors
        let count = Summary.plural(policies.policyCount, "policy")
        try output.append(
            findings.isEmpty
                ? "\(count): nothing to report.\n"
                : "\(count): \(Summary.plural(errors, "error")), \(Summary.plural(warnings, "warning")).\n")
        try output.flush()
    }

    private func printCosts(_ policies: LoadedPolicies, _ output: OutputFile) throws {
        for (policy, costs) in policies.costs(for: target) {
            try output.append("\(policy.qualifiedName)\n")
            for cost in costs {
                let worst = cost.worst == .max ? "without bound" : "\(cost.worst)"
                try output.append("  \(cost.field): \(cost.large), at worst \(worst)\n")
            }
        }
        try output.flush()
    }

    private func printWarnings(_ policies: LoadedPolicies, _ output: OutputFile) throws {
        var count = 0
        for (policy, warnings) in policies.expressionWarnings(for: target) {
            for warning in warnings {
                try output.append("\(policy.qualifiedName): \(warning.field):\n\(warning.warning)")
                count += 1
            }
        }
        try output.append(
            "\(Summary.plural(policies.policyCount, "policy")): \(Summary.plural(count, "expression warning")).\n")
        try output.flush()
        if count > 0, failOn == .warn { throw RunFailure(.violations, "") }
    }
}
