/// A page in roff with the man macros, one section for each command.
struct ManualPage {
    private let program: CommandDescription

    init(_ program: CommandDescription) {
        self.program = program
    }

    /// What every command has is said once.
    private static let common = ["help", "version", "color", "config", "no-config"]

    var text: String {
        var out = ".TH POLICY-CHECK 1 \"\" \"guardrail \(toolVersion)\" \"User Commands\"\n"
        out += ".SH NAME\n\(Self.escape(program.name)) \\- \(Self.escape(Self.sentence(program.abstract)))\n"
        out += ".SH SYNOPSIS\n"
        for command in shown {
            let isStandard = command.name == CommandDescription.standard
            out += ".B \(Self.escape(program.name))\(isStandard ? "" : " \(Self.escape(command.name))")\n"
            out += command.subcommands.isEmpty ? synopsis(command) : ".I command\n[\\fIoptions\\fR]\n"
            if command.name != shown.last?.name { out += ".br\n" }
        }
        out += ".SH DESCRIPTION\n" + Self.paragraphs(program.discussion)
        for command in shown { out += section(command, path: command.name) }
        out += ".SH COMMON OPTIONS\n"
        let check = program.subcommands.first { $0.name == CommandDescription.standard }
        for argument in check?.arguments ?? [] where Self.common.contains(argument.long) { out += option(argument) }
        out += """
            .SH ENVIRONMENT
            .TP
            .BI POLICY_CHECK_ OPTION
            The value of an option that the command line does not give, such as POLICY_CHECK_FAIL_ON=warn;
            values of options that can be repeated are separated by commas.
            .TP
            .BR NO_COLOR ", " CLICOLOR ", " CLICOLOR_FORCE ", " TERM
            Whether text is coloured, if \\-\\-color does not say.
            .TP
            .B SOURCE_DATE_EPOCH
            The time that reports name, in seconds since 1970.
            .TP
            .BR GITHUB_ACTIONS ", " GITHUB_STEP_SUMMARY
            In GitHub's workflows annotations and the summary of the step are written by themselves.
            .SH FILES
            .TP
            .I policy-check.yaml
            Options by their long names, and those of other commands below the command's name.
            The nearest file counts, from the working directory up to the one that holds .git; paths in it start
            at the file.

            """
        return out
    }

    private var shown: [CommandDescription] { program.subcommands.filter { !$0.isHidden && $0.name != "help" } }

    private func section(_ command: CommandDescription, path: String) -> String {
        var out = ".SH \(Self.escape(path).uppercased())\n\(Self.escape(command.abstract))\n"
        if !command.discussion.isEmpty { out += ".PP\n" + Self.paragraphs(command.discussion) }
        if command.subcommands.isEmpty {
            out += ".PP\n.B \(Self.escape("\(program.name) \(path)"))\n" + synopsis(command)
        }
        for argument in command.arguments where !Self.common.contains(argument.long) { out += option(argument) }
        for inner in command.subcommands where !inner.isHidden { out += section(inner, path: "\(path) \(inner.name)") }
        return out
    }

    private func synopsis(_ command: CommandDescription) -> String {
        var parts = ["[\\fIoptions\\fR]"]
        for argument in command.arguments where argument.kind == .positional {
            let name = "\\fI\(Self.escape(argument.valueName))\\fR" + (argument.isRepeating ? "..." : "")
            parts.append(argument.isOptional ? "[\(name)]" : name)
        }
        return parts.joined(separator: " ") + "\n"
    }

    private func option(_ argument: CommandDescription.Argument) -> String {
        let value = argument.kind == .flag ? "" : "\\fI\(Self.escape(argument.valueName))\\fR"
        var names: [String] = []
        if argument.kind == .positional {
            names = [value]
        } else {
            if let short = argument.short { names.append("\\fB\\-\(Self.escape(short))\\fR") }
            // A value that may be left out is written with its sign, `=ref`.
            let sign = value.isEmpty || argument.valueName.hasPrefix("=") ? "" : "="
            if !argument.long.isEmpty { names.append("\\fB\\-\\-\(Self.escape(argument.long))\\fR\(sign)\(value)") }
        }
        var text = argument.abstract
        if !argument.discussion.isEmpty { text += " " + argument.discussion }
        if !argument.allValues.isEmpty, !text.contains(argument.allValues.joined(separator: ", ")) {
            text += " One of \(argument.allValues.joined(separator: ", "))."
        }
        if let standard = argument.defaultValue, !standard.isEmpty, argument.kind != .flag {
            text += " (default: \(standard))"
        }
        // A line that starts with a dot or quote would be a request.
        return ".TP\n\\&\(names.joined(separator: ", "))\n\(Self.escape(text.isEmpty ? argument.valueName : text))\n"
    }

    /// Lines that are indented, or columns, stay as they are.
    private static func paragraphs(_ text: String) -> String {
        var out = ""
        var isFilled = true
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.allSatisfy(\.isWhitespace) {
                if !isFilled { out += ".fi\n" }
                isFilled = true
                out += ".PP\n"
                continue
            }
            let isColumn = line.hasPrefix("  ")
            if isColumn == isFilled { out += isColumn ? ".nf\n" : ".fi\n" }
            isFilled = !isColumn
            out += escape(String(line)) + "\n"
        }
        return out + (isFilled ? "" : ".fi\n")
    }

    /// `whatis` has it without a full stop.
    private static func sentence(_ text: String) -> String {
        let text = text.hasSuffix(".") ? String(text.dropLast()) : text
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    private static func escape(_ text: String) -> String {
        var out = ""
        for character in text {
            switch character {
            case "\\": out += "\\e"
            case "-": out += "\\-"
            case "…": out += "..."
            case "`", "'": out += character == "`" ? "\\(ga" : "\\(aq"
            case "\n": out += " "
            default: out.append(character)
            }
        }
        return out.hasPrefix(".") ? "\\&" + out : out
    }
}
