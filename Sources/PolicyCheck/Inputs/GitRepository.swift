import Glibc

/// What git knows about files: which are ignored, and which have changed.
struct GitRepository {
    private let git: String
    /// The directory whose work tree is meant.
    private let directory: String

    /// - Returns: nil if no directory from here up holds a `.git`, or git is not installed; both cost no process.
    init?(around directory: String) {
        guard var path = RealPath.of(directory) else { return nil }
        while access(path + "/.git", F_OK) != 0 {
            guard path != "/", let slash = path.lastIndex(of: "/") else { return nil }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        guard let git = Subprocess.find("git") else { return nil }
        self.git = git
        self.directory = directory
    }

    /// Paths below the directory that .gitignore, .git/info/exclude or the user's excludes leave out and that are not
    /// tracked; directories without what is in them. Relative to the directory.
    ///
    /// - Returns: nil if git fails, for example at a repository of another owner.
    func ignoredPaths() -> [String]? {
        let options = ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"]
        guard let run = Subprocess.run(git, ["-C", directory] + options), run.status == 0 else { return nil }
        return Self.lines(run.output).map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    }

    /// Absolute paths of the files that differ from a commit's merge base with HEAD: committed, staged, changed or new.
    ///
    /// - Throws: status 2 with git's own words.
    func changedFiles(since reference: String) throws(RunFailure) -> (top: String, files: Set<String>) {
        let top = String(decoding: try output(["rev-parse", "--show-toplevel"]), as: UTF8.self).split(separator: "\n")
        guard let root = top.first.map(String.init) else {
            throw RunFailure(.input, "--changed needs a git work tree, which `\(directory)` is not in")
        }
        // Not an option, whatever it is called.
        _ = try output(
            ["rev-parse", "--verify", "--quiet", "--end-of-options", "\(reference)^{commit}"], what: reference)
        let diff = ["diff", "--name-only", "-z", "--no-renames", "--diff-filter=d", "--merge-base", "--end-of-options"]
        let changed = try output(["-C", root] + diff + [reference, "--"], what: reference)
        let others = try output(["-C", root, "ls-files", "-z", "--others", "--exclude-standard"])
        let names = Self.lines(changed) + Self.lines(others)
        return (root, Set(names.map { "\(root)/\($0)" }))
    }

    private func output(_ arguments: [String], what reference: String? = nil) throws(RunFailure) -> [UInt8] {
        let run = Subprocess.run(git, ["-C", directory] + arguments)
        guard let run, run.status == 0 else {
            let reason = run.map { $0.errors.isEmpty ? "there is no such commit" : $0.errors } ?? "git cannot be run"
            let subject = reference.map { "--changed=\($0)" } ?? "--changed"
            throw RunFailure(.input, "\(subject): \(reason)")
        }
        return run.output
    }

    private static func lines(_ output: [UInt8]) -> [String] {
        output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Paths without links and dots.
enum RealPath {
    /// nil if there is no such file.
    static func of(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
