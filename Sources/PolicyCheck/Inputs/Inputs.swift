import Diagnostics
import Documents

/// Which files are left out, and what is rendered.
struct InputOptions: Sendable {
    var excluded: [Glob] = []
    var respectsGitignore = true
    var renders = true
}

/// What the arguments name, in the order in which it is judged.
struct Inputs {
    enum Item: Sendable {
        /// A file; `-` is standard input.
        case file(String)
        /// A directory that a tool makes manifests of.
        case rendered(RenderRoot)
        /// What is wrong with an argument or a directory.
        case problem(String, Diagnostic)
    }

    private(set) var items: [Item] = []
    private var seen: Set<String> = []
    private let options: InputOptions

    /// Directories are searched, patterns expanded, and files named twice are taken once.
    init(_ arguments: [String], _ options: InputOptions = InputOptions()) {
        self.options = options
        for argument in arguments {
            if argument == "-" {
                add([argument])
            } else if DirectoryWalk.isDirectory(argument) {
                addDirectory(argument)
            } else if Glob.isPattern(argument), !FileReader.exists(argument) {
                addPattern(argument)
            } else {
                add([argument])
            }
        }
    }

    /// Only what `isWanted` says about a file, or about a rendered directory.
    mutating func keep(_ isWanted: (Item) -> Bool) { items.removeAll { !isWanted($0) } }

    private mutating func addDirectory(_ path: String) {
        let walk = walk(path)
        items += walk.errors.map { .problem(path, $0) }
        let count = items.count
        var files = walk.files
        if options.renders {
            let roots = RenderRoot.find(below: path, files)
            files.removeAll { roots.covers($0) }
            items += roots.problems
            items += roots.roots.filter { seen.insert($0.directory).inserted }.map { .rendered($0) }
        }
        if files.isEmpty, walk.errors.isEmpty, items.count == count {
            let message = "`\(path)` has no *.yaml, *.yml or *.json file"
            items.append(.problem(path, Diagnostic("directory-empty", .warning, message)))
        }
        add(files)
    }

    /// `deploy/**/*.yaml`, for where no shell expands it.
    private mutating func addPattern(_ pattern: String) {
        let glob = Glob(anchored: pattern)
        let base = Glob.literalDirectory(of: pattern)
        let walk = DirectoryWalk.isDirectory(base) ? walk(base) : (files: [], errors: [])
        items += walk.errors.map { .problem(pattern, $0) }
        let prefix = base == "." && !pattern.hasPrefix("./") ? 2 : 0
        let files = walk.files.map { String($0.dropFirst(prefix)) }.filter { glob.matches($0) }
        if files.isEmpty {
            let message = "no *.yaml, *.yml or *.json file matches `\(pattern)`"
            items.append(.problem(pattern, Diagnostic("pattern-unmatched", .error, message)))
        }
        add(files)
    }

    private func walk(_ path: String) -> (files: [String], errors: [Diagnostic]) {
        let walk = DirectoryWalk(path: path)
        var files = walk.files
        var errors = walk.errors.map(\.diagnostic)
        if options.respectsGitignore, let repository = GitRepository(around: path) {
            if let ignored = repository.ignoredPaths() {
                files = Self.without(ignored, files, below: path)
            } else {
                let message = "git cannot tell what it ignores in `\(path)`"
                errors.append(
                    Diagnostic("git-ignored-unknown", .warning, message, help: "give --no-gitignore to take all files"))
            }
        }
        return (files, errors)
    }

    /// A directory that is itself ignored was named on purpose: nothing in it is left out for that.
    private static func without(_ ignored: [String], _ files: [String], below path: String) -> [String] {
        let directory = path.hasSuffix("/") ? path : path + "/"
        let paths = Set(ignored)
        if paths.isEmpty || paths.contains(".") || paths.contains("") { return files }
        return files.filter { file in
            var name = file.dropFirst(directory.count)
            while !name.isEmpty {
                if paths.contains(String(name)) { return false }
                name = name.lastIndex(of: "/").map { name[..<$0] } ?? ""
            }
            return true
        }
    }

    private mutating func add(_ candidates: [String]) {
        for path in candidates where seen.insert(path).inserted {
            if !options.excluded.contains(where: { $0.matches(path) }) { items.append(.file(path)) }
        }
    }
}
