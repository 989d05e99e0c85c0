import ArgumentParser
import Diagnostics
import Documents
import Glibc
import PolicyEngine
import Reporting
import Values

/// Shows the waivers among the policies and what they are worth.
struct WaiverListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the waivers among the policies: active, expiring, expired, unused.",
        discussion: """
            With manifests also which waivers excuse none of their objects. `expiring` is what ends within 14 days; \
            `no policy` names policies that are not there.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "Manifests that waivers may be for.", completion: .file())
    var paths: [String] = []

    @OptionGroup var policies: PolicyOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var schemas: SchemaOptions
    @OptionGroup var selection: SelectionOptions

    @Option(name: .shortAndLong, help: "Format of the list.")
    var output = Format.text

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
        try log.flush()
        let file = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        switch output {
        case .text: try file.append(text(inventory))
        case .json:
            JSONWriter(indent: 2).write(tree(inventory), to: &file.buffer)
            try file.append("\n")
        }
        try file.flush()
        if inventory.unreadable > 0 { throw RunFailure(.input, "") }
    }

    private func text(_ inventory: WaiverInventory) -> String {
        if inventory.entries.isEmpty { return "no waivers.\n" }
        var rows: [[String]] = []
        for entry in inventory.entries {
            let id = entry.exception.id
            let place = id.file.map { Place($0, id.position.map { SourceRange(at: $0) }).description } ?? ""
            let end = entry.exception.expiresAt.map { "until \($0.utcText)" } ?? "without end"
            let policies = entry.policies.joined(separator: ", ")
            rows.append([entry.state.rawValue, end, id.qualifiedName, policies, place, entry.reason])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                DiagnosticRenderer.printable(cell) + String(repeating: " ", count: max(0, width - cell.count))
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    private func tree(_ inventory: WaiverInventory) -> Node {
        makeMap { tree in
            tree.list("waivers") { list in
                for entry in inventory.entries {
                    let id = entry.exception.id
                    list.map {
                        $0.field("name", id.name)
                        $0.field("namespace", id.namespace.isEmpty ? nil : id.namespace)
                        $0.field("state", entry.state.rawValue)
                        $0.field("expiresAt", entry.exception.expiresAt.map(\.utcText))
                        $0.list("policies", entry.policies)
                        $0.field("reason", entry.reason.isEmpty ? nil : entry.reason)
                        $0.place("place", id.file.map { Place($0, id.position.map { SourceRange(at: $0) }) })
                    }
                }
            }
        }
    }
}
