/// Cuts an expression's bytes into tokens. Bytes that begin no token are reported and skipped.
struct Lexer {
    private let bytes: [UInt8]
    private var position = 0
    private(set) var issues: [CompileIssue] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// All tokens; the last one is `.end`.
    mutating func tokenize() -> [Token] {
        var tokens: [Token] = []
        tokens.reserveCapacity(bytes.count / 3 + 4)
        while true {
            skipBlanks()
            guard position < bytes.count else { break }
            let start = position
            let kind = next()
            if kind == .bad, tokens.last?.kind == .bad { continue }
            tokens.append(Token(kind: kind, start: UInt32(start), end: UInt32(position)))
        }
        tokens.append(Token(kind: .end, start: UInt32(bytes.count), end: UInt32(bytes.count)))
        return tokens
    }

    private func byte(_ offset: Int) -> UInt8 {
        let index = position + offset
        return index < bytes.count ? bytes[index] : 0
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x0C:
                position += 1
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"):
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            default:
                return
            }
        }
    }

    private mutating func take(_ count: Int, _ kind: Token.Kind) -> Token.Kind {
        position += count
        return kind
    }

    /// Consumes one token.
    private mutating func next() -> Token.Kind {
        let first = bytes[position]
        let second = byte(1)
        switch first {
        case UInt8(ascii: "("): return take(1, .leftParen)
        case UInt8(ascii: ")"): return take(1, .rightParen)
        case UInt8(ascii: "["): return take(1, .leftBracket)
        case UInt8(ascii: "]"): return take(1, .rightBracket)
        case UInt8(ascii: "{"): return take(1, .leftBrace)
        case UInt8(ascii: "}"): return take(1, .rightBrace)
        case UInt8(ascii: ","): return take(1, .comma)
        case UInt8(ascii: ":"): return take(1, .colon)
        case UInt8(ascii: "?"): return take(1, .question)
        case UInt8(ascii: "+"): return take(1, .plus)
        case UInt8(ascii: "-"): return take(1, .minus)
        case UInt8(ascii: "*"): return take(1, .star)
        case UInt8(ascii: "/"): return take(1, .slash)
        case UInt8(ascii: "%"): return take(1, .percent)
        case UInt8(ascii: "."): return second.isDigit ? number() : take(1, .dot)
        case UInt8(ascii: "!"): return second == UInt8(ascii: "=") ? take(2, .notEquals) : take(1, .not)
        case UInt8(ascii: "<"): return second == UInt8(ascii: "=") ? take(2, .lessEquals) : take(1, .less)
        case UInt8(ascii: ">"): return second == UInt8(ascii: "=") ? take(2, .greaterEquals) : take(1, .greater)
        case UInt8(ascii: "=") where second == first: return take(2, .equals)
        case UInt8(ascii: "&") where second == first: return take(2, .and)
        case UInt8(ascii: "|") where second == first: return take(2, .or)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return string(prefix: 0, kind: .string)
        case UInt8(ascii: "`"): return quotedIdentifier()
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        case _ where first.isIdentifierStart: return word()
        default: return unknown()
        }
    }

    private mutating func word() -> Token.Kind {
        if let prefix = stringPrefix() { return string(prefix: prefix.length, kind: prefix.kind) }
        let start = position
        while position < bytes.count, bytes[position].isIdentifierPart { position += 1 }
        switch position - start {
        case 2 where matches("in", at: start): return .in
        case 4 where matches("true", at: start): return .true
        case 4 where matches("null", at: start): return .null
        case 5 where matches("false", at: start): return .false
        default: return .identifier
        }
    }

    private func matches(_ word: StaticString, at start: Int) -> Bool {
        word.withUTF8Buffer { $0.elementsEqual(bytes[start..<start + $0.count]) }
    }

    /// `r`, `b` or `br` directly before a quote.
    private func stringPrefix() -> (length: Int, kind: Token.Kind)? {
        var length = 0
        var kind = Token.Kind.string
        if byte(0) | 0x20 == UInt8(ascii: "b") {
            kind = .bytes
            length = 1
        }
        if byte(length) | 0x20 == UInt8(ascii: "r") { length += 1 }
        guard length > 0, byte(length) == UInt8(ascii: "\"") || byte(length) == UInt8(ascii: "'") else { return nil }
        return (length, kind)
    }

    private mutating func string(prefix: Int, kind: Token.Kind) -> Token.Kind {
        let isRaw = prefix > 0 && byte(prefix - 1) | 0x20 == UInt8(ascii: "r")
        let start = position
        let outcome = StringScanner(bytes: bytes, quote: start + prefix, isRaw: isRaw).scan()
        position = outcome.end
        guard let problem = outcome.problem else { return kind }
        issues.append(SyntaxIssue.badString(problem, SourceSpan(start: start, end: outcome.end)))
        return .bad
    }

    private mutating func quotedIdentifier() -> Token.Kind {
        let start = position
        position += 1
        while position < bytes.count, bytes[position].isQuotedIdentifierPart { position += 1 }
        guard byte(0) == UInt8(ascii: "`"), position > start + 1 else {
            issues.append(SyntaxIssue.badQuotedIdentifier(SourceSpan(start: start, end: position)))
            return .bad
        }
        position += 1
        return .quotedIdentifier
    }

    private mutating func number() -> Token.Kind {
        if byte(0) == UInt8(ascii: "0"), byte(1) == UInt8(ascii: "x"), byte(2).hexDigit != nil {
            position += 2
            while byte(0).hexDigit != nil { position += 1 }
            return unsignedSuffix() ? .uint : .int
        }
        skipDigits()
        var kind = Token.Kind.int
        if byte(0) == UInt8(ascii: "."), byte(1).isDigit {
            kind = .double
            position += 1
            skipDigits()
        }
        if byte(0) | 0x20 == UInt8(ascii: "e") {
            let sign = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-") ? 1 : 0
            if byte(1 + sign).isDigit {
                kind = .double
                position += 1 + sign
                skipDigits()
            }
        }
        return kind == .int && unsignedSuffix() ? .uint : kind
    }

    private mutating func skipDigits() {
        while byte(0).isDigit { position += 1 }
    }

    private mutating func unsignedSuffix() -> Bool {
        guard byte(0) | 0x20 == UInt8(ascii: "u") else { return false }
        position += 1
        return true
    }

    /// Reports a character that begins no token.
    private mutating func unknown() -> Token.Kind {
        let start = position
        repeat { position += 1 } while position < bytes.count && (bytes[position] & 0xC0 == 0x80)
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if issues.count < Limits.issues {
            issues.append(SyntaxIssue.unknownCharacter(text, SourceSpan(start: start, end: position)))
        }
        return .bad
    }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    var isLetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }

    var isIdentifierStart: Bool { isLetter || self == UInt8(ascii: "_") }

    var isIdentifierPart: Bool { isIdentifierStart || isDigit }

    var isQuotedIdentifierPart: Bool {
        isIdentifierPart || self == UInt8(ascii: ".") || self == UInt8(ascii: "-") || self == UInt8(ascii: "/")
            || self == UInt8(ascii: " ")
    }

    /// The value of a hexadecimal digit.
    var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
