internal import Values

/// How `format` writes numbers and containers.
enum FormatStyle: Sendable {
    /// cel-go's strings extension up to version 3 (Kubernetes): numbers as in English prose, `1,234.500` and
    /// `1.500000×10⁰⁰`; containers as CEL literals.
    case decimalComma
    /// The specification's: as C's printf; strings in containers without quotes.
    case plain
}

/// The parts of a format string.
enum FormatPart: Sendable {
    case text(String)
    /// `%.3f`: the verb and the digits.
    case clause(verb: Unicode.Scalar, precision: Int?)

    /// Splits a format string; throws at the first clause that is malformed.
    static func parts(of format: String) throws(EvaluationError) -> [FormatPart] {
        func malformed(_ message: String) -> EvaluationError {
            EvaluationError(.invalidArgument, "could not parse formatting clause: \(message)")
        }
        var parts: [FormatPart] = []
        var text = String.UnicodeScalarView()
        var rest = format.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar != "%" {
                text.append(scalar)
                continue
            }
            guard let next = rest.first else { throw EvaluationError(.invalidArgument, "unexpected end of string") }
            if next == "%" {
                rest.removeFirst()
                text.append("%")
                continue
            }
            var precision: Int?
            if next == "." {
                rest.removeFirst()
                let digits = rest.prefix { $0 >= "0" && $0 <= "9" }
                rest = rest.dropFirst(digits.count)
                if rest.isEmpty {
                    throw malformed("error while parsing precision: could not find end of precision specifier")
                }
                guard let value = Int(String(digits)), value <= LibraryLimits.precision else {
                    throw malformed("error while parsing precision: `\(String(digits))` is no precision")
                }
                precision = value
            }
            guard let verb = rest.popFirst() else { throw malformed("unexpected end of string") }
            guard "sdfebxXo".unicodeScalars.contains(verb) else {
                throw malformed("unrecognized formatting clause \"\(verb)\"")
            }
            if !text.isEmpty { parts.append(.text(String(text))) }
            text = String.UnicodeScalarView()
            parts.append(.clause(verb: verb, precision: precision))
        }
        if !text.isEmpty { parts.append(.text(String(text))) }
        return parts
    }
}

/// The `format` function.
struct StringFormat: Sendable {
    let style: FormatStyle

    func format(_ format: String, _ arguments: [Value]) throws(EvaluationError) -> String {
        var result = ""
        var next = 0
        for part in try FormatPart.parts(of: format) {
            switch part {
            case .text(let text): result += text
            case .clause(let verb, let precision):
                guard next < arguments.count else {
                    throw EvaluationError(.invalidArgument, "index \(next) out of range")
                }
                result += try clause(verb, precision, arguments[next])
                next += 1
            }
            if result.utf8.count > EvaluationLimits.stringBytes { throw EvaluationLimits.tooLarge }
        }
        return result
    }

    private func clause(
        _ verb: Unicode.Scalar, _ precision: Int?, _ value: Value
    ) throws(EvaluationError) -> String {
        switch verb {
        case "s": return try text(value, depth: 0)
        case "d": return try decimal(value)
        case "f": return try fixed(value, precision ?? 6)
        case "e": return try scientific(value, precision)
        case "b": return try binary(value)
        case "o": return try octal(value)
        default: return try hexadecimal(value, uppercase: verb == "X")
        }
    }

    private func wrong(_ rule: String, _ value: Value) -> EvaluationError {
        EvaluationError(.invalidArgument, "error during formatting: \(rule), was given \(value.typeName)")
    }

    // MARK: Numbers

    private func decimal(_ value: Value) throws(EvaluationError) -> String {
        switch value {
        case .int(let number): return String(number)
        case .uint(let number): return String(number)
        case .double(let number) where style == .plain && !number.isFinite: return nonFinite(number)
        default: throw wrong("decimal clause can only be used on integers", value)
        }
    }

