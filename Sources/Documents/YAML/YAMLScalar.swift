/// The value of a scalar as kubectl reads YAML: YAML 1.1 with the deviations of the YAML library that Kubernetes'
/// Go tools share (`y` and `n` are booleans, `0o17` and `017` are octal, there are no base-60 numbers, timestamps stay
/// strings, and what is no number falls back to a string).
enum YAMLScalar: Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    /// Above `Int64.max`.
    case uint(UInt64)
    case double(Double)
    /// The text as it stands.
    case string

    /// The value of a plain scalar without a tag, told by its first byte for nearly all strings.
    static func resolve(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar {
        guard let first = text.first else { return .null }
        switch first {
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"),
            UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"),
            UInt8(ascii: "~"):
            return text.count <= 5 ? word(text) : .string
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return number(text)
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            if text.count == 5, let value = special(text.dropFirst()) {
                return .double(first == UInt8(ascii: "-") ? -value : value)
            }
            return number(text)
        case UInt8(ascii: "."):
            if text.count == 4, let value = special(text[...]) ?? notANumber(text) { return .double(value) }
            return fraction(text)
        default: return .string
        }
    }

    private static func word(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar {
        // Five bytes at most: cheaper as one number than as a string.
        switch text.reduce(UInt64(0), { $0 << 8 | UInt64($1) }) {
        case packed("y"), packed("Y"), packed("yes"), packed("Yes"), packed("YES"), packed("true"), packed("True"),
            packed("TRUE"), packed("on"), packed("On"), packed("ON"):
            .bool(true)
        case packed("n"), packed("N"), packed("no"), packed("No"), packed("NO"), packed("false"), packed("False"),
            packed("FALSE"), packed("off"), packed("Off"), packed("OFF"):
            .bool(false)
        case packed("~"), packed("null"), packed("Null"), packed("NULL"): .null
        default: .string
        }
    }

    @inline(__always)
    private static func packed(_ word: StaticString) -> UInt64 {
        var value: UInt64 = 0
        for offset in 0..<word.utf8CodeUnitCount { value = value << 8 | UInt64(word.utf8Start[offset]) }
        return value
    }

    private static func special(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
        text.elementsEqual(".inf".utf8) || text.elementsEqual(".Inf".utf8) || text.elementsEqual(".INF".utf8)
            ? .infinity : nil
    }

    private static func notANumber(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        text.elementsEqual(".nan".utf8) || text.elementsEqual(".NaN".utf8) || text.elementsEqual(".NAN".utf8)
            ? .nan : nil
    }

    /// Text that starts with a digit or a sign: underscores are dropped wherever they stand.
    private static func number(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar {
        // A short decimal integer is what most numbers are.
        if text.count < 19, text[0] != UInt8(ascii: "0") || text.count == 1, text.allSatisfy({ $0 &- 0x30 < 10 }) {
            return .int(text.reduce(0) { $0 * 10 + Int64($1 & 15) })
        }
        let plain = text.filter { $0 != UInt8(ascii: "_") }
        if let value = integer(plain) { return value }
        guard isDecimal(plain) else { return .string }
        return Numbers.double(plain).map { .double($0) } ?? .string
    }

    /// An integer with the prefixes of Go: `0x`, `0o`, `0b` in either case, and a lone `0` for octal.
    private static func integer(_ text: [UInt8]) -> YAMLScalar? {
        let signLength = text.first == UInt8(ascii: "+") || text.first == UInt8(ascii: "-") ? 1 : 0
        let body = text.dropFirst(signLength)
        guard body.first == UInt8(ascii: "0"), body.count > 1 else { return convert(Numbers.integer(text), text) }
        var radix: UInt64 = 8
        var prefix = 1
        switch body[signLength + 1] | 0x20 {
        case UInt8(ascii: "x"): (radix, prefix) = (16, 2)
        case UInt8(ascii: "b"): (radix, prefix) = (2, 2)
        case UInt8(ascii: "o"): (radix, prefix) = (8, 2)
        default: break
        }
        let digits = body.dropFirst(prefix)
        // Digits only: a second sign would be taken for the number's.
        guard digits.first.map({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) ?? false else { return nil }
        return convert(Numbers.integer(text.prefix(signLength) + digits, radix: radix), text)
    }

    private static func convert(_ value: Numbers.Integer?, _ text: [UInt8]) -> YAMLScalar? {
        switch value {
        case .signed(let value): .int(value)
        // Unsigned integers take no sign; such a number goes on to be a double.
        case .unsigned(let value): text.first == UInt8(ascii: "+") ? nil : .uint(value)
        case nil: nil
        }
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, the whole text.
    private static func isDecimal(_ text: [UInt8]) -> Bool {
        var at = 0
        func peek() -> UInt8 { at < text.count ? text[at] : 0 }
        func skipDigits() -> Int {
            let start = at
            while peek() &- 0x30 < 10 { at += 1 }
            return at - start
        }
        if peek() == UInt8(ascii: "-") || peek() == UInt8(ascii: "+") { at += 1 }
        let whole = skipDigits()
        if peek() == UInt8(ascii: ".") {
            at += 1
            if skipDigits() == 0, whole == 0 { return false }
        } else if whole == 0 {
            return false
        }
        if peek() | 0x20 == UInt8(ascii: "e") {
            at += 1
            if peek() == UInt8(ascii: "-") || peek() == UInt8(ascii: "+") { at += 1 }
            if skipDigits() == 0 { return false }
        }
        return at == text.count
    }

    /// Text that starts with a point: underscores are allowed between digits only.
    private static func fraction(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar {
        for (offset, byte) in text.enumerated() where byte == UInt8(ascii: "_") {
            // The first byte is the point, so there is one before.
            guard text[offset - 1] &- 0x30 < 10, offset + 1 < text.count, text[offset + 1] &- 0x30 < 10 else {
                return .string
            }
        }
        let plain = text.filter { $0 != UInt8(ascii: "_") }
        guard isDecimal(plain) else { return .string }
        return Numbers.double(plain).map { .double($0) } ?? .string
    }
}

/// What an explicit tag (`!!int`, `!local`…) makes of a scalar.
enum YAMLTag {
    /// No core tag: the scalar is a string, the collection what it is.
    case other
    case string, int, float, bool, null, binary, timestamp, merge

    init(_ tag: UnsafePointer<UInt8>) {
        let prefix = "tag:yaml.org,2002:"
        let tag = String(cString: tag)
        guard tag.hasPrefix(prefix) else {
            self = .other
            return
        }
        switch tag.dropFirst(prefix.count) {
        case "str": self = .string
        case "int": self = .int
        case "float": self = .float
        case "bool": self = .bool
        case "null": self = .null
        case "binary": self = .binary
        case "timestamp": self = .timestamp
        case "merge": self = .merge
        default: self = .other
        }
    }

    /// The tagged scalar's value, or nil where the text is not of the tag's type.
    func resolve(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar? {
        let value = YAMLScalar.resolve(text)
        switch (self, value) {
        case (.string, _), (.binary, _), (.other, _), (.merge, _): return .string
        // A timestamp stays the text that it is; a date is told by its first digits.
        case (.timestamp, .string): return text.count >= 8 && text[4] == UInt8(ascii: "-") ? .string : nil
        case (.int, .int), (.int, .uint), (.float, .double), (.bool, .bool), (.null, .null): return value
        case (.float, .int(let number)): return .double(Double(number))
        default: return nil
        }
    }

    var name: String {
        switch self {
        case .other: "!"
        case .string: "!!str"
        case .int: "!!int"
        case .float: "!!float"
        case .bool: "!!bool"
        case .null: "!!null"
        case .binary: "!!binary"
        case .timestamp: "!!timestamp"
        case .merge: "!!merge"
        }
    }
}

/// Standard base64 with padding, line breaks skipped; nil where the text is not that.
func decodeBase64(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    out.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text where byte != 0x0A && byte != 0x0D {
        let value: UInt8
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): value = 62
        case UInt8(ascii: "/"): value = 63
        case UInt8(ascii: "="):
            padding += 1
            value = 0
        default: return nil
        }
        if padding > 0, byte != UInt8(ascii: "=") { return nil }
        bits = bits << 6 | UInt32(value)
        count += 1
        if count % 4 == 0 {
            out.append(UInt8(truncatingIfNeeded: bits >> 16))
            out.append(UInt8(truncatingIfNeeded: bits >> 8))
            out.append(UInt8(truncatingIfNeeded: bits))
        }
    }
    guard count % 4 == 0, padding <= 2 else { return nil }
    out.removeLast(min(padding, out.count))
    return out
}
