import Documents
import Glibc

/// A commit of a git repository, as pip and go-getter write it: `git+URL[@REF][#subdirectory=DIR]` or
/// `git::URL[//DIR][?ref=REF]`, where the URL is `https:`, `ssh:` or `file:`, or for the second a local path.
struct GitSource {
    let argument: String
    /// What git is given.
    let repository: String
    /// A branch, tag or commit; nil is what HEAD is there.
    private(set) var reference: String?
    /// Without slashes at its ends; empty is all.
    private(set) var directory = ""

    init(_ argument: String) throws(DocumentError) {
        self.argument = argument
        let isGetter = argument.hasPrefix("git::")
        var rest = argument.dropFirst(isGetter ? 5 : 4)
        if isGetter {
            if let query = rest.lastIndex(of: "?") {
                let value = rest[rest.index(after: query)...]
                guard value.hasPrefix("ref=") else { throw Self.invalid(argument, "behind `?` only `ref=` is known") }
                reference = String(value.dropFirst(4))
                rest = rest[..<query]
            }
            let start = Self.pathStart(rest)
            if let mark = Self.doubleSlash(in: rest[start...]) {
                directory = String(rest[mark...])
                rest = rest[..<mark]
            }
        } else {
            if let fragment = rest.lastIndex(of: "#") {
                let value = rest[rest.index(after: fragment)...]
                guard value.hasPrefix("subdirectory=") else {
                    throw Self.invalid(argument, "behind `#` only `subdirectory=` is known")
                }
                directory = String(value.dropFirst("subdirectory=".count))
                rest = rest[..<fragment]
            }
            // A user's name in front of the host has an @ as well.
            if let at = rest[Self.pathStart(rest)...].lastIndex(of: "@") {
                reference = String(rest[rest.index(after: at)...])
                rest = rest[..<at]
            }
        }
        while directory.hasPrefix("/") { directory.removeFirst() }
        while directory.hasSuffix("/") { directory.removeLast() }
        if directory.split(separator: "/").contains("..") {
            throw Self.invalid(argument, "the directory leads out of the repository")
        }
        if let reference, reference.isEmpty || reference.hasPrefix("-") || reference.contains(":") {
            throw Self.invalid(argument, "`\(reference)` is no branch, tag or commit")
        }
        let scheme = rest.firstIndex(of: ":").map { String(rest[..<$0]) }
        guard ["https", "ssh", "file"].contains(scheme) || isGetter && !rest.contains(":") else {
            throw Self.invalid(argument, "repositories are named by https:, ssh: or file: URLs")
        }
        repository = rest.hasPrefix("file://") ? String(rest.dropFirst("file://".count)) : String(rest)
        if repository.isEmpty || repository.hasPrefix("-") { throw Self.invalid(argument, "it names no repository") }
    }

    /// Behind `scheme://host`, or the start of a local path.
    private static func pathStart(_ text: Substring) -> Substring.Index {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return text.startIndex }
        let host = text.index(colon, offsetBy: 3)
        return text[host...].firstIndex(of: "/") ?? text.endIndex
    }

    private static func doubleSlash(in path: Substring) -> Substring.Index? {
        var index = path.startIndex
        while index < path.endIndex {
            // One at the start belongs to the path itself.
            if index > path.startIndex, path[index...].hasPrefix("//") { return index }
            index = path.index(after: index)
        }
        return nil
    }

    private static func invalid(_ argument: String, _ reason: String) -> DocumentError {
        DocumentError("bundle-address", "`\(argument)`: \(reason)")
    }

    /// The commit as a tar archive.
    func archive() throws(DocumentError) -> [UInt8] {
        guard let git = Subprocess.find("git") else {
            throw DocumentError("bundle-git", "`\(argument)` needs git, which is not on the PATH")
        }
        // Asked at a terminal nobody looks at, git would wait for ever.
        setenv("GIT_TERMINAL_PROMPT", "0", 0)
        setenv("GIT_SSH_COMMAND", "ssh -oBatchMode=yes", 0)
        guard repository.contains("://") else { return try archive(git, in: repository, reference ?? "HEAD") }
        var template = Array("/tmp/policy-check-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw DocumentError("bundle-git", "cannot make a directory below /tmp: \(SystemError.text(errno))")
        }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { _ = Subprocess.run("/bin/rm", ["-rf", "--", directory]) }
        try run(git, ["init", "--quiet", "--bare", directory])
        try run(
            git,
            [
                "-C", directory, "-c", "protocol.ext.allow=never", "fetch", "--quiet", "--depth", "1", "--no-tags",
                "--end-of-options", repository, reference ?? "HEAD",
            ])
        return try archive(git, in: directory, "FETCH_HEAD")
    }

    private func archive(_ git: String, in repository: String, _ reference: String) throws(DocumentError) -> [UInt8] {
        let path = directory.isEmpty ? [] : [directory]
        return try run(git, ["-C", repository, "archive", "--format=tar", reference, "--"] + path)
    }

    @discardableResult
    private func run(_ git: String, _ arguments: [String]) throws(DocumentError) -> [UInt8] {
        guard let run = Subprocess.run(git, arguments) else {
            throw DocumentError("bundle-git", "`\(argument)`: git cannot be run, or gives too much")
        }
        if run.status == 0 { return run.output }
        let reason = run.errors.split(separator: "\n").last.map(String.init) ?? "git ended with \(run.status)"
        throw DocumentError("bundle-git", "`\(argument)`: \(reason)")
    }
}
