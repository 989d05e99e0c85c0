/// What a string or bytes token, already found well-formed by the lexer, stands for.
struct StringLiteral {
    enum Problem: Error {
        /// A number that is no Unicode scalar value, such as a surrogate.
        case badCodePoint
        /// `\u` in a bytes literal.
        case codePointInBytes
    }

    /// - Parameters:
    ///   - bytes: the token with prefix and quotes
    ///   - isBytes: numeric escapes are bytes, not code points
    static func decode(_ bytes: ArraySlice<UInt8>, isBytes: Bool) throws(Problem) -> [UInt8] {
        var start = bytes.startIndex
        var isRaw = false
        while bytes[start] != UInt8(ascii: "\""), bytes[start] != UInt8(ascii: "'") {
            if bytes[start] | 0x20 == UInt8(ascii: "r") { isRaw = true }
            start += 1
        }
        let mark = bytes[start]
        let isTriple = bytes.endIndex - start >= 6 && bytes[start + 1] == mark && bytes[start + 2] == mark
        let quotes = isTriple ? 3 : 1
        return try unescape(bytes[(start + quotes)..<(bytes.endIndex - quotes)], isRaw: isRaw, isBytes: isBytes)
    }

    private static func unescape(
        _ body: ArraySlice<UInt8>, isRaw: Bool, isBytes: Bool
    ) throws(Problem) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(body.count)
        var index = body.startIndex
        while index < body.endIndex {
            let byte = body[index]
            if byte == UInt8(ascii: "\r") {
                // Line ends are `\n` whatever the file had.
                result.append(UInt8(ascii: "\n"))
                index += index + 1 < body.endIndex && body[index + 1] == UInt8(ascii: "\n") ? 2 : 1
            } else if byte == UInt8(ascii: "\\"), !isRaw {
                index = try escape(body, at: index, isBytes: isBytes, into: &result)
            } else {
                result.append(byte)
                index += 1
            }
        }
        return result
    }

    /// - Returns: the position behind the escape.
    private static func escape(
        _ body: ArraySlice<UInt8>, at index: Int, isBytes: Bool, into result: inout [UInt8]
    ) throws(Problem) -> Int {
        let letter = body[index + 1]
        if let simple = EscapeSequence.simple(letter) {
            result.append(simple)
            return index + 2
        }
        let end: Int
        var code: UInt32 = 0
        switch letter {
        case UInt8(ascii: "x"), UInt8(ascii: "X"): end = index + 4
        case UInt8(ascii: "u"): end = index + 6
        case UInt8(ascii: "U"): end = index + 10
        default: end = index + 4
        }
        if letter.isDigit {
            for digit in body[(index + 1)..<end] { code = code * 8 + UInt32(digit - UInt8(ascii: "0")) }
        } else {
            for digit in body[(index + 2)..<end] { code = code << 4 | UInt32(digit.hexDigit ?? 0) }
        }
        if isBytes {
            guard letter != UInt8(ascii: "u"), letter != UInt8(ascii: "U") else { throw .codePointInBytes }
            result.append(UInt8(truncatingIfNeeded: code))
        } else {
            guard let scalar = Unicode.Scalar(code) else { throw .badCodePoint }
            result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
        return end
    }
}
