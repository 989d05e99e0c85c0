import ArgumentParser
import Diagnostics
import Glibc
import PolicyTesting

/// `FORMAT` or `FORMAT=FILE`.
struct TestOutputOption: Sendable {
    let format: TestFormat
    /// nil is standard output.
    let path: String?

    init(_ argument: String) throws(ValidationError) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts.first ?? ""
        guard let format = TestFormat(rawValue: name) else {
            let names = TestFormat.allCases.map(\.rawValue)
            let meant = closestMatch(to: name, among: names).map { "; did you mean `\($0)`?" } ?? ""
            throw ValidationError("unknown format `\(name)`\(meant) (formats are \(names.joined(separator: ", ")))")
        }
        self.format = format
        path = parts.count > 1 ? parts[1] : nil
        if path == "" { throw ValidationError("`\(argument)` names no file behind `=`") }
    }

    /// Two reports in one file would make neither of them readable.
    static func checkDistinct(_ outputs: [TestOutputOption]) throws(ValidationError) {
        var seen: Set<String> = []
        for output in outputs where !seen.insert(output.path ?? "").inserted {
            let place = output.path.map { "`\($0)`" } ?? "standard output"
            throw ValidationError("two outputs go to \(place); write one of them to a file with `FORMAT=FILE`")
        }
    }
}

/// The outputs of a run of tests, each in its format and file.
final class TestOutputs {
    private var outputs: [(writer: any TestWriter, file: OutputFile)] = []

    /// Files are created at once, before any work.
    init(_ command: TestCommand) throws(RunFailure) {
        let color = command.terminal.color
        let asked = command.output.map { (format: $0.format, path: $0.path) }
        for output in asked.isEmpty ? [(format: TestFormat.text, path: nil)] : asked {
            let file: OutputFile
            if let path = output.path {
                file = try OutputFile(path: path)
            } else {
                file = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
            }
            let colors = output.path == nil ? color.applies(to: STDOUT_FILENO) : color == .always
            let renderer = DiagnosticRenderer(colors: colors)
            outputs.append((output.format.makeWriter(renderer: renderer, isVerbose: command.verbose), file))
        }
    }

    func write(_ outcome: TestOutcome) throws(RunFailure) {
        for index in outputs.indices { try outputs[index].file.append(outputs[index].writer.text(outcome)) }
    }

    func end(_ totals: TestTotals) throws(RunFailure) {
        for index in outputs.indices {
            try outputs[index].file.append(outputs[index].writer.end(totals))
            try outputs[index].file.flush()
        }
    }
}
