/// Finds the end of a string or bytes literal and checks its escapes.
struct StringScanner {
    enum Problem {
        case unterminated
        /// The escape as written, such as `\q`.
        case badEscape(String)
    }

    let bytes: [UInt8]
    /// Where the opening quote is.
    let quote: Int
    let isRaw: Bool

    /// - Returns: the position behind the literal, or at the end of the line where it never ends.
    func scan() -> (end: Int, problem: Problem?) {
        let mark = bytes[quote]
        guard isTriple(at: quote) else { return scanBody(from: quote + 1, mark: mark, isTriple: false) }
        let outcome = scanBody(from: quote + 3, mark: mark, isTriple: true)
        // `"""` that never ends is an empty string and the start of another one.
        if case .unterminated? = outcome.problem { return (quote + 2, nil) }
        return outcome
    }

    private func isTriple(at index: Int) -> Bool {
        index + 2 < bytes.count && bytes[index + 1] == bytes[index] && bytes[index + 2] == bytes[index]
    }

    private func scanBody(from start: Int, mark: UInt8, isTriple: Bool) -> (end: Int, problem: Problem?) {
        var index = start
        var problem: Problem?
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case mark where !isTriple: return (index + 1, problem)
            case mark where self.isTriple(at: index): return (index + 3, problem)
            case UInt8(ascii: "\\") where !isRaw:
                if let length = EscapeSequence.length(bytes, at: index) {
                    index += length
                    continue
                }
                problem = problem ?? .badEscape(badEscape(at: index))
                index += 1
                if index < bytes.count, bytes[index] == mark || bytes[index] == UInt8(ascii: "\\") { index += 1 }
            case UInt8(ascii: "\n") where !isTriple, UInt8(ascii: "\r") where !isTriple:
                return (index, .unterminated)
            default: index += 1
            }
        }
        return (bytes.count, .unterminated)
    }

    /// The backslash and the character behind it.
    private func badEscape(at index: Int) -> String {
        var end = min(index + 2, bytes.count)
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return String(decoding: bytes[index..<end], as: UTF8.self)
    }
}

/// One backslash sequence.
enum EscapeSequence {
    /// How many bytes the escape at `index` takes; nil if it is none of the language's.
    static func length(_ bytes: [UInt8], at index: Int) -> Int? {
        guard index + 1 < bytes.count else { return nil }
        switch bytes[index + 1] {
        case UInt8(ascii: "x"), UInt8(ascii: "X"): return digits(bytes, index + 2, 2) ? 4 : nil
        case UInt8(ascii: "u"): return digits(bytes, index + 2, 4) ? 6 : nil
        case UInt8(ascii: "U"): return digits(bytes, index + 2, 8) ? 10 : nil
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            guard index + 3 < bytes.count, isOctal(bytes[index + 2]), isOctal(bytes[index + 3]) else { return nil }
            return 4
        case let letter: return simple(letter) == nil ? nil : 2
        }
    }

    private static func digits(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Bool {
        start + count <= bytes.count && bytes[start..<start + count].allSatisfy { $0.hexDigit != nil }
    }

    private static func isOctal(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "7") }

    /// The byte that a two-character escape stands for.
    static func simple(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "a"): 0x07
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "v"): 0x0B
        case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): letter
        default: nil
        }
    }
}
