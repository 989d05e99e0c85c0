/// The reader behind `ScalarMap`: walks a scalar's source text and its value side by side.
struct ScalarScanner {
    private let text: [UInt8]
    private let value: [UInt8]
    /// Offset in `text`.
    private var at: Int
    /// Offset in `value`.
    private var produced = 0
    private var segments: [ScalarMap.Segment] = []

    init(text: [UInt8], value: [UInt8], at offset: Int) {
        self.text = text
        self.value = value
        at = offset
    }

    mutating func scan() -> [ScalarMap.Segment]? {
        skipProperties()
        let isGood =
            switch peek() {
            case UInt8(ascii: "\""): scanDoubleQuoted()
            case UInt8(ascii: "'"): scanSingleQuoted()
            case UInt8(ascii: "|"), UInt8(ascii: ">"): scanBlock()
            default: scanPlain()
            }
        guard isGood, produced == value.count else { return nil }
        segments.append(ScalarMap.Segment(value: produced, file: at))
        return segments
    }

    private func peek(_ distance: Int = 0) -> UInt8 { at + distance < text.count ? text[at + distance] : 0 }
    private var isAtEnd: Bool { at >= text.count }
    private var isDone: Bool { produced == value.count }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Length of the line end at a distance; 0 if there is none. A value has `\n` for all but U+2028 and U+2029.
    private func lineEnd(_ distance: Int = 0) -> Int {
        switch peek(distance) {
        case 0x0A: 1
        case 0x0D: peek(distance + 1) == 0x0A ? 2 : 1
        case 0xC2 where peek(distance + 1) == 0x85: 2
        case 0xE2 where peek(distance + 1) == 0x80 && peek(distance + 2) & 0xFE == 0xA8: 3
        default: 0
        }
    }

    /// Passes over an anchor, a tag, and the space and comments behind them.
    private mutating func skipProperties() {
        while peek() == UInt8(ascii: "&") || peek() == UInt8(ascii: "!") {
            while !isAtEnd, !Self.isBlank(peek()), lineEnd() == 0 { at += 1 }
            while !isAtEnd, Self.isBlank(peek()) || lineEnd() > 0 || peek() == UInt8(ascii: "#") {
                if peek() == UInt8(ascii: "#") {
                    while !isAtEnd, lineEnd() == 0 { at += 1 }
                } else {
                    at += 1
                }
            }
        }
    }

    /// Starts a segment here unless the last one just goes on.
    private mutating func mark() {
        if let last = segments.last, produced - last.value == at - last.file { return }
        segments.append(ScalarMap.Segment(value: produced, file: at))
    }

    /// Takes one byte that stands for itself.
    private mutating func take() -> Bool {
        guard !isDone, value[produced] == peek() else { return false }
        mark()
        at += 1
        produced += 1
        return true
    }

    /// Takes bytes of the value that `length` bytes of text stand for.
    private mutating func take(_ bytes: [UInt8], for length: Int) -> Bool {
        guard value[produced...].starts(with: bytes) else { return false }
        segments.append(ScalarMap.Segment(value: produced, file: at))
        produced += bytes.count
        at += length
        return true
    }

    /// Takes one line end as it is: `\n`, or U+2028 and U+2029 themselves.
    private mutating func takeLineEnd() -> Bool {
        let length = lineEnd()
        return take(length == 3 ? Array(text[at..<(at + 3)]) : [0x0A], for: length)
    }

    /// Takes the line ends from here to the next text, and the blanks around them: one is a space, n are n-1 newlines.
    ///
    /// - Parameter isEscaped: whether the first line end stands for nothing, because of a backslash before it.
    private mutating func takeFold(isEscaped: Bool = false) -> Bool {
        let start = at
        let first = lineEnd()
        at += first
        var rest: [Int] = []
        while true {
            while Self.isBlank(peek()) { at += 1 }
            guard lineEnd() > 0 else { break }
            rest.append(at)
            at += lineEnd()
        }
        let end = at
        at = start
        if !isEscaped, first == 3 {
            guard takeLineEnd() else { return false }
        } else if !isEscaped, rest.isEmpty {
            guard take([0x20], for: first) else { return false }
        }
        for offset in rest {
            at = offset
            guard takeLineEnd() else { return false }
        }
        at = end
        return true
    }

    /// Takes blanks inside of a line, or drops them with the line end that follows.
    private mutating func takeBlanks() -> Bool {
        var count = 0
        while Self.isBlank(peek(count)) { count += 1 }
        if lineEnd(count) > 0 {
            at += count
            return takeFold()
        }
        for _ in 0..<count where !take() { return false }
        return true
    }
}

// MARK: - Flow scalars

extension ScalarScanner {
    private mutating func scanPlain() -> Bool {
        while !isDone {
            if isAtEnd { return false }
            let isTaken = Self.isBlank(peek()) || lineEnd() > 0 ? takeBlanks() : take()
            if !isTaken { return false }
        }
        return true
    }

    private mutating func scanSingleQuoted() -> Bool {
        at += 1
        while !isAtEnd {
            if peek() == UInt8(ascii: "'") {
                if peek(1) != UInt8(ascii: "'") { return true }
                guard take([UInt8(ascii: "'")], for: 2) else { return false }
            } else {
                let isTaken = Self.isBlank(peek()) || lineEnd() > 0 ? takeBlanks() : take()
                if !isTaken { return false }
            }
        }
        return false
    }

