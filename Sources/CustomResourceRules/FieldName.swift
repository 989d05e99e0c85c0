/// How rules name the fields of objects: as identifiers, with what cannot stand in one written out.
enum FieldName {
    /// Words that the grammar takes for themselves even behind a dot.
    private static let keywords: Set<String> = ["true", "false", "null", "in"]
    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import",
        "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ]

    /// All names that rules have for a field: reserved words can be written as they are too, behind a dot.
    static func identifiers(of name: String) -> [String] {
        guard let identifier = identifier(of: name) else { return [] }
        return reserved.contains(name) ? [identifier, name] : [identifier]
    }

    /// - Returns: nil for names that rules cannot reach.
    private static func identifier(of name: String) -> String? {
        if reserved.contains(name) || keywords.contains(name) { return "__\(name)__" }
        guard let first = name.utf8.first, isLetter(first) else { return nil }
        var out: [UInt8] = []
        let bytes = Array(name.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "_") where index + 1 < bytes.count && bytes[index + 1] == byte:
                out += Array("__underscores__".utf8)
                index += 1
            case UInt8(ascii: "."): out += Array("__dot__".utf8)
            case UInt8(ascii: "-"): out += Array("__dash__".utf8)
            case UInt8(ascii: "/"): out += Array("__slash__".utf8)
            case _ where isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): out.append(byte)
            default: return nil
            }
            index += 1
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}
