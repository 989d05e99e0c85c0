package import Diagnostics
package import Values

/// A strict JSON reader that knows where everything is: line and column per key and value, the place of an error.
///
/// Slower than `JSONParser` (simdjson), which keeps no positions, and used where positions or a precise complaint are
/// wanted, and for the numbers that simdjson refuses.
package enum JSONReader {
    package struct Options: Sendable {
        package var recordsPositions: Bool
        package var refusesDuplicateKeys: Bool

        package init(recordsPositions: Bool = true, refusesDuplicateKeys: Bool = true) {
            self.recordsPositions = recordsPositions
            self.refusesDuplicateKeys = refusesDuplicateKeys
        }
    }

    /// Reads a file that holds exactly one JSON value.
    package static func read(_ source: SourceFile, options: Options = Options()) throws(DocumentError) -> Document {
        guard source.bytes.count <= DocumentLimits.maximumFileBytes else {
            throw .tooLarge(
                "json-too-large", source.bytes.count, limit: DocumentLimits.maximumFileBytes, file: source)
        }
        let (document, end) = try readValue(source, from: Cursor.start(of: source), options: options)
        let rest = end.skippingSpace(in: source.bytes)
        if rest.offset < source.bytes.count {
            throw DocumentError(
                "json-syntax", "unexpected text after the JSON value", file: source, at: rest.position)
        }
        return document
    }

    /// Reads one value of a stream of values.
    ///
    /// - Returns: the document, and where the text goes on.
    static func readValue(
        _ source: SourceFile, from cursor: Cursor, options: Options
    ) throws(DocumentError) -> (Document, Cursor) {
        var failure: DocumentError?
        let result = source.bytes.withUnsafeBufferPointer { bytes -> (Document, Cursor)? in
            var scanner = JSONScanner(bytes: bytes, cursor: cursor, source: source, options: options)
            do throws(DocumentError) {
                try scanner.readValue(depth: 0)
                let end = scanner.cursor
                return (scanner.finish(), end)
            } catch {
                failure = error
                return nil
            }
        }
        guard let result else {
            throw failure ?? DocumentError("json-syntax", "invalid JSON", file: source)
        }
        return result
    }

    /// Reads a request that simdjson did not take, without positions. Duplicate keys pass, as they do there.
    static func readWithoutPositions(_ bytes: UnsafeBufferPointer<UInt8>) throws(DocumentError) -> Document {
        let options = Options(recordsPositions: false, refusesDuplicateKeys: false)
        var scanner = JSONScanner(bytes: bytes, cursor: Cursor(), source: nil, options: options)
        try scanner.readValue(depth: 0)
        return try scanner.finishAtEnd()
    }

    /// A place in the text with what is needed to tell its line and column at once.
    struct Cursor {
        var offset = 0
        var line = 1
        /// Offset of the line's first byte.
        var lineStart = 0
        /// Bytes since then that only continue a character.
        var continuations = 0

        var position: SourcePosition { SourcePosition(line: line, column: offset - lineStart - continuations + 1) }

        /// The first byte behind a byte order mark.
        static func start(of source: SourceFile) -> Cursor {
            let hasMark = source.bytes.starts(with: [0xEF, 0xBB, 0xBF])
            return hasMark ? Cursor(offset: 3, continuations: 2) : Cursor()
        }

        func skippingSpace(in bytes: [UInt8]) -> Cursor {
            var cursor = self
            while cursor.offset < bytes.count {
                switch bytes[cursor.offset] {
                case 0x20, 0x09, 0x0D: cursor.offset += 1
                case 0x0A: cursor.newLine()
                default: return cursor
                }
            }
            return cursor
        }

        mutating func newLine() {
            offset += 1
            line += 1
            lineStart = offset
            continuations = 0
        }
    }
}
