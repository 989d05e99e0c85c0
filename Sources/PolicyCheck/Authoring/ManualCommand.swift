import ArgumentParser
import Glibc

/// The manual page, made of what the argument parser knows.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "man", abstract: "Print the manual page.", discussion: "For example: policy-check man | man -l -",
        shouldDisplay: false)

    func run() throws {
        guard let program = CommandDescription.program() else {
            throw RunFailure(.input, "the options have no description")
        }
        let output = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        try output.append(ManualPage(program).text)
        try output.flush()
    }
}
