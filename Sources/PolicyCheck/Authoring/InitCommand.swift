import ArgumentParser
import Documents
import Glibc

/// Starts a folder of policies.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Start a folder: a policy with its binding and test, configuration, hooks, continuous integration.",
        discussion: """
            Nothing is ever overwritten: files that are there stay as they are, and are named. What is written passes \
            `policy-check test` and `policy-check lint`.
            """)

    enum Pipeline: String, ExpressibleByArgument, CaseIterable {
        case auto, github, gitlab, none
    }

    @Argument(help: "The folder, made if it is not there.", completion: .directory)
    var directory = "."

    @Option(help: "For which continuous integration (auto: by the files that are there, else GitHub's).")
    var ci = Pipeline.auto

    @OptionGroup var terminal: TerminalOptions

    func run() throws {
        let output = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        if !DirectoryWalk.isDirectory(directory) { try Self.makeDirectory(directory) }
        for (path, text) in files {
            let isNew = try write(text, to: path)
            try output.append("\(isNew ? "wrote" : "kept ") \(place(path))\n")
        }
        try output.append(
            """

            Next: policy-check test            runs policy-tests/kyverno-test.yaml
                  policy-check PATH…           judges manifests by policies/

            """)
        try output.flush()
    }

    private var files: [(path: String, text: String)] {
        var files = [
            ("policy-check.yaml", Starter.configuration), ("policies/require-team-label.yaml", Starter.policy),
            ("policy-tests/kyverno-test.yaml", Starter.test), ("policy-tests/resources.yaml", Starter.resources),
            (".pre-commit-config.yaml", Starter.hooks),
        ]
        switch pipeline {
        case .github: files.append((".github/workflows/policy-check.yaml", Starter.workflow))
        case .gitlab: files.append((".gitlab/policy-check.yml", Starter.job))
        case .auto, .none: break
        }
        return files
    }

    private var pipeline: Pipeline {
        guard ci == .auto else { return ci }
        return FileReader.exists(place(".gitlab-ci.yml")) || FileReader.exists(place(".gitlab")) ? .gitlab : .github
    }

    private func place(_ path: String) -> String { directory == "." ? path : "\(directory)/\(path)" }

    /// - Returns: false if there is a file already.
    private func write(_ text: String, to path: String) throws(RunFailure) -> Bool {
        var parent = directory
        for name in path.split(separator: "/").dropLast() {
            parent += "/\(name)"
            if !DirectoryWalk.isDirectory(parent) { try Self.makeDirectory(parent) }
        }
        let path = place(path)
        // Made by this or not at all, also where a link to nowhere has the name.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            if errno == EEXIST { return false }
            throw RunFailure(.input, "cannot write `\(path)`: \(SystemError.text(errno))")
        }
        defer { close(descriptor) }
        let file = OutputFile(descriptor: descriptor, name: path)
        try file.append(text)
        try file.flush()
        return true
    }

    private static func makeDirectory(_ path: String) throws(RunFailure) {
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
            throw RunFailure(.input, "cannot make the directory `\(path)`: \(SystemError.text(errno))")
        }
    }
}
