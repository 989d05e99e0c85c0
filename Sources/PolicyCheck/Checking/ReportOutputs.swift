import Glibc
import Reporting

/// The reports of a run, each in its format and file.
struct ReportOutputs {
    /// A class, so that a writer changes where it is: one that keeps all it wrote must not be copied for each file.
    private final class Output {
        var writer: any ReportWriter
        let file: OutputFile

        init(_ writer: any ReportWriter, _ file: OutputFile) {
            self.writer = writer
            self.file = file
        }
    }

    private var reports: [Output] = []

    /// Files are created at once, before any work.
    init(_ command: CheckCommand) throws(RunFailure) {
        try self.init(
            command.output.isEmpty ? OutputOption.defaults() : command.output, color: command.terminal.color,
            ReportOptions(isQuiet: command.quiet, isVerbose: command.verbose))
    }

    init(
        _ outputs: [OutputOption], color: ColorChoice, _ shared: ReportOptions = ReportOptions()
    ) throws(RunFailure) {
        // One for both where annotations follow the text.
        let stdout = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        for output in outputs {
            let file = try output.path.map { path throws(RunFailure) in try OutputFile(path: path) } ?? stdout
            var options = shared
            options.colors = output.path == nil ? color.applies(to: STDOUT_FILENO) : color == .always
            reports.append(Output(output.format.makeWriter(options), file))
        }
        // GitHub shows this file's Markdown on the page of the workflow's run.
        if outputs.contains(where: { $0.format == .github }),
            let summary = Environment.variable("GITHUB_STEP_SUMMARY"), !summary.isEmpty
        {
            let writer = ReportFormat.markdown.makeWriter(ReportOptions())
            reports.append(Output(writer, try OutputFile(path: summary, appends: true)))
        }
    }

    /// Whether a file is one of the reports, which lie among the inputs where a run checks the directory it is run in.
    func contains(_ path: String) -> Bool {
        reports.contains { report in
            // Most files differ in name, which costs no look at the disk.
            report.file.isNamed && Self.fileName(report.file.name) == Self.fileName(path)
                && RealPath.of(report.file.name) == RealPath.of(path)
        }
    }

    private static func fileName(_ path: String) -> Substring {
        path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    }

    func begin(_ header: RunHeader) throws(RunFailure) {
        for report in reports { report.writer.begin(header, to: &report.file.buffer) }
    }

    func write(_ file: FileReport) throws(RunFailure) {
        for report in reports {
            report.writer.write(file, to: &report.file.buffer)
            try report.file.flushIfLarge()
        }
    }

    func flush() throws(RunFailure) {
        for report in reports { try report.file.flush() }
    }

    func end(_ summary: Summary) throws(RunFailure) {
        for report in reports {
            report.writer.end(summary, to: &report.file.buffer)
            try report.file.flush()
        }
    }
}
