import Diagnostics
import Values

/// The recursive-descent reader behind `JSONReader`, for one value.
struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    var cursor: JSONReader.Cursor
    private let source: SourceFile?
    private let options: JSONReader.Options
    private var builder: DocumentBuilder
    private var keys = KeyTable()
    private var text: [UInt8] = []

    init(
        bytes: UnsafeBufferPointer<UInt8>, cursor: JSONReader.Cursor, source: SourceFile?, options: JSONReader.Options
    ) {
        self.bytes = bytes
        self.cursor = cursor
        self.source = source
        self.options = options
        builder = DocumentBuilder(recordsPositions: options.recordsPositions)
    }

    consuming func finish() -> Document { builder.finish(source: options.recordsPositions ? source : nil) }

    consuming func finishAtEnd() throws(DocumentError) -> Document {
        skipSpace()
        if cursor.offset < bytes.count { throw error("unexpected text after the JSON value") }
        return finish()
    }

    private var current: UInt8? { cursor.offset < bytes.count ? bytes[cursor.offset] : nil }

    private func error(_ message: String, id: String = "json-syntax", help: String? = nil) -> DocumentError {
        DocumentError(id, message, file: source, at: cursor.position, help: help)
    }

    private mutating func skipSpace() {
        while cursor.offset < bytes.count {
            switch bytes[cursor.offset] {
            case 0x20, 0x09, 0x0D: cursor.offset += 1
            case 0x0A: cursor.newLine()
            default: return
            }
        }
    }

    /// The character under the cursor, for messages.
    private var found: String {
        guard let current else { return "the end of the text" }
        switch current {
        case 0x0A, 0x0D: return "the end of the line"
        case 0x20..<0x7F: return "`\(Character(Unicode.Scalar(current)))`"
        case 0x80...: return "a character outside of a string"
        default: return "a control character"
        }
    }

    mutating func readValue(depth: Int) throws(DocumentError) {
        skipSpace()
        if Int(builder.nextIndex) >= DocumentLimits.maximumTapeWords {
            throw .tooManyNodes("json-too-many-values", file: source, at: cursor.position)
        }
        let position = cursor.position
        switch current {
        case UInt8(ascii: "{"): try readMap(depth: depth)
        case UInt8(ascii: "["): try readList(depth: depth)
        case UInt8(ascii: "\""):
            try readString()
            text.withUnsafeBufferPointer { builder.append(utf8: $0, at: position) }
        case .some(UInt8(ascii: "0")...UInt8(ascii: "9")), UInt8(ascii: "-"): try readNumber()
        case UInt8(ascii: "t"):
            try expect("true")
            builder.append(true, at: position)
        case UInt8(ascii: "f"):
            try expect("false")
            builder.append(false, at: position)
        case UInt8(ascii: "n"):
            try expect("null")
            builder.appendNull(at: position)
        default: throw error("expected a JSON value, found \(found)")
        }
    }

    private mutating func expect(_ word: StaticString) throws(DocumentError) {
        let count = word.utf8CodeUnitCount
        let matches =
            cursor.offset + count <= bytes.count
            && (0..<count).allSatisfy { bytes[cursor.offset + $0] == word.utf8Start[$0] }
        guard matches else { throw error("expected a JSON value, found \(found)") }
        cursor.offset += count
    }

    private mutating func readMap(depth: Int) throws(DocumentError) {
        guard depth < DocumentLimits.maximumDepth else {
            throw .tooDeep("json-depth-limit", file: source, at: cursor.position)
        }
        builder.beginMap(at: cursor.position)
        keys.beginMap()
        cursor.offset += 1
        skipSpace()
        if current == UInt8(ascii: "}") {
            cursor.offset += 1
        } else {
            while true {
                try readKey()
                skipSpace()
                guard current == UInt8(ascii: ":") else { throw error("expected `:` after the key, found \(found)") }
                cursor.offset += 1
                try readValue(depth: depth + 1)
                if try endsContainer(with: UInt8(ascii: "}")) { break }
            }
        }
        builder.endMap()
        keys.endMap()
    }

    private mutating func readKey() throws(DocumentError) {
        skipSpace()
        guard current == UInt8(ascii: "\"") else {
            throw error("expected a key in double quotes, found \(found)")
        }
        let start = cursor
        try readString()
        try text.withUnsafeBufferPointer { key throws(DocumentError) in
            if options.refusesDuplicateKeys, let earlier = keys.insert(key, at: builder.nextIndex, in: builder) {
                throw .duplicateKey(
                    "json-duplicate-key", String(decoding: key, as: UTF8.self), file: source, at: start.position,
                    earlier: builder.position(at: earlier))
            }
            builder.appendKey(utf8: key, at: start.position)
        }
    }

    private mutating func readList(depth: Int) throws(DocumentError) {
        guard depth < DocumentLimits.maximumDepth else {
            throw .tooDeep("json-depth-limit", file: source, at: cursor.position)
        }
        builder.beginList(at: cursor.position)
        cursor.offset += 1
        skipSpace()
        if current == UInt8(ascii: "]") {
            cursor.offset += 1
        } else {
            repeat { try readValue(depth: depth + 1) } while try !endsContainer(with: UInt8(ascii: "]"))
        }
        builder.endList()
    }

    /// Consumes the comma or the closing bracket behind a member; true for the bracket.
    private mutating func endsContainer(with closing: UInt8) throws(DocumentError) -> Bool {
        skipSpace()
        guard let byte = current, byte == UInt8(ascii: ",") || byte == closing else {
            throw error("expected `,` or `\(Character(Unicode.Scalar(closing)))`, found \(found)")
        }
        cursor.offset += 1
        return byte == closing
    }
}

