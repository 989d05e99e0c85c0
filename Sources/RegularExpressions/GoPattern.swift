/// The little that stands between a Go pattern and C++ RE2; see `RegularExpression`.
struct GoPattern {
    private let pattern: [UInt8]
    private var at = 0
    private var out: [UInt8] = []
    /// Names of groups so far: Go refuses a second one of the same name, C++ RE2 does not.
    private var names: Set<[UInt8]> = []

    static func translate(_ pattern: [UInt8]) throws(RegularExpressionError) -> [UInt8] {
        guard pattern.count <= RegularExpression.maximumPatternBytes else {
            throw RegularExpressionError(
                message: "the pattern is longer than \(RegularExpression.maximumPatternBytes) bytes")
        }
        var translation = GoPattern(pattern: pattern)
        return try translation.run()
    }

    private init(pattern: [UInt8]) {
        self.pattern = pattern
        out.reserveCapacity(pattern.count + 8)
    }

    private func byte(_ distance: Int) -> UInt8 { at + distance < pattern.count ? pattern[at + distance] : 0 }

    private mutating func copy(_ count: Int) {
        let end = min(at + count, pattern.count)
        out += pattern[at..<end]
        at = end
    }

    private mutating func run() throws(RegularExpressionError) -> [UInt8] {
        while at < pattern.count {
            switch byte(0) {
            case UInt8(ascii: "\\"): try copyEscape()
            case UInt8(ascii: "["): try copyClass()
            case UInt8(ascii: "(") where byte(1) == UInt8(ascii: "?"): try copyGroupStart()
            default: copy(1)
            }
        }
        return out
    }

    /// Copies `(?`, and with it `<` or `P<` where a name follows.
    private mutating func copyGroupStart() throws(RegularExpressionError) {
        copy(2)
        let prefix = byte(0) == UInt8(ascii: "P") ? 2 : 1
        // `(?<=` and `(?<!` look behind, which neither library can; RE2 says so.
        guard byte(prefix - 1) == UInt8(ascii: "<"), byte(prefix) != UInt8(ascii: "="),
            byte(prefix) != UInt8(ascii: "!")
        else { return }
        let name = Array(pattern[(at + prefix)...].prefix { $0 != UInt8(ascii: ">") })
        guard names.insert(name).inserted else {
            throw RegularExpressionError(message: "duplicate group name: \(String(decoding: name, as: UTF8.self))")
        }
        out += Array("P<".utf8)
        at += prefix
    }

    private mutating func copyEscape() throws(RegularExpressionError) {
        guard byte(1) != UInt8(ascii: "C") else {
            throw RegularExpressionError(message: "invalid escape sequence: \\C")
        }
        guard byte(1) == UInt8(ascii: "Q") else { return copy(2) }
        while at < pattern.count, !(byte(0) == UInt8(ascii: "\\") && byte(1) == UInt8(ascii: "E")) { copy(1) }
        copy(2)
    }

    /// Copies a bracket expression, in which parentheses mean nothing.
    private mutating func copyClass() throws(RegularExpressionError) {
        copy(byte(1) == UInt8(ascii: "^") ? 2 : 1)
        // A bracket that comes first is a member.
        if byte(0) == UInt8(ascii: "]") { copy(1) }
        while at < pattern.count, byte(0) != UInt8(ascii: "]") {
            switch byte(0) {
            case UInt8(ascii: "\\"): try copyEscape()
            case UInt8(ascii: "[") where byte(1) == UInt8(ascii: ":"): copyClassName()
            default: copy(1)
            }
        }
        copy(1)
    }

    /// Copies `[:name:]`, or the bracket alone where there is no such end.
    private mutating func copyClassName() {
        let name = pattern[(at + 2)...].prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "]") }
        let isName = pattern[name.endIndex...].starts(with: ":]".utf8)
        copy(isName ? name.count + 4 : 1)
    }
}
