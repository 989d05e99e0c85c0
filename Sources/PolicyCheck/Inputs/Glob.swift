/// A pattern for paths as in .gitignore: `*` and `?` stay within a name, `**` crosses directories, `[a-z]` is a class.
///
/// A pattern without a slash (other than a last one) matches a name at any depth; with one it matches from the start.
/// A match of a directory covers all below it.
struct Glob: Sendable {
    private let segments: [[UInt8]]

    init(_ pattern: String) {
        self.init(pattern, isAlwaysAnchored: false)
    }

    /// A pattern as a shell has it: always from the start.
    init(anchored pattern: String) {
        self.init(pattern, isAlwaysAnchored: true)
    }

    private init(_ pattern: String, isAlwaysAnchored: Bool) {
        var bytes = Array(pattern.utf8)[...]
        if bytes.starts(with: "./".utf8) { bytes = bytes.dropFirst(2) }
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes = bytes.dropLast() }
        let isAnchored = isAlwaysAnchored || bytes.contains(UInt8(ascii: "/"))
        let parts = bytes.split(separator: UInt8(ascii: "/")).map { Array($0) }
        segments = isAnchored ? parts : [Array("**".utf8)] + parts
    }

    /// Whether a text has anything that a shell would expand.
    static func isPattern(_ text: String) -> Bool { text.utf8.contains { "*?[".utf8.contains($0) } }

    /// The directories in front of the first pattern, `.` for none: where the search starts.
    static func literalDirectory(of pattern: String) -> String {
        var parts = pattern.split(separator: "/", omittingEmptySubsequences: false).prefix { !isPattern(String($0)) }
        if parts.count == 1, parts.first?.isEmpty == true { return "/" }
        while parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }

    /// Whether the path or a directory above it matches.
    func matches(_ path: String) -> Bool {
        let names = path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }.filter { $0 != [UInt8(ascii: ".")] }
        return Self.match(segments[...], names[...])
    }

    /// A match may end before the path does: the rest lies below a matched directory.
    private static func match(_ pattern: ArraySlice<[UInt8]>, _ names: ArraySlice<[UInt8]>) -> Bool {
        guard let first = pattern.first else { return true }
        let rest = pattern.dropFirst()
        if first == Array("**".utf8) {
            if rest.isEmpty { return true }
            // Consecutive `**` are one, which keeps this from going exponential.
            if rest.first == first { return match(rest, names) }
            return names.indices.contains { match(rest, names[$0...]) }
        }
        guard let name = names.first, matchName(first[...], name[...]) else { return false }
        return match(rest, names.dropFirst())
    }

    /// One name against one segment; linear but for one retry position per `*`.
    private static func matchName(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var (at, position) = (pattern.startIndex, name.startIndex)
        var star: (pattern: Int, name: Int)?
        while position < name.endIndex {
            if at < pattern.endIndex, pattern[at] == UInt8(ascii: "*") {
                star = (at + 1, position)
                at += 1
            } else if at < pattern.endIndex, let next = matchOne(pattern, at, name[position]) {
                at = next
                position += 1
            } else if let retry = star {
                star = (retry.pattern, retry.name + 1)
                at = retry.pattern
                position = retry.name + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// - Returns: where the pattern goes on if its element at `at` matches the byte.
    private static func matchOne(_ pattern: ArraySlice<UInt8>, _ at: Int, _ byte: UInt8) -> Int? {
        switch pattern[at] {
        case UInt8(ascii: "?"): return at + 1
        case UInt8(ascii: "\\") where at + 1 < pattern.endIndex: return pattern[at + 1] == byte ? at + 2 : nil
        case UInt8(ascii: "["):
            guard let end = pattern[(at + 1)...].dropFirst().firstIndex(of: UInt8(ascii: "]")) else { break }
            return matchClass(pattern[(at + 1)..<end], byte) ? end + 1 : nil
        default: break
        }
        return pattern[at] == byte ? at + 1 : nil
    }

    private static func matchClass(_ members: ArraySlice<UInt8>, _ byte: UInt8) -> Bool {
        var members = members
        let isNegated = members.first == UInt8(ascii: "!") || members.first == UInt8(ascii: "^")
        if isNegated { members = members.dropFirst() }
        var found = false
        while let low = members.first {
            let isRange = members.count > 2 && members[members.startIndex + 1] == UInt8(ascii: "-")
            let high = isRange ? members[members.startIndex + 2] : low
            if low <= byte, byte <= high { found = true }
            members = members.dropFirst(isRange ? 3 : 1)
        }
        return found != isNegated
    }
}
