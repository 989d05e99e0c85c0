import ArgumentParser
import Glibc

/// Scripts that teach a shell the commands and options.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a completion script for a shell.",
        discussion: "For example: source <(policy-check completion bash)")

    @Argument(help: "The shell: bash, zsh or fish.")
    var shell: ShellOption

    func run() throws {
        let output = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        try output.append(PolicyCheckCommand.completionScript(for: shell.shell) + "\n")
        try output.flush()
    }
}

enum ShellOption: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish

    var shell: CompletionShell {
        switch self {
        case .bash: .bash
        case .zsh: .zsh
        case .fish: .fish
        }
    }
}
