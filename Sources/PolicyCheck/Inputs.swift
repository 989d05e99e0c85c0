import Diagnostics
import Documents

/// What the arguments name, in the order in which it is judged.
struct Inputs {
    enum Item: Sendable {
        /// A file; `-` is standard input.
        case file(String)
        /// What is wrong with an argument or a directory.
        case problem(String, Diagnostic)
    }

    private(set) var items: [Item] = []
    private var seen: Set<String> = []
    private let excluded: [Glob]

    /// Directories are searched, files named twice are taken once, and what `excluding` matches is left out.
    init(_ arguments: [String], excluding patterns: [Glob] = []) {
        excluded = patterns
        for argument in arguments {
            if argument != "-", DirectoryWalk.isDirectory(argument) { addDirectory(argument) } else { add([argument]) }
        }
    }

    private mutating func addDirectory(_ path: String) {
        let walk = DirectoryWalk(path: path)
        items += walk.errors.map { .problem(path, $0.diagnostic) }
        if walk.files.isEmpty, walk.errors.isEmpty {
            let message = "`\(path)` has no *.yaml, *.yml or *.json file"
            items.append(.problem(path, Diagnostic("directory-empty", .warning, message)))
        }
        add(walk.files)
    }

    private mutating func add(_ candidates: [String]) {
        for path in candidates where seen.insert(path).inserted {
            if !excluded.contains(where: { $0.matches(path) }) { items.append(.file(path)) }
        }
    }
}
