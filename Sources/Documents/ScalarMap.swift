package import Diagnostics
package import Values

/// Tells where each byte of a string's value stands in its file.
///
/// A value is not its source text: quotes, escapes, folded lines and indentation are gone. This reads the source text
/// once more, beside the value, so that an error inside an expression in a quoted or block scalar points at the right
/// line and column. Each step is checked against the value; where they part, there is no map.
package struct ScalarMap: Sendable {
    /// A stretch of the value that stands in the file as it is.
    struct Segment: Sendable {
        /// Offset in the value, in bytes.
        var value: Int
        /// Offset in the file, in bytes.
        var file: Int
    }

    private let source: SourceFile
    /// In order; the last one marks the end of the value.
    private let segments: [Segment]

    /// - Returns: nil if the node is no string, has no position, or comes from elsewhere (an alias to another type, a
    ///   `!!binary`).
    package init?(_ node: Node) {
        guard node.kind == .string, let source = node.document.source, let position = node.position,
            let offset = source.byteOffset(of: position)
        else { return nil }
        var scanner = ScalarScanner(text: source.bytes, value: Array(node.utf8), at: offset)
        guard let segments = scanner.scan() else { return nil }
        self.source = source
        self.segments = segments
    }

    /// The file position of a byte of the value; of an escape or a folded line end, where that starts.
    ///
    /// - Parameter offset: in UTF-8 bytes; the value's length gives the position behind its last character.
    package func position(utf8Offset offset: Int) -> SourcePosition {
        source.position(atByte: fileOffset(utf8Offset: offset))
    }

    package func range(utf8Offsets range: Range<Int>) -> SourceRange {
        SourceRange(start: position(utf8Offset: range.lowerBound), end: end(utf8Offset: range.upperBound))
    }

    /// The position behind the byte before `offset`, which differs from that of `offset` at line ends.
    private func end(utf8Offset offset: Int) -> SourcePosition {
        guard offset > 0 else { return position(utf8Offset: 0) }
        let last = segment(at: offset - 1)
        let distance = offset - segments[last].value
        if last + 1 < segments.count, segments[last + 1].value == offset {
            // An escape ends where the next segment starts, if that is on the same line.
            let start = source.position(atByte: segments[last].file + distance - 1)
            let next = source.position(atByte: segments[last + 1].file)
            if next.line == start.line { return next }
        }
        return source.position(atByte: segments[last].file + distance)
    }

    func fileOffset(utf8Offset offset: Int) -> Int {
        let index = segment(at: offset)
        return segments[index].file + max(0, offset - segments[index].value)
    }

    /// Index of the last segment that starts at or before `offset`.
    private func segment(at offset: Int) -> Int {
        var low = 0
        var high = segments.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if segments[middle].value <= offset { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