    private mutating func scanDoubleQuoted() -> Bool {
        at += 1
        while !isAtEnd {
            let isTaken: Bool
            switch peek() {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): isTaken = takeEscape()
            case let byte where Self.isBlank(byte) || lineEnd() > 0: isTaken = takeBlanks()
            default: isTaken = take()
            }
            if !isTaken { return false }
        }
        return false
    }

    private mutating func takeEscape() -> Bool {
        if lineEnd(1) > 0 {
            at += 1
            return takeFold(isEscaped: true)
        }
        let scalar: Unicode.Scalar?
        var length = 2
        switch peek(1) {
        case UInt8(ascii: "0"): scalar = "\0"
        case UInt8(ascii: "a"): scalar = "\u{07}"
        case UInt8(ascii: "b"): scalar = "\u{08}"
        case UInt8(ascii: "t"), 0x09: scalar = "\t"
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "v"): scalar = "\u{0B}"
        case UInt8(ascii: "f"): scalar = "\u{0C}"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "e"): scalar = "\u{1B}"
        case UInt8(ascii: "N"): scalar = "\u{85}"
        case UInt8(ascii: "_"): scalar = "\u{A0}"
        case UInt8(ascii: "L"): scalar = "\u{2028}"
        case UInt8(ascii: "P"): scalar = "\u{2029}"
        case UInt8(ascii: "x"): (scalar, length) = hexEscape(2)
        case UInt8(ascii: "u"): (scalar, length) = hexEscape(4)
        case UInt8(ascii: "U"): (scalar, length) = hexEscape(8)
        case let byte: scalar = byte < 0x80 ? Unicode.Scalar(byte) : nil
        }
        guard let scalar else { return false }
        return take(Array(String(scalar).utf8), for: length)
    }

    /// The character of `\x`, `\u` or `\U` and the escape's length; JSON writes two `\u` for one character.
    private func hexEscape(_ digits: Int) -> (Unicode.Scalar?, Int) {
        guard let unit = hex(from: 2, digits) else { return (nil, 0) }
        let length = 2 + digits
        guard unit & 0xFFFF_F800 == 0xD800 else { return (Unicode.Scalar(unit), length) }
        if unit & 0xFC00 == 0xD800, peek(length) == UInt8(ascii: "\\"), peek(length + 1) == UInt8(ascii: "u"),
            let low = hex(from: length + 2, 4), low & 0xFC00 == 0xDC00
        {
            return (Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF), length + 6)
        }
        return ("\u{FFFD}", length)
    }

    private func hex(from distance: Int, _ digits: Int) -> UInt32? {
        var unit: UInt32 = 0
        for index in 0..<digits {
            guard let digit = Numbers.digit(peek(distance + index)), digit < 16 else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}

// MARK: - Block scalars

extension ScalarScanner {
    private mutating func scanBlock() -> Bool {
        while !isAtEnd, lineEnd() == 0 { at += 1 }
        at += lineEnd()
        guard let indentation else { return takeEmptyLines() }
        while !isDone {
            if isAtEnd { return false }
            skipIndentation(indentation)
            while lineEnd() == 0, !isAtEnd, !isDone {
                guard take() else { return false }
            }
            if isDone { return true }
            // The reader adds a line end to a text that has none at its end.
            if isAtEnd { return take([0x0A], for: 0) }
            guard takeLineEnds(indentation) else { return false }
        }
        return true
    }

    /// Spaces before each line: those of the first line with text, less the spaces that the value has there.
    private var indentation: Int? {
        guard let first = value.firstIndex(where: { $0 != 0x0A }) else { return nil }
        let kept = value[first...].prefix { $0 == 0x20 }.count
        var offset = at
        // Leading lines of spaces alone may be text, if they are longer than the indentation.
        for _ in 0..<first {
            guard let end = text[offset...].firstIndex(of: 0x0A) else { return nil }
            offset = end + 1
        }
        let spaces = text[offset...].prefix { $0 == 0x20 }.count
        return spaces >= kept ? spaces - kept : nil
    }

    private mutating func skipIndentation(_ limit: Int) {
        var count = 0
        while count < limit, peek() == 0x20 {
            at += 1
            count += 1
        }
    }

    /// Takes the line end under the cursor and those of empty lines below it.
    ///
    /// The value tells how much of them is left: all (literal style, or next to a more indented line), all but one
    /// (folded), or a space (a single one, folded).
    private mutating func takeLineEnds(_ indentation: Int) -> Bool {
        let start = at
        var ends = [at]
        at += lineEnd()
        while true {
            let lineStart = at
            skipIndentation(indentation)
            guard lineEnd() > 0 else {
                at = lineStart
                break
            }
            ends.append(at)
            at += lineEnd()
        }
        let next = at
        let breaks = value[produced...].prefix { $0 == 0x0A }.count
        at = start
        if breaks == 0 {
            // U+2028 and U+2029 stay; all others fold.
            guard ends.count == 1, lineEnd() == 3 ? takeLineEnd() : take([0x20], for: lineEnd()) else { return false }
        } else {
            for offset in ends.suffix(min(breaks, ends.count)) {
                at = offset
                guard takeLineEnd() else { return false }
            }
        }
        if !isDone { at = next }
        return true
    }

    /// A block that is nothing but line ends.
    private mutating func takeEmptyLines() -> Bool {
        while !isDone {
            while peek() == 0x20 { at += 1 }
            guard lineEnd() > 0, takeLineEnd() else { return false }
        }
        return true
    }
}
