/// What the command line gives already, as far as it matters for what may be added.
struct GivenArguments {
    let arguments: [String]
    /// From the program's subcommand to the one that runs.
    let commands: [CommandDescription]
    /// Long names, without `no-`; `paths` if there are positional arguments.
    private(set) var options: Set<String> = []
    private let consumed: Int

    /// Commands that work without any options of the user's.
    private static let bare = ["completion", "help", "man"]

    /// - Returns: nil if nothing is to be added: help is asked for, or the command takes none.
    init?(_ arguments: [String], of program: CommandDescription) {
        self.arguments = arguments
        let own = arguments.prefix { $0 != "--" }
        if own.contains(where: { ["-h", "--help", "--version", "--experimental-dump-help"].contains($0) }) {
            return nil
        }
        let (commands, consumed) = program.selected(by: arguments)
        guard let command = commands.last, !Self.bare.contains(where: { $0 == commands.first?.name }) else {
            return nil
        }
        if arguments.first.map(Self.bare.contains) == true { return nil }
        self.commands = commands
        self.consumed = consumed
        var isValue = false
        for argument in own.dropFirst(consumed) {
            if isValue {
                isValue = false
            } else if argument.hasPrefix("--") {
                isValue = add(long: argument.dropFirst(2), of: command)
            } else if argument.hasPrefix("-"), argument != "-" {
                isValue = add(short: argument.dropFirst(), of: command)
            } else {
                options.insert(SettingReader.pathsKey)
            }
        }
        if own.count + 1 < arguments.count { options.insert(SettingReader.pathsKey) }
    }

    /// - Returns: whether the next argument is the option's value.
    private mutating func add(long text: Substring, of command: CommandDescription) -> Bool {
        let name = String(text.prefix { $0 != "=" })
        guard let argument = command.argument(name) else { return false }
        let isInverted = name.hasPrefix("no-") && command.argument(String(name.dropFirst(3))) != nil
        options.insert(isInverted ? String(name.dropFirst(3)) : name)
        return argument.kind == .option && !text.contains("=")
    }

    /// `-p`, `-qv`, `-p=x`.
    private mutating func add(short text: Substring, of command: CommandDescription) -> Bool {
        var takesValue = false
        for letter in text.prefix(while: { $0 != "=" }) {
            guard let argument = command.arguments.first(where: { $0.short == String(letter) }) else { break }
            options.insert(argument.long)
            takesValue = argument.kind == .option
            // What follows an option's letter is its value.
            if takesValue { break }
        }
        return takesValue && text.count == 1
    }

    /// The command line with settings in it.
    func with(_ settings: [Setting]) -> [String] {
        if settings.isEmpty { return arguments }
        let options = settings.filter { !$0.isPositional }.flatMap(\.arguments)
        let paths = settings.filter(\.isPositional).flatMap(\.arguments)
        // The command is named, as what stands first now might be taken for it.
        let names = consumed == 0 ? commands.map(\.name) : Array(arguments.prefix(consumed))
        return names + options + arguments.dropFirst(consumed) + (paths.isEmpty ? [] : ["--"] + paths)
    }
}
