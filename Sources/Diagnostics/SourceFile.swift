/// The name and the bytes of a text that diagnostics point into.
///
/// The bytes stay as they were read: positions refer to them, so nothing may be normalised away.
package final class SourceFile: Sendable {
    /// The path as the user gave it, or `<stdin>`.
    package let name: String
    package let bytes: [UInt8]
    /// Offset of the first byte of each line.
    package let lineStarts: [Int]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        lineStarts = starts
    }

    package convenience init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    /// The text of a line without its line end; empty for a line that does not exist.
    ///
    /// - Parameter line: counted from 1.
    package func line(_ line: Int) -> String {
        guard line >= 1, line <= lineStarts.count else { return "" }
        let start = lineStarts[line - 1]
        var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
    }

    /// The position of a byte offset; offsets past the end give the end.
    package func position(atByte offset: Int) -> SourcePosition {
        let offset = min(max(offset, 0), bytes.count)
        var low = 0
        var high = lineStarts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
        }
        let scalars = bytes[lineStarts[low]..<offset].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
        return SourcePosition(line: low + 1, column: scalars + 1)
    }

    /// The byte offset of a position, or nil for one that the file does not have; the inverse of `position(atByte:)`.
    package func byteOffset(of position: SourcePosition) -> Int? {
        guard position.line >= 1, Int(position.line) <= lineStarts.count, position.column >= 1 else { return nil }
        var offset = lineStarts[Int(position.line) - 1]
        var column = 1
        while column < position.column {
            guard offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") else { return nil }
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
            column += 1
        }
        return offset
    }
}
