import ArgumentParser
import Glibc

/// The process: arguments in, an exit code out. Wrong arguments exit with 2, unlike the parser's own 64.
@main
enum Main {
    static func main() {
        // A closed pipe is then an error of `write`, which is handled where it arises.
        signal(SIGPIPE, SIG_IGN)
        exit(run(completed(Array(CommandLine.arguments.dropFirst()))).rawValue)
    }

    /// `--changed` alone stands for `--changed=HEAD`: the parser knows no options whose value may be left out.
    private static func completed(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].map { $0 == "--changed" ? "--changed=HEAD" : $0 } + arguments[end...]
    }

    private static func run(_ arguments: [String]) -> ExitStatus {
        do {
            var command = try PolicyCheckCommand.parseAsRoot(arguments)
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

    @discardableResult
    private static func write(_ text: String, to descriptor: Int32) -> ExitStatus {
        let file = OutputFile(descriptor: descriptor, name: descriptor == STDOUT_FILENO ? "<stdout>" : "<stderr>")
        do throws(RunFailure) {
            try file.append(text)
            try file.flush()
            return .clean
        } catch {
            return error.status
        }
    }
}
