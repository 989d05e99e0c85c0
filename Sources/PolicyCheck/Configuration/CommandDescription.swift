import ArgumentParser
import Diagnostics
import Documents
import Values

/// The commands with their options, as the argument parser describes them: what the configuration file may name, and what
/// the manual page says.
struct CommandDescription {
    struct Argument {
        enum Kind: String { case option, flag, positional }

        var kind: Kind
        /// Without dashes; empty for positional arguments.
        var long: String
        /// A single letter.
        var short: String?
        /// What stands for the value in help texts.
        var valueName: String
        var abstract: String
        var discussion: String
        var isRepeating: Bool
        var isOptional: Bool
        var allValues: [String]
        var defaultValue: String?
        /// Whether values are paths of files.
        var isFile: Bool
    }

    var name: String
    var abstract: String
    var discussion: String
    var isHidden: Bool
    var arguments: [Argument]
    var subcommands: [CommandDescription]

    /// What runs where no command is named.
    static let standard = CheckCommand._commandName

    /// Of the whole program.
    static func program() -> CommandDescription? {
        guard
            let document = try? JSONReader.read(
                SourceFile(name: "options", text: PolicyCheckCommand._dumpHelp())),
            let command = document.root["command"]
        else { return nil }
        return CommandDescription(command)
    }

    private init(_ node: Node) {
        name = node["commandName"]?.string ?? ""
        abstract = node["abstract"]?.string ?? ""
        discussion = node["discussion"]?.string ?? ""
        isHidden = node["shouldDisplay"]?.bool == false
        arguments = node["arguments"]?.elements.compactMap(Argument.init) ?? []
        subcommands = node["subcommands"]?.elements.map(CommandDescription.init) ?? []
    }

    func argument(_ long: String) -> Argument? { arguments.first { $0.long == long && $0.kind != .positional } }

    /// The command that arguments name, and how many of them do: `check` for none.
    func selected(by arguments: [String]) -> (commands: [CommandDescription], consumed: Int) {
        var path: [CommandDescription] = []
        var current = self
        var consumed = 0
        while consumed < arguments.count,
            let next = current.subcommands.first(where: { $0.name == arguments[consumed] })
        {
            path.append(next)
            current = next
            consumed += 1
        }
        if path.isEmpty, let standard = subcommands.first(where: { $0.name == Self.standard }) {
            path = [standard]
        }
        return (path, consumed)
    }
}

extension CommandDescription.Argument {
    fileprivate init?(_ node: Node) {
        guard let kind = (node["kind"]?.string).flatMap({ Kind(rawValue: $0) }) else { return nil }
        self.kind = kind
        let names = node["names"].map { Array($0.elements) } ?? []
        long = names.first { $0["kind"]?.string == "long" }?["name"]?.string ?? ""
        short = names.first { $0["kind"]?.string == "short" }?["name"]?.string
        valueName = node["valueName"]?.string ?? ""
        abstract = node["abstract"]?.string ?? ""
        discussion = node["discussion"]?.string ?? ""
        isRepeating = node["isRepeating"]?.bool ?? false
        isOptional = node["isOptional"]?.bool ?? false
        allValues = node["allValues"]?.elements.compactMap(\.string) ?? []
        defaultValue = node["defaultValue"]?.string
        isFile = node["completionKind"]?["file"] != nil
    }
}
