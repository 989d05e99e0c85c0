import ArgumentParser
import Diagnostics
import Documents
import Glibc
import Reporting
import Values

/// Where the configuration file is, for every command.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take options from this file, not from the nearest policy-check.yaml.", valueName: "file"),
        completion: .file())
    var config: String?

    @Flag(name: .customLong("no-config"), help: "Take options from the command line and the environment only.")
    var ignoresConfig = false
}

/// What the command line leaves open, from POLICY_CHECK_* variables and the nearest policy-check.yaml: a flag counts
/// before a variable, and a variable before the file.
struct Configuration {
    /// As given, with the settings in front of the command's own arguments.
    private(set) var arguments: [String]
    private(set) var settings: [Setting] = []
    /// What is wrong with the file or the variables.
    private(set) var log = DiagnosticLog()
    private let given: GivenArguments?

    static let fileName = "policy-check.yaml"
    /// Directories between the working directory and the file.
    private static let maximumDepth = 64

    init(_ arguments: [String]) {
        self.arguments = arguments
        let variables = Self.variables()
        let choice = FileChoice(arguments)
        let file = choice.isIgnored ? nil : choice.path.map { ($0, Self.directory(of: $0)) } ?? Self.nearest()
        // Without either nothing is done: the options' description is not made.
        guard file != nil || !variables.isEmpty, let program = CommandDescription.program(),
            let given = GivenArguments(arguments, of: program)
        else {
            self.given = nil
            return
        }
        self.given = given
        var reader = SettingReader(given.commands, in: program)
        var kept: [Setting] = []
        var taken = given.options
        func keep(_ settings: [Setting]) {
            for setting in settings where !ExclusiveOptions.around(setting.option).contains(where: taken.contains) {
                kept.append(setting)
            }
            taken.formUnion(settings.map(\.option))
        }
        keep(reader.settings(of: variables))
        if let (path, prefix) = file {
            do throws(DocumentError) {
                if let root = try Self.read(path) { keep(reader.settings(of: root, prefix: prefix)) }
            } catch {
                log.report(error.diagnostic)
            }
        }
        log.report(contentsOf: reader.log)
        settings = kept
        self.arguments = given.with(kept)
    }

    /// The setting that makes the arguments wrong, when the parser refuses them.
    func culprit(_ parses: ([String]) -> Bool) -> Setting? {
        guard let given else { return nil }
        // What is wrong without any setting is the user's own.
        guard parses(given.arguments) else { return nil }
        return settings.first { !parses(given.with([$0])) }
    }

    // MARK: Files

    private static func read(_ path: String) throws(DocumentError) -> Node? {
        var stream = DocumentStream(try FileReader.read(path: path))
        guard let document = try stream.next() else { return nil }
        guard document.root.isMap else {
            throw DocumentError(
                "config-value", "the configuration must be a map of options", file: document.root.document.source,
                at: document.root.position)
        }
        if let second = try stream.next() {
            throw DocumentError(
                "config-value", "the configuration must be one document", file: second.root.document.source,
                at: second.root.position)
        }
        return document.root
    }

    /// From the working directory up, at most to the one that holds `.git`.
    private static func nearest() -> (path: String, prefix: String)? {
        guard var directory = RealPath.of(".") else { return nil }
        var prefix = ""
        for _ in 0..<maximumDepth {
            if FileReader.exists("\(directory)/\(fileName)") { return (prefix + fileName, prefix) }
            if FileReader.exists("\(directory)/.git") || directory == "/" { return nil }
            prefix += "../"
            guard let slash = directory.lastIndex(of: "/") else { return nil }
            directory = slash == directory.startIndex ? "/" : String(directory[..<slash])
        }
        return nil
    }

    private static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    private static func variables() -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        var index = 0
        while let entry = environ[index] {
            index += 1
            guard strncmp(entry, SettingReader.prefix, SettingReader.prefix.utf8.count) == 0 else { continue }
            let text = String(cString: entry)
            guard let equals = text.firstIndex(of: "=") else { continue }
            let name = text[..<equals].dropFirst(SettingReader.prefix.count)
            found.append((String(name), String(text[text.index(after: equals)...])))
        }
        return found.sorted { $0.name < $1.name }
    }

    /// `--config FILE` and `--no-config`, found before the arguments are parsed.
    private struct FileChoice {
        var path: String?
        var isIgnored = false

        init(_ arguments: [String]) {
            let arguments = arguments.prefix { $0 != "--" }
            for (index, argument) in arguments.enumerated() {
                if argument == "--no-config" { isIgnored = true }
                if argument == "--config", index + 1 < arguments.count { path = arguments[index + 1] }
                if argument.hasPrefix("--config=") { path = String(argument.dropFirst("--config=".count)) }
            }
        }
    }
}
