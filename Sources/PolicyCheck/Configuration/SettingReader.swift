import Diagnostics
import Documents
import Reporting
import Values

/// Turns values of the configuration file and of variables into settings for one command, and says what is wrong.
struct SettingReader {
    /// From the program's subcommand to the one that runs.
    let commands: [CommandDescription]
    let program: CommandDescription
    private(set) var log = DiagnosticLog()

    init(_ commands: [CommandDescription], in program: CommandDescription) {
        self.commands = commands
        self.program = program
    }

    private var command: CommandDescription { commands.last ?? program }

    /// Not for files: what says which file it is, and what ends the run at once.
    private static let reserved = ["config", "no-config", "help", "version"]
    static let pathsKey = "paths"

    // MARK: Keys

    /// What can be set under a command's own name.
    private static func keys(of command: CommandDescription) -> [CommandDescription.Argument] {
        command.arguments.filter { argument in
            switch argument.kind {
            case .positional: argument.valueName == pathsKey && argument.isRepeating
            case .option, .flag:
                !argument.long.isEmpty && !reserved.contains(argument.long)
                    && !(argument.long.hasPrefix("no-") && command.argument(String(argument.long.dropFirst(3))) != nil)
            }
        }
    }

    private static func key(of argument: CommandDescription.Argument) -> String {
        argument.kind == .positional ? pathsKey : argument.long
    }

    /// What the running command has of `check`'s options: those that mean the same, which `output` of `diff` does not.
    private func shared(_ argument: CommandDescription.Argument) -> CommandDescription.Argument? {
        guard command.name != CommandDescription.standard else { return argument }
        guard argument.kind != .positional, let own = command.argument(argument.long),
            own.kind == argument.kind, own.abstract == argument.abstract, own.valueName == argument.valueName
        else { return nil }
        return own
    }

    // MARK: The file

    /// - Parameter prefix: what leads from the working directory to the file's.
    mutating func settings(of root: Node, prefix: String) -> [Setting] {
        var settings: [String: Setting] = [:]
        guard let check = program.subcommands.first(where: { $0.name == CommandDescription.standard }) else {
            return []
        }
        let general = Self.keys(of: check)
        let sections = program.subcommands.filter { !$0.isHidden && $0.name != check.name }
        for (key, value) in root.entries {
            let name = key.string ?? ""
            if let argument = general.first(where: { Self.key(of: $0) == name }) {
                let setting = setting(argument, name, key: key, value, prefix)
                if shared(argument) != nil { settings[name] = setting }
            } else if let section = sections.first(where: { $0.name == name }) {
                let isRunning = section.name == commands.first?.name
                for setting in self.section(value, section, isRunning: isRunning, depth: 0, prefix) {
                    settings[setting.option] = setting
                }
            } else {
                let names = general.map(Self.key) + sections.map(\.name)
                reportUnknown(name, key, among: names, help: "keys are the long names of options, without dashes")
            }
        }
        return settings.values.sorted { $0.option < $1.option }
    }

    /// The settings under a command's name; of commands within it too.
    private mutating func section(
        _ node: Node, _ section: CommandDescription, isRunning: Bool, depth: Int, _ prefix: String
    ) -> [Setting] {
        guard node.isMap else {
            if !node.isNull { report("`\(section.name)` must be a map of the command's options", at: node) }
            return []
        }
        let own = Self.keys(of: section)
        var settings: [Setting] = []
        for (key, value) in node.entries {
            let name = key.string ?? ""
            if let argument = own.first(where: { Self.key(of: $0) == name }) {
                let setting = setting(argument, name, key: key, value, prefix)
                if isRunning, commands.count == depth + 1, let setting { settings.append(setting) }
            } else if let inner = section.subcommands.first(where: { $0.name == name }) {
                let runs = isRunning && commands.count > depth + 1 && commands[depth + 1].name == name
                settings += self.section(value, inner, isRunning: runs, depth: depth + 1, prefix)
            } else {
                let names = own.map(Self.key) + section.subcommands.map(\.name)
                reportUnknown(name, key, among: names, help: "`\(section.name)` has \(names.joined(separator: ", "))")
            }
        }
        return settings
    }

    private mutating func setting(
        _ argument: CommandDescription.Argument, _ name: String, key: Node, _ value: Node, _ prefix: String
    ) -> Setting? {
        let origin = Setting.Origin(
            name: "`\(name)`", file: value.document.source, range: value.textRange ?? key.textRange)
        if argument.kind == .flag {
            guard let isOn = value.bool else {
                report("`\(name)` must be true or false", at: value)
                return nil
            }
            return flag(argument, isOn, origin)
        }
        // `changed: true` stands for the option without a commit.
        if name == "changed", value.bool == true {
            return Setting(option: name, values: ["HEAD"], origin: origin)
        }
        let nodes = value.isList && argument.isRepeating ? Array(value.elements) : [value]
        var values: [String] = []
        for node in nodes {
            guard let text = Self.scalar(node) else {
                report(
                    "`\(name)` must be \(argument.isRepeating ? "a text or a list of texts" : "a text")", at: node)
                return nil
            }
            guard let choice = choice(text, argument, name, at: node) else { return nil }
            values.append(Self.relocated(choice, argument, prefix))
        }
        return Setting(
            option: name, values: values, isPositional: argument.kind == .positional, origin: origin)
    }

