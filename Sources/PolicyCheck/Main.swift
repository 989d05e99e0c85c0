import ArgumentParser
import Diagnostics
import Glibc

/// The process: arguments in, an exit code out. Wrong arguments exit with 2, unlike the parser's own 64.
@main
enum Main {
    static func main() {
        StandardStreams.reserve()
        // A closed pipe is then an error of `write`, which is handled where it arises.
        signal(SIGPIPE, SIG_IGN)
        let configuration = Configuration(completed(Array(CommandLine.arguments.dropFirst())))
        exit(run(configuration).rawValue)
    }

    /// `--changed` alone stands for `--changed=HEAD`: the parser knows no options whose value may be left out.
    private static func completed(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].map { $0 == "--changed" ? "--changed=HEAD" : $0 } + arguments[end...]
    }

    private static func run(_ configuration: Configuration) -> ExitStatus {
        do {
            let log = Log(colors: .auto)
            try log.report(configuration.log)
            try log.flush()
            if configuration.log.hasErrors { return .input }
            var command = try parse(configuration)
            try command.run()
            return .clean
        } catch let failure as RunFailure {
            // An empty message: everything has been said already.
            if !failure.message.isEmpty { write("error: \(failure.message)\n", to: STDERR_FILENO) }
            return failure.status
        } catch {
            let message = PolicyCheckCommand.fullMessage(for: error)
            if PolicyCheckCommand.exitCode(for: error) == .success {
                return write(message + "\n", to: STDOUT_FILENO)
            }
            write(message + "\n", to: STDERR_FILENO)
            return .input
        }
    }

    /// - Throws: the parser's complaint, at the setting that is to blame if one is.
    private static func parse(_ configuration: Configuration) throws -> any ParsableCommand {
        do {
            return try PolicyCheckCommand.parseAsRoot(configuration.arguments)
        } catch {
            let culprit = configuration.culprit { arguments in
                do {
                    _ = try PolicyCheckCommand.parseAsRoot(arguments)
                    return true
                } catch { return false }
            }
            guard let culprit else { throw error }
            let message = PolicyCheckCommand.message(for: error)
            let log = Log(colors: .auto)
            try log.report(culprit.problem(message.prefix(1).lowercased() + message.dropFirst()))
            try log.flush()
            throw RunFailure(.input, "")
        }
    }

    @discardableResult
    private static func write(_ text: String, to descriptor: Int32) -> ExitStatus {
        let file = OutputFile(descriptor: descriptor, name: descriptor == STDOUT_FILENO ? "<stdout>" : "<stderr>")
        do throws(RunFailure) {
            try file.append(text)
            try file.flush()
            return .clean
        } catch {
            if descriptor != STDERR_FILENO { write("error: \(error.message)\n", to: STDERR_FILENO) }
            return error.status
        }
    }
}
