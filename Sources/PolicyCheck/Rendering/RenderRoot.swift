import Diagnostics
import Documents
import Values

/// A Helm chart or a kustomization: a directory whose manifests a tool makes.
struct RenderRoot: Sendable {
    enum Kind: Sendable {
        case helm, kustomize

        /// Tools that can render it, the first on the PATH counts.
        var tools: [String] { self == .helm ? ["helm"] : ["kubectl", "kustomize"] }
    }

    let kind: Kind
    let directory: String
    /// The file that makes it one, such as `deploy/kustomization.yaml`.
    let file: String
    /// The tool's path.
    let tool: String

    /// What a directory walk met.
    struct Found {
        var roots: [RenderRoot] = []
        var problems: [Inputs.Item] = []
        fileprivate var covered: [String] = []

        /// Whether the file is an ingredient of something rendered.
        func covers(_ file: String) -> Bool { covered.contains { file.hasPrefix($0 + "/") } }
    }

    /// Charts and kustomizations among the files of a walk. Subcharts, and kustomizations that others build upon, are
    /// rendered as parts of those.
    static func find(below path: String, _ files: [String]) -> Found {
        var found = Found()
        addCharts(files, &found)
        addKustomizations(files, &found)
        return found
    }

    private static func addCharts(_ files: [String], _ found: inout Found) {
        let charts = files.filter { name(of: $0) == "Chart.yaml" }
        guard !charts.isEmpty else { return }
        let helm = Subprocess.find("helm")
        for file in charts.sorted(by: { $0.utf8.count < $1.utf8.count }) {
            let directory = directory(of: file)
            guard !found.covers(file) else { continue }
            found.covered.append(directory)
            if text(at: file, "type") == "library" { continue }
            if let helm {
                found.roots.append(RenderRoot(kind: .helm, directory: directory, file: file, tool: helm))
            } else {
                let message = "the chart `\(directory)` cannot be rendered: `helm` is not on the PATH"
                found.problems.append(
                    .problem(
                        directory,
                        Diagnostic(
                            "render-no-tool", .error, message,
                            help: "install helm, or leave the chart out with --exclude and --render off")))
            }
        }
        found.roots.sort { $0.directory.utf8.lexicographicallyPrecedes($1.directory.utf8) }
    }

    private static func addKustomizations(_ files: [String], _ found: inout Found) {
        let names = ["kustomization.yaml", "kustomization.yml"]
        let kustomizations = files.filter { names.contains(name(of: $0)) && !found.covers($0) }
        guard !kustomizations.isEmpty else { return }
        guard let tool = Kind.kustomize.tools.lazy.compactMap({ Subprocess.find($0) }).first else {
            let first = kustomizations[0]
            let message = "kustomizations are read file by file: neither `kubectl` nor `kustomize` is on the PATH"
            found.problems.append(.problem(first, Diagnostic("render-no-tool", .warning, message)))
            return
        }
        var bases: Set<String> = []
        for file in kustomizations { bases.formUnion(references(of: file)) }
        for file in kustomizations {
            let directory = directory(of: file)
            found.covered.append(directory)
            let isBase = RealPath.of(directory).map { bases.contains($0) } ?? false
            if isBase || text(at: file, "kind") == "Component" { continue }
            found.roots.append(RenderRoot(kind: .kustomize, directory: directory, file: file, tool: tool))
        }
    }

    /// Real paths of what a kustomization builds upon.
    private static func references(of file: String) -> [String] {
        guard let root = document(at: file) else { return [] }
        return ["resources", "bases", "components"].flatMap { key in
            (root[key]?.elements.compactMap(\.string) ?? []).compactMap { RealPath.of("\(directory(of: file))/\($0)") }
        }
    }

    private static func document(at file: String) -> Node? {
        guard let source = try? FileReader.read(path: file) else { return nil }
        var stream = DocumentStream(source)
        return (try? stream.next())?.root
    }

    private static func text(at file: String, _ key: String) -> String? { document(at: file)?[key]?.string }

    private static func name(of file: String) -> String {
        file.lastIndex(of: "/").map { String(file[file.index(after: $0)...]) } ?? file
    }

    private static func directory(of file: String) -> String {
        file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    }

    /// What the tool makes of it; the text's name is the directory's.
    func render() throws(DocumentError) -> SourceFile {
        let arguments: [String] =
            switch kind {
            case .helm: ["template", "release", directory, "--include-crds"]
            case .kustomize: tool.hasSuffix("kubectl") ? ["kustomize", directory] : ["build", directory]
            }
        let run = Subprocess.run(tool, arguments)
        guard let run, run.status == 0 else {
            let reason = run.map { $0.errors.isEmpty ? "it failed with status \($0.status)" : $0.errors }
            throw DocumentError(
                "render-failed", "`\(directory)` cannot be rendered: \(reason ?? "`\(tool)` cannot be run")",
                help: "`\(([tool] + arguments).joined(separator: " "))` shows the same")
        }
        return SourceFile(name: directory, bytes: run.output)
    }
}