extension JSONScanner {
    private mutating func readNumber() throws(DocumentError) {
        let start = cursor
        if current == UInt8(ascii: "-") { cursor.offset += 1 }
        let first = current
        let integerDigits = skipDigits()
        guard integerDigits > 0 else { throw error("expected a digit, found \(found)") }
        if integerDigits > 1, first == UInt8(ascii: "0") {
            cursor = start
            throw error("a number must not start with a zero")
        }
        var isInteger = true
        if current == UInt8(ascii: ".") {
            isInteger = false
            cursor.offset += 1
            guard skipDigits() > 0 else { throw error("expected a digit after the decimal point, found \(found)") }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            cursor.offset += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { cursor.offset += 1 }
            guard skipDigits() > 0 else { throw error("expected a digit in the exponent, found \(found)") }
        }
        let digits = UnsafeBufferPointer(rebasing: bytes[start.offset..<cursor.offset])
        if isInteger, let value = Numbers.integer(digits) {
            switch value {
            case .signed(let value): builder.append(value, at: start.position)
            case .unsigned(let value): builder.append(value, at: start.position)
            }
        } else if let value = Numbers.double(digits) {
            builder.append(value, at: start.position)
        } else {
            cursor = start
            throw error("the number is too large for a double", id: "json-number-range")
        }
    }

    private mutating func skipDigits() -> Int {
        let start = cursor.offset
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { cursor.offset += 1 }
        return cursor.offset - start
    }

    /// Reads a string from its opening quote into `text`.
    private mutating func readString() throws(DocumentError) {
        let start = cursor
        cursor.offset += 1
        text.removeAll(keepingCapacity: true)
        while true {
            let run = cursor.offset
            while let byte = current, byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
            {
                cursor.offset += 1
            }
            text.append(contentsOf: bytes[run..<cursor.offset])
            switch current {
            case UInt8(ascii: "\""):
                cursor.offset += 1
                return
            case UInt8(ascii: "\\"): try readEscape()
            case nil:
                cursor = start
                throw error("the string has no closing quote")
            case .some(let byte) where byte < 0x20:
                throw error(
                    "\(found) inside a string", help: "write it as an escape, such as `\\n` or `\\t`")
            case .some:
                let length = UTF8Validation.length(of: bytes, at: cursor.offset)
                guard length > 0 else { throw error("the text is not valid UTF-8", id: "json-encoding") }
                text.append(contentsOf: bytes[cursor.offset..<(cursor.offset + length)])
                cursor.offset += length
                cursor.continuations += length - 1
            }
        }
    }

    private mutating func readEscape() throws(DocumentError) {
        let start = cursor
        cursor.offset += 1
        let escape = current
        cursor.offset += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape ?? 0)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            guard var unit = readHex() else {
                cursor = start
                throw error("expected four hexadecimal digits after `\\u`")
            }
            if unit & 0xFC00 == 0xD800, let low = readLowSurrogate() {
                unit = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
            }
            // A lone surrogate becomes U+FFFD, as Go's decoder has it.
            text.append(contentsOf: String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
        default:
            cursor = start
            throw error("unknown escape in a string", help: "a backslash itself is written `\\\\`")
        }
    }

    private mutating func readLowSurrogate() -> UInt32? {
        let start = cursor
        if cursor.offset + 1 < bytes.count, bytes[cursor.offset] == UInt8(ascii: "\\"),
            bytes[cursor.offset + 1] == UInt8(ascii: "u")
        {
            cursor.offset += 2
            if let low = readHex(), low & 0xFC00 == 0xDC00 { return low }
        }
        cursor = start
        return nil
    }

    private mutating func readHex() -> UInt32? {
        guard cursor.offset + 4 <= bytes.count else { return nil }
        var unit: UInt32 = 0
        for byte in bytes[cursor.offset..<(cursor.offset + 4)] {
            guard let digit = Numbers.digit(byte), digit < 16 else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        cursor.offset += 4
        return unit
    }
}
