import Diagnostics
import Documents
import Values

/// Takes whole documents out of a YAML file; every other byte stays as it is.
struct DocumentCutter {
    private let file: SourceFile
    /// Lines, counted from 0, of each document with the `---` in front of it.
    private let segments: [Range<Int>]
    /// By segment, the root that is written there.
    private var roots: [Int: Node] = [:]
    private(set) var removed: Set<Int> = []

    /// Lines around a change that a diff shows.
    private static let context = 3

    init(path: String) throws(DocumentError) {
        let file = try FileReader.read(path: path)
        self.file = file
        let count = file.bytes.last == UInt8(ascii: "\n") ? file.lineStarts.count - 1 : file.lineStarts.count
        var starts = [0]
        for line in 0..<count {
            // At the start of a line these end a document wherever they stand, in block scalars too.
            let text = file.line(line + 1)
            if text.hasPrefix("...") || text.hasPrefix("%") {
                throw DocumentError(
                    "waiver-file", "`\(path)` has `\(text)`, which documents cannot be cut around", file: file,
                    at: SourcePosition(line: line + 1, column: 1))
            }
            if text == "---" || text.hasPrefix("--- ") || text.hasPrefix("---\t"), line > 0 { starts.append(line) }
        }
        segments = zip(starts, starts.dropFirst() + [count]).map { $0..<$1 }
        var stream = DocumentStream(file)
        while let document = try stream.next() {
            guard let line = document.root.position.map({ Int($0.line) - 1 }) else { continue }
            if let index = segments.firstIndex(where: { $0.contains(line) }) { roots[index] = document.root }
        }
    }

    /// - Returns: false if the object at the position is no document of its own.
    mutating func remove(documentAt position: SourcePosition) -> Bool {
        guard let index = roots.first(where: { $0.value.position == position && $0.value["items"] == nil })?.key else {
            return false
        }
        removed.insert(index)
        return true
    }

    /// What is left.
    var bytes: [UInt8] {
        var out: [UInt8] = []
        for (index, lines) in segments.enumerated() where !removed.contains(index) {
            let end = lines.upperBound < file.lineStarts.count ? file.lineStarts[lines.upperBound] : file.bytes.count
            out += file.bytes[file.lineStarts[lines.lowerBound]..<end]
        }
        return out
    }

    /// Whether nothing is left that a reader would see.
    var isEmpty: Bool { roots.keys.allSatisfy(removed.contains) && removed.count == segments.count }

    /// A line with all but its line feed: a diff without the carriage return would not apply.
    private func text(_ line: Int) -> String {
        let end = line + 1 < file.lineStarts.count ? file.lineStarts[line + 1] - 1 : file.bytes.count
        return String(decoding: file.bytes[file.lineStarts[line]..<end], as: UTF8.self)
    }

    /// In the unified format, byte for byte.
    var diff: String {
        var out = "--- \(file.name)\n+++ \(isEmpty ? "/dev/null" : file.name)\n"
        let gone = Set(removed.flatMap { Array(segments[$0]) })
        let last = segments.last?.upperBound ?? 0
        var line = 0
        // The line's number in what is left.
        var left = 0
        while line < last {
            guard let first = (line..<last).first(where: gone.contains) else { break }
            var end = first
            // Changes whose surroundings meet are one.
            while let next = (end..<last).first(where: gone.contains), next - end <= 2 * Self.context {
                end = (next..<last).first { !gone.contains($0) } ?? last
            }
            let from = max(line, first - Self.context)
            let upTo = min(last, end + Self.context)
            left += from - line
            let kept = (from..<upTo).count { !gone.contains($0) }
            // An empty side is named by the line in front of it.
            let start = kept == 0 ? left : left + 1
            out += "@@ -\(from + 1),\(upTo - from) +\(start),\(kept) @@\n"
            for number in from..<upTo { out += (gone.contains(number) ? "-" : " ") + text(number) + "\n" }
            left += kept
            line = upTo
        }
        return out
    }
}
