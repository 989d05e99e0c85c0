import Admission
import ArgumentParser
import CEL
import Diagnostics
import Documents
import Glibc
import KubernetesCEL
import Values

/// A playground for expressions.
struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Evaluate a CEL expression and print its value as JSON.",
        discussion: """
            The expression sees what an admission policy's expressions see: `object`, `oldObject`, `request`, `params`, \
            `namespaceObject` and `authorizer`, null where nothing gives them a value. A FILE gives `object` (and \
            `request`), and the expression is evaluated once for each of its documents; a recorded AdmissionReview \
            gives `oldObject` too.

            Exit code 3 means that the expression does not compile or its evaluation fails.
            """)

    @Argument(help: "The expression; not with --jsonl.")
    var expression: String?

    @Argument(help: "A manifest (YAML or JSON); `-` is standard input.", completion: .file())
    var file: String?

    @Option(
        help: ArgumentHelp(
            "A variable's value, as JSON or from a YAML or JSON file; repeat for several.",
            valueName: "name=json|@file"))
    var `var`: [String] = []

    @Option(help: "Which functions there are.")
    var environment = EnvironmentChoice.kubernetes

    @OptionGroup var target: TargetOptions

    @Flag(help: "Read a JSON object with `expr` and `vars` from each line of standard input, print a result per line.")
    var jsonl = false

    @Flag(name: .shortAndLong, help: "Also print the value's type and the evaluation's cost.")
    var verbose = false

    @OptionGroup var terminal: TerminalOptions

    func validate() throws {
        if jsonl {
            guard expression == nil, file == nil, `var`.isEmpty else {
                throw ValidationError("--jsonl reads everything from standard input")
            }
        } else if expression == nil {
            throw ValidationError("no expression given")
        }
    }

    func run() throws {
        let output = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        if jsonl { try runLines(output) } else { try runOnce(output) }
        try output.flush()
    }

    private func runLines(_ output: OutputFile) throws(RunFailure) {
        let input = LineReader(descriptor: STDIN_FILENO)
        var number = 0
        while let line = try input.next() {
            number += 1
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do throws(RunFailure) {
                let document = try ManifestText.json(line, name: "<stdin>")
                let parsed = try ExpressionLine(document, choice: environment, version: target.version)
                output.buffer.append(contentsOf: try parsed.result())
            } catch {
                try output.flush()
                throw RunFailure(error.status, "line \(number): \(error.message)")
            }
            try output.flushIfLarge()
        }
    }

    private func runOnce(_ output: OutputFile) throws(RunFailure) {
        let text = expression ?? ""
        let source = SourceFile(name: "<expression>", text: text)
        var variables: [(name: String, value: Value)] = []
        for argument in `var` { variables.append(try ManifestText.variable(argument)) }
        let subjects = try file.map { path throws(RunFailure) in try ManifestText.subjects(path) } ?? [[]]
        for subject in subjects {
            let given = Dictionary((subject + variables).map { ($0.name, $0.value) }) { _, last in last }
            var context = environment.environment(version: target.version)
            let known = Set(context.variables.map(\.name))
            for name in given.keys.sorted() where !known.contains(name) { context.declare(name, .dyn) }
            let run = ExpressionRun(text, in: context, context.variables.map { given[$0.name] ?? .null })
            try show(run, source, output)
        }
    }

    private func show(_ run: ExpressionRun, _ source: SourceFile, _ output: OutputFile) throws(RunFailure) {
        guard case .value(let value) = run.outcome else {
            try output.flush()
            let renderer = DiagnosticRenderer(colors: terminal.color.applies(to: STDERR_FILENO))
            let errors = OutputFile(descriptor: STDERR_FILENO, name: "<stderr>")
            for diagnostic in run.diagnostics(in: source) { try errors.append(renderer.render(diagnostic)) }
            if verbose, let type = run.type { try errors.append("type: \(type)\ncost: \(run.cost)\n") }
            try errors.flush()
            throw RunFailure(.policy, "")
        }
        JSONWriter(indent: 2).write(value.json, to: &output.buffer)
        try output.append("\n")
        if verbose { try output.append("type: \(run.type?.description ?? "dyn")\ncost: \(run.cost)\n") }
    }
}

extension EnvironmentChoice: ExpressibleByArgument {}
