/// The shell commands of a Markdown file: what stands in blocks marked `sh`.
struct ShellBlocks {
    /// One command per element, with continued lines joined.
    var commands: [String] = []

    init(markdown: String) {
        var fence: Substring?
        var pending = ""
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("```") {
                fence = fence == nil ? text.dropFirst(3) : nil
                continue
            }
            guard fence == "sh", !text.isEmpty, !text.hasPrefix("#") else { continue }
            pending += text
            if pending.hasSuffix("\\") {
                pending.removeLast()
                continue
            }
            commands.append(pending)
            pending = ""
        }
    }
}

/// How a command of the README is known to work.
enum Proof: Sendable, Equatable {
    /// The test runs it and expects this exit code.
    case exits(Int32)
    /// A target of the Makefile; running it here would build inside of a build.
    case makeTarget
    /// Sets the reader's shell up for the commands below it; the test's own PATH stands for it.
    case environment
    /// Starts the server; the test runs it, asks it what `asks` say, and stops it.
    case serves
    /// Sent to the running server; exits 0 and prints this.
    case asks(String)
}
