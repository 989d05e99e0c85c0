/// The shapes of names that Kubernetes accepts, and its way to trim text.
package enum Names {
    private static let reserved: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import",
        "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ]

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// A CEL identifier that is no reserved word.
    package static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first) || first == UInt8(ascii: "_") else { return false }
        return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
            && !reserved.contains(name)
    }

    /// `name` or `prefix.example.com/name`: at most 63 letters, digits, `-`, `_` and `.`, first and last alphanumeric.
    package static func isQualified(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let last = parts.last else { return false }
        if parts.count == 2, !isSubdomain(String(parts[0])) { return false }
        let bytes = Array(last.utf8)
        guard let first = bytes.first, let end = bytes.last, bytes.count <= 63 else { return false }
        let isInner = bytes.allSatisfy { isLetter($0) || isDigit($0) || "-_.".utf8.contains($0) }
        return isInner && (isLetter(first) || isDigit(first)) && (isLetter(end) || isDigit(end))
    }

    /// Lower case DNS subdomain of at most 253 characters.
    package static func isSubdomain(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= 253 else { return false }
        return name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.first, let last = label.last else { return false }
            func isEdge(_ byte: UInt8) -> Bool {
                isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            }
            return isEdge(first) && isEdge(last) && label.allSatisfy { isEdge($0) || $0 == UInt8(ascii: "-") }
        }
    }

    /// Without Unicode white space at either end.
    package static func trimmed(_ text: String) -> String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
        let scalars = text.unicodeScalars
        guard let start = scalars.firstIndex(where: { !isSpace($0) }),
            let end = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(scalars[start...end])
    }
}
