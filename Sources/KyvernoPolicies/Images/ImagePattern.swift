import RegularExpressions

/// A glob over image references, as Kyverno's policies have them: `*` and `**` are any text, slashes included, `?` is
/// any character, `[a-z]` and `[!a-z]` one of a class, `{a,b}` one of several texts, `\` takes the next as it is.
struct ImagePattern: Sendable {
    private let expression: RegularExpression

    init(glob: String) throws(RegularExpressionError) {
        expression = try RegularExpression(pattern: "(?s)\\A(?:\(try Self.translate(glob)))\\z")
    }

    func matches(_ text: String) -> Bool { expression.matches(text) }

    private static func translate(_ glob: String) throws(RegularExpressionError) -> String {
        var out = ""
        var depth = 0
        var scalars = glob.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar {
            case "*": out += ".*"
            case "?": out += "."
            case "{":
                depth += 1
                out += "(?:"
            case "}" where depth > 0:
                depth -= 1
                out += ")"
            case "," where depth > 0: out += "|"
            case "\\":
                guard let next = scalars.next() else { throw RegularExpressionError(message: "it ends with `\\`") }
                out += quoted(next)
            case "[": out += try characterClass(&scalars)
            default: out += quoted(scalar)
            }
        }
        guard depth == 0 else { throw RegularExpressionError(message: "`{` has no `}`") }
        return out
    }

    private static func characterClass(
        _ scalars: inout String.UnicodeScalarView.Iterator
    ) throws(RegularExpressionError) -> String {
        var out = "["
        var isEmpty = true
        while let scalar = scalars.next() {
            switch scalar {
            case "]" where !isEmpty: return out + "]"
            case "!" where isEmpty && out == "[": out += "^"
            case "-" where !isEmpty:
                out += "-"
            case "\\":
                guard let next = scalars.next() else { throw RegularExpressionError(message: "it ends with `\\`") }
                out += quoted(next)
                isEmpty = false
            default:
                out += quoted(scalar)
                isEmpty = false
            }
        }
        throw RegularExpressionError(message: "`[` has no `]`")
    }

    private static func quoted(_ scalar: Unicode.Scalar) -> String {
        "\\.+*?()|[]{}^$-&~#".unicodeScalars.contains(scalar) ? "\\\(scalar)" : String(scalar)
    }
}
