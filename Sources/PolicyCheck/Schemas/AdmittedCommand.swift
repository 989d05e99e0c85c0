import Admission
import ArgumentParser
import Diagnostics
import Documents
import Glibc
import KubernetesSchemas
import Reporting
import Values

/// Shows manifests as the API server would hand them to admission.
struct AdmittedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admitted",
        abstract: "Print manifests as the API server would hand them to admission, and what it would refuse.",
        discussion: """
            Unknown fields go, defaults come, quantities become canonical: what policies judge. Objects of kinds without \
            a schema are printed as they are written. What the API server would refuse is said on standard error.

            Formats:
              yaml    documents with `---` between them
              json    an object per line
              report  an object per line: file, line, kind, `accepted`, `findings`, `admitted`, and in `defaulted` the
                      fields that were filled in

            Exit codes:
              0  the API server would take all of them
              1  it would refuse at least one
              2  wrong arguments, unreadable input, or no object
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case yaml, json, report }

    @Argument(help: "Manifest files and directories; `-` is standard input.", completion: .file())
    var paths: [String]

    @Option(name: .shortAndLong, help: "Format of the result.")
    var output = Format.yaml

    @Option(help: "Namespace of namespaced objects that name none.")
    var namespace = "default"

    @OptionGroup var target: TargetOptions
    @OptionGroup var schemas: SchemaOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var terminal: TerminalOptions

    @Flag(help: "Count an object of an unknown kind as an error.")
    var requireSchemas = false

    func validate() throws {
        if schemas.reviewObjects != .recorded {
            throw ValidationError("--review-objects is for what judges, and not for `admitted`")
        }
        if schemas.raw { throw ValidationError("--raw leaves nothing to do") }
        if namespace.isEmpty { throw ValidationError("--namespace must not be empty") }
    }

    func run() throws {
        let log = Log(colors: terminal.color)
        let known = try schemas.schemas(
            for: target, validates: true, requires: requireSchemas, insists: true, log: log)
        let items = try selection.inputs(paths, log: log).items
        let file = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        var printer = AdmittedPrinter(
            schemas: known.adding(CustomDefinitions.find(in: items, jobs: 1)), format: output, namespace: namespace,
            log: log)
        for item in items {
            try printer.print(item, to: file)
            try file.flushIfLarge()
        }
        try file.flush()
        try log.flush()
        if printer.unreadable > 0 { throw RunFailure(.input, "") }
        if printer.objects == 0 { throw RunFailure(.input, "there are no Kubernetes objects in the input") }
        if printer.refused > 0 { throw RunFailure(.violations, "") }
    }
}

/// Writes one object after the other.
struct AdmittedPrinter {
    let schemas: ManifestSchemas
    let format: AdmittedCommand.Format
    let namespace: String
    let log: Log
    private(set) var objects = 0
    private(set) var refused = 0
    private(set) var unreadable = 0

    init(schemas: ManifestSchemas, format: AdmittedCommand.Format, namespace: String, log: Log) {
        self.schemas = schemas
        self.format = format
        self.namespace = namespace
        self.log = log
    }

    mutating func print(_ item: Inputs.Item, to file: OutputFile) throws(RunFailure) {
        let text: SourceFile
        switch Self.text(of: item) {
        case .success(let source): text = source
        case .failure(let error): return try report(error)
        }
        let schemas = schemas.adding(CustomDefinitions.find(in: text))
        var stream = ManifestStream(text)
        var number = 0
        while true {
            let next: Result<Node?, ReadingFailure>
            do throws(DocumentError) { next = .success(try stream.next()) } catch { next = .failure(.init(error)) }
            switch next {
            case .success(nil): return
            case .success(let object?):
                number += 1
                try print(object, number, schemas, to: file)
            case .failure(let error): try report(error)
            }
        }
    }

    /// What is wrong with an argument or a text.
    private struct ReadingFailure: Error {
        let diagnostic: Diagnostic

        init(_ diagnostic: Diagnostic) { self.diagnostic = diagnostic }
        init(_ error: DocumentError) { diagnostic = error.diagnostic }
    }

    private static func text(of item: Inputs.Item) -> Result<SourceFile, ReadingFailure> {
        do throws(DocumentError) {
            switch item {
            case .problem(_, let diagnostic): return .failure(ReadingFailure(diagnostic))
            case .file(let path): return .success(try InputText.read(path))
            case .rendered(let root): return .success(try root.render())
            }
        } catch {
            return .failure(ReadingFailure(error))
        }
    }

    private mutating func report(_ failure: ReadingFailure) throws(RunFailure) {
        if failure.diagnostic.severity == .error { unreadable += 1 }
        try log.report(failure.diagnostic)
    }

    private mutating func print(
        _ manifest: Node, _ number: Int, _ schemas: ManifestSchemas, to file: OutputFile
    ) throws(RunFailure) {
        objects += 1
        let admitted = schemas.admit(manifest, operation: .create)
        let findings = schemas.findings(admitted, of: manifest)
        let isRefused = findings.contains { $0.effect == .deny }
        if isRefused { refused += 1 }
        let object = inNamespace(admitted.object)
        switch format {
        case .yaml:
            if objects > 1 { file.buffer.append("---\n") }
            YAMLText.append(object, indent: 0, isItem: true, to: &file.buffer)
        case .json: JSONWriter().write(object, to: &file.buffer)
        case .report:
            JSONWriter().write(
                Self.report(manifest, number, admitted, findings, object: object), to: &file.buffer)
        }
        file.buffer.append("\n")
        guard format != .report else { return }
        for finding in findings {
            try log.report(
                Diagnostic(
                    finding.policy.name, finding.effect.severity, finding.message, file: finding.place?.file,
                    range: finding.place?.range, help: finding.help))
        }
        if let kind = schemas.missingKind(admitted, of: manifest) {
            try log.report(
                Diagnostic(
                    "schema-missing", .note, "no schema for `\(kind)`: printed as written",
                    file: manifest.document.source, range: manifest.position.map { SourceRange(at: $0) },
                    help: ManifestSchemas.missingHelp))
        }
    }

    /// A namespaced object in its namespace.
    private func inNamespace(_ object: Node) -> Node {
        var options = ManifestRequestOptions()
        options.defaultNamespace = namespace
        guard let request = try? AdmissionRequest(manifest: object, options: options), !request.isResourceGuessed else {
            return object
        }
        return request.objectNode ?? object
    }

    private static func report(
        _ manifest: Node, _ number: Int, _ admitted: ManifestSchemas.Admitted, _ findings: [Finding], object: Node
    ) -> Node {
        makeMap { tree in
            tree.field("file", manifest.document.source?.name)
            tree.field("number", number)
            tree.fields(of: manifest.position.map { SourceRange(at: $0) })
            tree.field("apiVersion", manifest["apiVersion" as StaticString]?.string)
            tree.field("kind", manifest["kind" as StaticString]?.string)
            tree.field("name", manifest["metadata" as StaticString]?["name" as StaticString]?.string)
            tree.field("hasSchema", admitted.kind == .served)
            tree.field("accepted", !findings.contains { $0.effect == .deny })
            tree.list("findings") { list in
                for finding in findings {
                    list.map {
                        $0.field("id", finding.policy.name)
                        $0.field("severity", finding.effect.severity.rawValue)
                        $0.field("field", finding.fieldPath)
                        $0.field("message", finding.message)
                        $0.field("reason", finding.reason)
                        $0.fields(of: finding.place?.range)
                        $0.field("help", finding.help)
                    }
                }
            }
            tree.list("defaulted", admitted.view?.defaultedPaths ?? [])
            tree.appendKey("admitted")
            tree.append(copyOf: object)
        }
    }
}
