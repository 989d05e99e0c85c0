import ArgumentParser

/// What concerns images rather than manifests.
struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Look at images and their signatures.",
        subcommands: [ImageVerifyCommand.self])
}
