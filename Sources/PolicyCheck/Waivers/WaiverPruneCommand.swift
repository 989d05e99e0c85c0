import ArgumentParser
import Diagnostics
import Documents
import Glibc
import PolicyEngine
import Reporting
import Values

/// Takes waivers out of their files that excuse nothing any more.
struct WaiverPruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove expired waivers; with manifests also those that excuse none of them.",
        discussion: """
            Shows what goes as a diff and then writes the files: whole documents are cut out, every other byte stays. \
            A file without anything left is removed. With --dry-run nothing is written, and exit code 1 means that \
            something would be.
            """)

    @Argument(help: "Manifests; waivers that excuse none of their objects are removed too.", completion: .file())
    var paths: [String] = []

    @OptionGroup var policies: PolicyOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var schemas: SchemaOptions
    @OptionGroup var selection: SelectionOptions

    @Flag(help: "Only show what would be removed.")
    var dryRun = false

    @OptionGroup var terminal: TerminalOptions

    func run() throws {
        let log = Log(colors: terminal.color)
        let loaded = try LoadedPolicies.load(
            policies.policy, context: request.context, for: target, allowEmpty: false, log: log)
        let inventory = try WaiverInventory(
            loaded, paths: paths,
            ManifestOptions(
                options: request.manifestOptions, selection: selection,
                schemas: try schemas.schemas(for: target, validates: false, log: log)), log)
        // What could not be read may be what a waiver is for.
        if inventory.unreadable > 0 {
            try log.flush()
            throw RunFailure(.input, "nothing is removed, as not all manifests could be read")
        }
        let isJudged = !paths.isEmpty
        let gone = inventory.entries.filter { entry in
            switch entry.state {
            case .expired: true
            case .unused, .noPolicy: isJudged
            case .active, .expiring: false
            }
        }
        let output = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        var removed = 0
        for path in files(of: gone) {
            do throws(DocumentError) {
                var cutter = try DocumentCutter(path: path)
                for entry in gone where entry.exception.id.file?.name == path {
                    guard let position = entry.exception.id.position else { continue }
                    if cutter.remove(documentAt: position) { continue }
                    try? log.report(
                        Diagnostic(
                            "waiver-not-removed", .warning,
                            "`\(entry.exception.id.qualifiedName)` is part of another document; remove it by hand",
                            file: entry.exception.id.file, range: SourceRange(at: position)))
                }
                guard !cutter.removed.isEmpty else { continue }
                removed += cutter.removed.count
                output.buffer.append(
                    isatty(STDOUT_FILENO) == 1 ? DiagnosticRenderer.printable(cutter.diff) : cutter.diff)
            } catch {
                try log.report(error.diagnostic)
                try log.flush()
                throw RunFailure(.input, "")
            }
        }
        try output.flush()
        let waivers = Summary.plural(removed, "waiver")
        if !dryRun { try cut(gone) }
        try output.append(
            removed == 0 ? "nothing to remove.\n" : dryRun ? "\(waivers) to remove.\n" : "removed \(waivers).\n")
        try output.flush()
        try log.flush()
        if dryRun, removed > 0 { throw RunFailure(.violations, "") }
    }

    /// In the order in which they were read; what is in bundles is not in files.
    private func files(of entries: [WaiverInventory.Entry]) -> [String] {
        var seen: Set<String> = []
        return entries.compactMap { $0.exception.id.file?.name }
            .filter { FileReader.exists($0) && seen.insert($0).inserted }
    }

    private func cut(_ entries: [WaiverInventory.Entry]) throws(RunFailure) {
        for path in files(of: entries) {
            var cutter: DocumentCutter
            do throws(DocumentError) {
                cutter = try DocumentCutter(path: path)
            } catch {
                throw RunFailure(.input, error.message)
            }
            for entry in entries where entry.exception.id.file?.name == path {
                if let position = entry.exception.id.position { _ = cutter.remove(documentAt: position) }
            }
            if cutter.removed.isEmpty { continue }
            if cutter.isEmpty {
                guard unlink(path) == 0 else {
                    throw RunFailure(.input, "cannot remove `\(path)`: \(SystemError.text(errno))")
                }
            } else {
                try FileReplacement.write(cutter.bytes, to: path)
            }
        }
    }
}
