import Foundation

/// The table of targets in docs/architecture.md: what each target may import.
struct DependencyTable {
    /// Target to modules, without the row for every target.
    var rows: [String: Set<String>] = [:]
    /// What every target may import.
    var common: Set<String> = []

    /// Reads the first table whose header names a target and what it may import.
    init(markdown: String) {
        var inside = false
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                if inside { break }
                continue
            }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { $0.trimmingCharacters(in: .whitespaces) }
            if cells.first == "target", cells.last == "may import" {
                inside = true
                continue
            }
            guard inside, cells.count == 3, !cells[0].hasPrefix("-") else { continue }
            let imports = Set(Self.codeSpans(cells[2]))
            if cells[0] == "*every target*" {
                common = imports
            } else if let target = Self.codeSpans(cells[0]).first {
                rows[target] = imports
            }
        }
    }

    private static func codeSpans(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// What contradicts the table, given the modules that each directory below Sources imports.
    func violations(of imports: [String: Set<String>]) -> [String] {
        var found: [String] = []
        for (target, modules) in imports {
            guard let allowed = rows[target] else {
                found.append("\(target) has no row")
                continue
            }
            for module in modules.subtracting(allowed).subtracting(common) {
                found.append("\(target) imports \(module), which its row does not name")
            }
        }
        for target in rows.keys where imports[target] == nil {
            found.append("\(target) has a row, and no directory below Sources")
        }
        return found.sorted()
    }
}

/// The modules that a Swift source file imports.
func importedModules(_ source: String) -> Set<String> {
    // INVARIANT: an import stands at the start of a line, behind attributes and an access level at most.
    let statement =
        #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(?<module>\w+)/#
    return Set(source.split(separator: "\n").compactMap { $0.firstMatch(of: statement).map { String($0.module) } })
}
