import ArgumentParser
import Diagnostics
import Documents
import Glibc
import PolicyEngine
import Reporting
import Values

/// Writes pages about policies, from the policies themselves.
struct DocsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs",
        abstract: "Write a Markdown page for each policy.",
        discussion: """
            Title, description, category and severity come from the annotations policies.kyverno.io/title, \\
            /description, /category and /severity. Objects that are given as examples are judged, and the pages say \\
            which pass. Without --to all pages go to standard output.
            """)

    @OptionGroup var policies: PolicyOptions
    @OptionGroup var target: TargetOptions

    @Option(
        help: ArgumentHelp("Directory for a page per policy and an index.", valueName: "directory"),
        completion: .directory)
    var to: String?

    @Option(
        help: ArgumentHelp("Manifests to show as examples; repeat for several.", valueName: "path"), completion: .file()
    )
    var examples: [String] = []

    @Flag(help: "Write nothing; exit code 1 means that pages in --to are not what they would be.")
    var check = false

    @OptionGroup var request: RequestOptions
    @OptionGroup var schemas: SchemaOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var terminal: TerminalOptions

    func validate() throws {
        if check, to == nil { throw ValidationError("--check needs --to") }
    }

    func run() throws {
        let log = Log(colors: terminal.color)
        let loaded = try LoadedPolicies.load(
            policies.policy, context: request.context, for: target, allowEmpty: false, log: log)
        let pages = try pages(loaded, log)
        try log.flush()
        let output = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        guard let to else {
            try output.append(pages.map(\.text).joined(separator: "\n"))
            return try output.flush()
        }
        var files: [(path: String, text: String)] = []
        var rows: [String] = []
        var taken: Set<String> = []
        for page in pages {
            let name = WaiverText.objectName([page.name], besides: taken)
            taken.insert(name)
            files.append(("\(to)/\(name).md", page.text))
            let title = PolicyPage.plain(page.metadata.title ?? page.name)
            let severity = page.metadata.severity?.rawValue ?? ""
            rows.append(
                "| [\(title)](\(name).md) | \(severity) | \(PolicyPage.plain(page.metadata.category ?? "")) |\n")
        }
        files.append(
            ("\(to)/README.md", "# Policies\n\n| policy | severity | category |\n|---|---|---|\n" + rows.joined()))
        var stale = 0
        if !check, !DirectoryWalk.isDirectory(to), mkdir(to, 0o777) != 0 {
            throw RunFailure(.input, "cannot make the directory `\(to)`: \(SystemError.text(errno))")
        }
        for (path, text) in files {
            let old = try? FileReader.read(path: path).bytes
            if let old, old.elementsEqual(text.utf8) { continue }
            stale += 1
            try output.append("\(check ? "differs" : "wrote") \(path)\n")
            if !check { try FileReplacement.write(Array(text.utf8), to: path) }
        }
        try output.append(
            "\(Summary.plural(pages.count, "policy")), \(Summary.plural(stale, "page")) \(check ? "out of date" : "changed").\n"
        )
        try output.flush()
        if check, stale > 0 { throw RunFailure(.violations, "") }
    }

    private func pages(_ loaded: LoadedPolicies, _ log: Log) throws(RunFailure) -> [PolicyPage] {
        var examples: [String: [PolicyPage.Example]] = [:]
        if !self.examples.isEmpty {
            let inputs = try selection.inputs(self.examples, log: log)
            let judge = FileJudge(
                policies: loaded, options: request.manifestOptions,
                schemas: try schemas.schemas(for: target, validates: false, log: log)
            ).adding(CustomDefinitions.find(in: inputs.items, jobs: 1))
            for item in inputs.items {
                let report = judge.judge(item).report
                for diagnostic in report.diagnostics { try log.report(diagnostic) }
                for subject in report.subjects {
                    for policy in subject.matchedPolicies {
                        let messages = subject.findings.filter { $0.policy === policy }.map(\.message)
                        examples[policy.name, default: []].append(
                            PolicyPage.Example(
                                object: subject.subject.displayName,
                                place: subject.subject.place?.description ?? report.name, messages: messages))
                    }
                }
            }
        }
        let bindings = loaded.documents.filter { $0["kind"]?.string?.hasSuffix("Binding") == true }
        return loaded.documents.compactMap { node in
            let kind = node["kind"]?.string ?? ""
            let name = node["metadata"]?["name"]?.string ?? ""
            guard kind.hasSuffix("Policy") else { return nil }
            return PolicyPage(
                policy: node,
                bindings: bindings.filter {
                    $0["kind"]?.string == "\(kind)Binding" && $0["spec"]?["policyName"]?.string == name
                }, waivers: waivers(of: kind, name, in: loaded), examples: examples[Self.qualified(node)] ?? [])
        }
    }

    private static func qualified(_ node: Node) -> String {
        let metadata = node["metadata"]
        let name = metadata?["name"]?.string ?? ""
        guard node["kind"]?.string?.hasPrefix("Namespaced") == true else { return name }
        return "\(metadata?["namespace"]?.string ?? "default")/\(name)"
    }

    private func waivers(of kind: String, _ name: String, in loaded: LoadedPolicies) -> [String] {
        loaded.documents.filter { node in
            node["kind"]?.string == "PolicyException"
                && node["spec"]?["policyRefs"]?.elements.contains {
                    $0["kind"]?.string == kind && $0["name"]?.string == name
                } == true
        }.map { node in
            let end = node["spec"]?["expiresAt"]?.string.map { " until \($0)" } ?? ""
            let reason = node["metadata"]?["annotations"]?[WaiverText.reasonAnnotation]?.string
            return PolicyPage.name(of: node) + end + (reason.map { ": \(PolicyPage.plain($0))" } ?? "")
        }
    }
}