    /// The double in a value that `%f` and `%e` take; nil otherwise.
    private func double(_ value: Value) -> Double? {
        switch value {
        case .double(let number): return number
        case .int(let number): return style == .plain ? Double(number) : nil
        case .uint(let number): return style == .plain ? Double(number) : nil
        case .string, .text:
            switch value.stringValue {
            case "NaN": return .nan
            case "Infinity": return .infinity
            case "-Infinity": return -.infinity
            default: return nil
            }
        default: return nil
        }
    }

    private func nonFinite(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        let infinity = style == .plain ? "Infinity" : "∞"
        return number < 0 ? "-" + infinity : infinity
    }

    private func fixed(_ value: Value, _ precision: Int) throws(EvaluationError) -> String {
        guard let number = double(value) else {
            throw wrong("fixed-point clause can only be used on doubles", value)
        }
        guard number.isFinite else { return nonFinite(number) }
        let plain = GoNumbers.formatted(number, precision: precision)
        return style == .plain ? plain : Self.grouped(plain)
    }

    /// `1234567.891` as `1,234,567.891`.
    private static func grouped(_ text: String) -> String {
        let digits = Array(text.utf8)
        let start = digits.first == UInt8(ascii: "-") ? 1 : 0
        let end = digits.firstIndex(of: UInt8(ascii: ".")) ?? digits.count
        var result = Array(digits[..<start])
        for index in start..<end {
            if index > start, (end - index) % 3 == 0 { result.append(UInt8(ascii: ",")) }
            result.append(digits[index])
        }
        return String(decoding: result + digits[end...], as: UTF8.self)
    }

    private func scientific(_ value: Value, _ precision: Int?) throws(EvaluationError) -> String {
        guard let number = double(value) else {
            throw wrong("scientific clause can only be used on doubles", value)
        }
        if style == .plain {
            guard number.isFinite else { return nonFinite(number) }
            return GoNumbers.formatted(number, precision: precision ?? 6, scientific: true)
        }
        // The Go implementation takes the precision for a width, so there are always six decimals.
        let text = number.isFinite ? Self.inPowersOfTen(number) : nonFinite(number)
        return String(repeating: " ", count: max(0, (precision ?? 6) - text.unicodeScalars.count)) + text
    }

    private static func inPowersOfTen(_ number: Double) -> String {
        let text = GoNumbers.formatted(number, precision: 6, scientific: true)
        guard let marker = text.firstIndex(of: "e") else { return text }
        var exponent = ""
        for character in text[text.index(after: marker)...].unicodeScalars {
            switch character {
            case "+": continue
            case "-": exponent += "⁻"
            case "1": exponent += "¹"
            case "2": exponent += "²"
            case "3": exponent += "³"
            default:
                exponent.unicodeScalars.append(Unicode.Scalar(0x2070 + character.value - 0x30) ?? character)
            }
        }
        return "\(text[..<marker])×10\(exponent)"
    }

    private func binary(_ value: Value) throws(EvaluationError) -> String {
        switch value {
        case .int(let number): return String(number, radix: 2)
        case .uint(let number): return String(number, radix: 2)
        case .bool(let flag): return flag ? "1" : "0"
        default: throw wrong("only integers and bools can be formatted as binary", value)
        }
    }

    private func octal(_ value: Value) throws(EvaluationError) -> String {
        switch value {
        case .int(let number): return String(number, radix: 8)
        case .uint(let number): return String(number, radix: 8)
        default: throw wrong("octal clause can only be used on integers", value)
        }
    }

