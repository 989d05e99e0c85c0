package import Values

/// Writes nodes as JSON: numbers and escapes as Go's encoding/json has them, so that outputs can be compared.
package struct JSONWriter: Sendable {
    /// Spaces per level; nil writes everything on one line without spaces.
    package var indent: Int?
    /// Whether maps are written in the order of their keys' bytes, as Go does, instead of the document's.
    package var sortsKeys: Bool
    /// Whether `<`, `>` and `&` are escaped, as Go does unless told otherwise.
    package var escapesHTML: Bool

    package init(indent: Int? = nil, sortsKeys: Bool = false, escapesHTML: Bool = false) {
        self.indent = indent
        self.sortsKeys = sortsKeys
        self.escapesHTML = escapesHTML
    }

    package func write(_ node: Node) -> [UInt8] {
        var out: [UInt8] = []
        write(node, to: &out)
        return out
    }

    package func write(_ node: Node, to out: inout [UInt8]) {
        write(node, level: 0, to: &out)
    }

    private func write(_ node: Node, level: Int, to out: inout [UInt8]) {
        switch node.kind {
        case .null: Self.append("null", to: &out)
        case .bool: Self.append(node.bool == true ? "true" : "false", to: &out)
        case .int: Numbers.append(node.int ?? 0, to: &out)
        // Above Int64.max numbers are doubles to every reader of an object; printing all digits would hide it.
        case .uint: Numbers.append(Double(node.uint ?? 0), to: &out)
        case .double: Self.appendNumber(node.double ?? 0, to: &out)
        case .string: writeString(node.utf8, to: &out)
        case .list:
            var isFirst = true
            out.append(UInt8(ascii: "["))
            for element in node.elements {
                separate(&isFirst, level: level + 1, in: &out)
                write(element, level: level + 1, to: &out)
            }
            close(with: UInt8(ascii: "]"), isEmpty: isFirst, level: level, in: &out)
        case .map:
            var isFirst = true
            out.append(UInt8(ascii: "{"))
            if sortsKeys {
                let entries = node.entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                for entry in entries { write(entry, &isFirst, level: level + 1, to: &out) }
            } else {
                for entry in node.entries { write(entry, &isFirst, level: level + 1, to: &out) }
            }
            close(with: UInt8(ascii: "}"), isEmpty: isFirst, level: level, in: &out)
        }
    }

    private func write(
        _ entry: (key: Node, value: Node), _ isFirst: inout Bool, level: Int, to out: inout [UInt8]
    ) {
        separate(&isFirst, level: level, in: &out)
        writeString(entry.key.utf8, to: &out)
        out.append(UInt8(ascii: ":"))
        if indent != nil { out.append(UInt8(ascii: " ")) }
        write(entry.value, level: level, to: &out)
    }

    private func separate(_ isFirst: inout Bool, level: Int, in out: inout [UInt8]) {
        if !isFirst { out.append(UInt8(ascii: ",")) }
        isFirst = false
        newLine(level, in: &out)
    }

    private func close(with bracket: UInt8, isEmpty: Bool, level: Int, in out: inout [UInt8]) {
        if !isEmpty { newLine(level, in: &out) }
        out.append(bracket)
    }

    private func newLine(_ level: Int, in out: inout [UInt8]) {
        guard let indent else { return }
        out.append(UInt8(ascii: "\n"))
        out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * level))
    }
}

// MARK: - Parts, for callers that write JSON around nodes

extension JSONWriter {
    package static func append(_ text: StaticString, to out: inout [UInt8]) {
        out.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// A number as Go prints it; what JSON cannot hold becomes a string, `"NaN"`, `"Infinity"` or `"-Infinity"`.
    package static func appendNumber(_ value: Double, to out: inout [UInt8]) {
        if value.isFinite {
            Numbers.append(value, to: &out)
        } else if value.isNaN {
            append("\"NaN\"", to: &out)
        } else {
            append(value < 0 ? "\"-Infinity\"" : "\"Infinity\"", to: &out)
        }
    }

    package static func appendNumber(_ value: Int64, to out: inout [UInt8]) { Numbers.append(value, to: &out) }
    package static func appendNumber(_ value: UInt64, to out: inout [UInt8]) { Numbers.append(value, to: &out) }

    package func writeString(_ text: String, to out: inout [UInt8]) {
        var text = text
        text.withUTF8 { writeString($0, to: &out) }
    }

    /// A string in quotes. `text` must be UTF-8.
    package func writeString(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        var run = 0
        var at = 0
        while at < text.count {
            let byte = text[at]
            // 0xE2 starts U+2028 and U+2029, which Go escapes for the sake of JavaScript.
            guard Self.isSpecial[Int(byte)], let escape = escape(byte, text, at) else {
                at += 1
                continue
            }
            out.append(contentsOf: text[run..<at])
            Self.append(escape.text, to: &out)
            if escape.isHex {
                out.append(Self.hexDigits[Int(byte >> 4)])
                out.append(Self.hexDigits[Int(byte & 15)])
            }
            at += escape.length
            run = at
        }
        out.append(contentsOf: text[run...])
        out.append(UInt8(ascii: "\""))
    }

    private struct Escape {
        var text: StaticString
        /// Whether the byte follows in hexadecimal digits.
        var isHex = false
        /// Bytes of input.
        var length = 1
    }

    private func escape(_ byte: UInt8, _ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> Escape? {
        switch byte {
        case UInt8(ascii: "\""): return Escape(text: "\\\"")
        case UInt8(ascii: "\\"): return Escape(text: "\\\\")
        case 0x0A: return Escape(text: "\\n")
        case 0x0D: return Escape(text: "\\r")
        case 0x09: return Escape(text: "\\t")
        case 0x08: return Escape(text: "\\b")
        case 0x0C: return Escape(text: "\\f")
        case 0..<0x20: return Escape(text: "\\u00", isHex: true)
        case 0xE2:
            guard at + 2 < text.count, text[at + 1] == 0x80, text[at + 2] & 0xFE == 0xA8 else { return nil }
            return Escape(text: text[at + 2] == 0xA8 ? "\\u2028" : "\\u2029", length: 3)
        default: return escapesHTML ? Escape(text: "\\u00", isHex: true) : nil
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// Bytes that may need an escape.
    private static let isSpecial: [Bool] = (0..<256).map {
        $0 < 0x20 || $0 == 0xE2 || "\"\\<>&".utf8.contains(UInt8($0))
    }
}