    private static func scalar(_ node: Node) -> String? {
        if node.isNull || node.isMap || node.isList { return nil }
        if let text = node.string { return text }
        // As it is written: `1.30` is a version, though YAML has it for the number 1.3.
        if let file = node.document.source, let range = node.textRange, let start = file.byteOffset(of: range.start),
            let end = file.byteOffset(of: range.end), start < end
        {
            return String(decoding: file.bytes[start..<end], as: UTF8.self)
        }
        return String(decoding: JSONWriter().write(node), as: UTF8.self)
    }

    /// The value as the option spells it; nil if it is none of those it takes.
    private mutating func choice(
        _ text: String, _ argument: CommandDescription.Argument, _ name: String, at node: Node
    ) -> String? {
        guard !argument.allValues.isEmpty else { return text }
        if let value = argument.allValues.first(where: { $0.lowercased() == text.lowercased() }) { return value }
        let help = closestMatch(to: text, among: argument.allValues).map { "did you mean `\($0)`?" }
        report(
            "`\(text)` is no value of `\(name)`", at: node,
            help: help ?? "values are \(argument.allValues.joined(separator: ", "))")
        return nil
    }

    /// Paths in the file start at the file.
    private static func relocated(_ value: String, _ argument: CommandDescription.Argument, _ prefix: String) -> String
    {
        if argument.long == "output", let equals = value.firstIndex(of: "=") {
            let path = value[value.index(after: equals)...]
            return String(value[...equals]) + (path.isEmpty || path.hasPrefix("/") ? String(path) : prefix + path)
        }
        let isElsewhere = value.contains("://") || value.hasPrefix("git::") || value.hasPrefix("/") || value == "-"
        return argument.isFile && !isElsewhere ? prefix + value : value
    }

    // MARK: Variables

    /// - Parameter variables: name without `POLICY_CHECK_`, and value.
    mutating func settings(of variables: [(name: String, value: String)]) -> [Setting] {
        guard let check = program.subcommands.first(where: { $0.name == CommandDescription.standard }) else {
            return []
        }
        let general = Self.keys(of: check)
        let all = program.subcommands.flatMap { command in
            Self.keys(of: command) + command.subcommands.flatMap(Self.keys)
        }
        func variable(_ argument: CommandDescription.Argument) -> String {
            Self.key(of: argument).uppercased().replacing("-", with: "_")
        }
        var settings: [Setting] = []
        for (name, value) in variables where !value.isEmpty {
            let origin = Setting.Origin(name: "the variable `\(Self.prefix)\(name)`")
            guard all.contains(where: { variable($0) == name }) else {
                let meant = closestMatch(to: name, among: all.map(variable)).map {
                    "did you mean `\(Self.prefix)\($0)`?"
                }
                log.report(
                    Diagnostic("config-variable", .warning, "\(origin.name) is no option's", help: meant))
                continue
            }
            // What `check` has means the same everywhere; other options are their command's own.
            let argument: CommandDescription.Argument?
            if let common = general.first(where: { variable($0) == name }) {
                argument = shared(common)
            } else {
                argument = Self.keys(of: command).first { variable($0) == name }
            }
            guard let argument else { continue }
            if argument.kind == .flag {
                guard let isOn = Self.boolean(value) else {
                    log.report(Setting(option: name, values: [], origin: origin).problem("must be true or false"))
                    continue
                }
                if let setting = flag(argument, isOn, origin) { settings.append(setting) }
                continue
            }
            let parts = argument.isRepeating ? value.split(separator: ",").map(String.init) : [value]
            settings.append(
                Setting(
                    option: Self.key(of: argument), values: parts, isPositional: argument.kind == .positional,
                    origin: origin))
        }
        return settings
    }

    static let prefix = "POLICY_CHECK_"

    private static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "true", "yes", "on": true
        case "0", "false", "no", "off": false
        default: nil
        }
    }

    private func flag(_ argument: CommandDescription.Argument, _ isOn: Bool, _ origin: Setting.Origin) -> Setting? {
        let hasInversion = command.argument("no-\(argument.long)") != nil
        if !isOn, !hasInversion { return nil }
        return Setting(
            option: argument.long, values: [], flag: isOn ? argument.long : "no-\(argument.long)", origin: origin)
    }

    // MARK: Diagnostics

    private mutating func report(_ message: String, at node: Node, help: String? = nil) {
        log.report(
            Diagnostic(
                "config-value", .error, message, file: node.document.source,
                range: node.textRange ?? node.position.map { SourceRange(at: $0) }, help: help))
    }

    private mutating func reportUnknown(_ name: String, _ key: Node, among names: [String], help: String) {
        let meant = closestMatch(to: name, among: names).map { "did you mean `\($0)`?" }
        log.report(
            Diagnostic(
                "config-unknown-key", .error, "unknown key `\(name)`", file: key.document.source,
                range: key.textRange ?? key.position.map { SourceRange(at: $0) }, help: meant ?? help))
    }
}