    private func hexadecimal(_ value: Value, uppercase: Bool) throws(EvaluationError) -> String {
        func bytes(_ bytes: some Sequence<UInt8>) -> String {
            let digits = Array((uppercase ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
            var result: [UInt8] = []
            for byte in bytes { result += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
            return String(decoding: result, as: UTF8.self)
        }
        switch value {
        case .int(let number): return String(number, radix: 16, uppercase: uppercase)
        case .uint(let number): return String(number, radix: 16, uppercase: uppercase)
        case .bytes(let content): return bytes(content)
        case .string, .text: return bytes((value.stringValue ?? "").utf8)
        default: throw wrong("only integers, byte buffers, and strings can be formatted as hex", value)
        }
    }

    // MARK: %s

    private func text(_ value: Value, depth: Int) throws(EvaluationError) -> String {
        if depth > LibraryLimits.depth { throw EvaluationLimits.tooLarge }
        switch value {
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .int(let number): return String(number)
        case .uint(let number): return String(number)
        case .double(let number):
            if style == .plain, !number.isFinite { return nonFinite(number) }
            return style == .plain ? GoNumbers.shortestFixed(number) : GoNumbers.shortest(number)
        case .string(let string): return string
        case .text(let node): return node.string ?? ""
        case .bytes(let bytes):
            if style == .plain { return String(decoding: bytes, as: UTF8.self) }
            guard let string = String(validating: bytes, as: UTF8.self) else {
                throw EvaluationError(.invalidArgument, "error during formatting: invalid UTF-8 in bytes")
            }
            return string
        case .timestamp(let timestamp): return Timestamps.string(timestamp)
        case .duration(let nanoseconds): return Durations.string(nanoseconds)
        case .type(let name): return name
        case .list, .listNode: return try list(value, depth)
        case .map, .mapNode: return try map(value, depth)
        case .optional, .object:
            throw wrong(
                "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, "
                    + "and timestamps", value)
        }
    }

    private func list(_ value: Value, _ depth: Int) throws(EvaluationError) -> String {
        var parts: [String] = []
        try value.forEachElement { element throws(EvaluationError) in
            parts.append(try literal(element, depth: depth + 1))
        }
        return "[" + parts.joined(separator: ", ") + "]"
    }

    private func map(_ value: Value, _ depth: Int) throws(EvaluationError) -> String {
        var entries: [(key: String, value: String)] = []
        try value.forEachEntry { key, value throws(EvaluationError) in
            switch key {
            case .string, .text, .bool, .int, .uint: break
            default:
                throw EvaluationError(
                    .invalidArgument,
                    "error during formatting: no formatting function for map key of type \(key.typeName)")
            }
            entries.append((try literal(key, depth: depth + 1), try literal(value, depth: depth + 1)))
        }
        entries.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        let colon = style == .plain ? ": " : ":"
        return "{" + entries.map { $0.key + colon + $0.value }.joined(separator: ", ") + "}"
    }

    /// A value inside a container.
    private func literal(_ value: Value, depth: Int) throws(EvaluationError) -> String {
        if style == .plain { return try text(value, depth: depth) }
        switch value {
        case .string, .text: return GoQuote.quote(value.stringValue ?? "")
        case .bytes: return "b" + GoQuote.quote(try text(value, depth: depth))
        case .timestamp: return "timestamp(" + GoQuote.quote(try text(value, depth: depth)) + ")"
        case .duration: return "duration(" + GoQuote.quote(try text(value, depth: depth)) + ")"
        case .double(let number):
            return number.isFinite
                ? GoNumbers.formatted(number, precision: 6)
                : GoQuote.quote(number.isNaN ? "NaN" : number < 0 ? "-Inf" : "+Inf")
        case .optional, .object:
            throw EvaluationError(
                .invalidArgument, "error during formatting: no formatting function for \(value.typeName)")
        default: return try text(value, depth: depth)
        }
    }
}

/// Go's `%q`.
package enum GoQuote {
    package static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{07}": result += "\\a"
            case "\u{08}": result += "\\b"
            case "\u{0C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0B}": result += "\\v"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    result += "\\x" + hex(scalar.value, 2)
                } else if isPrintable(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    result += scalar.value < 0x10000 ? "\\u" + hex(scalar.value, 4) : "\\U" + hex(scalar.value, 8)
                }
            }
        }
        return result + "\""
    }

    private static func hex(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Letters, marks, numbers, punctuation, symbols and the ASCII space.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }
}
