import Diagnostics
import Glibc

/// What is said beside the results, on standard error.
final class Log {
    private let file = OutputFile(descriptor: STDERR_FILENO, name: "<stderr>")
    private let renderer: DiagnosticRenderer
    /// Errors only.
    private let isQuiet: Bool

    init(colors: ColorChoice, isQuiet: Bool = false) {
        renderer = DiagnosticRenderer(colors: colors.applies(to: STDERR_FILENO))
        self.isQuiet = isQuiet
    }

    func report(_ diagnostic: Diagnostic) throws(RunFailure) {
        if isQuiet, diagnostic.severity != .error { return }
        try file.append(renderer.render(diagnostic))
    }

    func report(_ log: DiagnosticLog) throws(RunFailure) {
        for diagnostic in log.diagnostics { try report(diagnostic) }
        if log.dropped > 0 {
            try report(Diagnostic("too-many-diagnostics", .note, "\(log.dropped) more are not shown"))
        }
    }

    func flush() throws(RunFailure) { try file.flush() }
}
