package import Diagnostics
package import Values

extension Node {
    /// The stretch of text that shows best where a node inside this one is: the node itself, or for a container or a
    /// null (which may have no text at all) the key that it belongs to.
    package func textRange(of target: Node) -> SourceRange? {
        let showsKey = target.isMap || target.isList || target.isNull
        return (showsKey ? key(of: target)?.textRange : nil) ?? target.textRange
    }

    /// The key whose value `target` is; nil for list elements and for nodes elsewhere.
    private func key(of target: Node) -> Node? {
        guard document === target.document else { return nil }
        var current = self
        // INVARIANT: each round goes down one level, so the document's depth bounds the loop.
        while current.index < target.index, target.index < current.endIndex {
            var next: Node?
            for (key, value) in current.entries where target.index < value.endIndex {
                if value.index == target.index { return key }
                next = value
                break
            }
            for element in current.elements where target.index < element.endIndex {
                next = element
                break
            }
            guard let next else { return nil }
            current = next
        }
        return nil
    }

    /// The stretch of text to underline for this node: a scalar as it is written, of a container its first character.
    ///
    /// nil if the document has no positions.
    package var textRange: SourceRange? {
        guard let start = position else { return nil }
        guard let file = document.source, !isMap, !isList else { return SourceRange(at: start) }
        let line = Array(file.line(Int(start.line)).unicodeScalars)
        let first = Int(start.column) - 1
        guard first < line.count else { return SourceRange(at: start) }
        let length = plainTextLength(in: line[first...]) ?? Self.scalarLength(line[first...])
        return SourceRange(start: start, end: SourcePosition(line: Int(start.line), column: first + 1 + length))
    }

    /// The length of a string that stands in the text as it is, without quotes; nil for all others.
    private func plainTextLength(in line: ArraySlice<Unicode.Scalar>) -> Int? {
        guard let string, !string.isEmpty, line.starts(with: string.unicodeScalars) else { return nil }
        return string.unicodeScalars.count
    }

    /// Scalars of text that a YAML or JSON scalar takes on its first line.
    private static func scalarLength(_ line: ArraySlice<Unicode.Scalar>) -> Int {
        guard let first = line.first else { return 0 }
        switch first {
        case "\"", "'": return quotedLength(line, quote: first)
        case "|", ">", "&", "*", "!": return line.prefix { $0 != " " }.count
        default: return plainLength(line)
        }
    }

    private static func quotedLength(_ line: ArraySlice<Unicode.Scalar>, quote: Unicode.Scalar) -> Int {
        var at = line.startIndex + 1
        while at < line.endIndex {
            if line[at] == quote {
                // Two single quotes are one quote inside.
                guard quote == "'", at + 1 < line.endIndex, line[at + 1] == "'" else { return at + 1 - line.startIndex }
                at += 1
            } else if line[at] == "\\", quote == "\"" {
                at += 1
            }
            at += 1
        }
        return line.count
    }

    private static func plainLength(_ line: ArraySlice<Unicode.Scalar>) -> Int {
        var end = line.startIndex
        var at = line.startIndex
        while at < line.endIndex {
            let scalar = line[at]
            let next = at + 1 < line.endIndex ? line[at + 1] : " "
            let isSpace = scalar == " " || scalar == "\t"
            if isSpace, next == "#" { break }
            if ",]}".unicodeScalars.contains(scalar) { break }
            if scalar == ":", next == " " { break }
            if !isSpace { end = at + 1 }
            at += 1
        }
        return max(1, end - line.startIndex)
    }
}
