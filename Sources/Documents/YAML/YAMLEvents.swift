import CYAML
import Diagnostics

/// libyaml's event stream over one stretch of a source file.
///
/// A class because libyaml's parser points into itself and must be freed once.
final class YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutablePointer<UInt8>
    private let marks: YAMLMarks
    private let source: SourceFile
    /// The current event. A pointer, because accesses to a class's variables are checked one by one at run time.
    let event: UnsafeMutablePointer<yaml_event_t>

    /// - Parameter offset: where to start, in bytes: the start of a line.
    init?(_ source: SourceFile, from offset: Int) {
        self.source = source
        marks = YAMLMarks(source, from: offset)
        let start = marks.startOffset
        var count = source.bytes.count - start
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 1)
        source.bytes.withUnsafeBufferPointer { bytes in
            if let base = bytes.baseAddress { copy.update(from: base + start, count: count) }
        }
        // As kubectl has it, the last line always has an end: it counts for a block scalar's value.
        if source.bytes.last != UInt8(ascii: "\n") {
            copy[count] = UInt8(ascii: "\n")
            count += 1
        }
        text = copy
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        event = .allocate(capacity: 1)
        event.initialize(to: yaml_event_t())
        guard yaml_parser_initialize(parser) == 1 else { return nil }
        yaml_parser_set_input_string(parser, text, count)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        yaml_event_delete(event)
        event.deallocate()
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }

    var type: yaml_event_type_t { event.pointee.type }
    var position: SourcePosition { marks.position(event.pointee.start_mark) }

    /// Replaces the event by the next one.
    func advance() throws(DocumentError) {
        yaml_event_delete(event)
        if yaml_parser_parse(parser, event) == 0 { throw failure }
    }

    /// The complaint behind a failed `advance`.
    private var failure: DocumentError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "unknown problem"
        switch parser.pointee.error {
        case YAML_READER_ERROR:
            return DocumentError(
                "yaml-encoding", "invalid text: \(problem)", file: source,
                at: source.position(atByte: marks.startOffset + parser.pointee.problem_offset))
        case YAML_MEMORY_ERROR: return DocumentError("out-of-memory", "out of memory", file: source)
        default: break
        }
        let position = marks.position(parser.pointee.problem_mark)
        var notes: [Diagnostic.Note] = []
        if let context = parser.pointee.context {
            let start = SourceRange(at: marks.position(parser.pointee.context_mark))
            notes.append(Diagnostic.Note(String(cString: context), file: source, range: start))
        }
        return DocumentError(
            "yaml-syntax", "invalid YAML: \(problem)", file: source, at: position, notes: notes,
            help: Self.help(problem, at: marks.byte(at: parser.pointee.problem_mark)))
    }

    private static func help(_ problem: String, at byte: UInt8?) -> String? {
        switch (problem, byte) {
        case (let problem, UInt8(ascii: "\t")) where problem.contains("cannot start any token"):
            "YAML forbids tabs in indentation; use spaces"
        case (let problem, .some(let byte)) where problem.contains("cannot start any token"):
            "quote the value: a plain one cannot start with `\(Character(Unicode.Scalar(byte)))`"
        case (let problem, _) where problem.contains("mapping values are not allowed"):
            "quote the value if it contains `: `, or check the indentation"
        case (let problem, _) where problem.contains("could not find expected ':'"):
            "a key needs a `:` and a space on its own line; check the indentation of the text above"
        case (let problem, _) where problem.contains("expected <document start>"):
            "start the next document with `---` on a line of its own"
        case (let problem, _) where problem.contains("did not find expected key"):
            "check the indentation and the quotes around this line"
        default: nil
        }
    }
}

/// Turns libyaml's marks into positions of the source file.
///
/// libyaml counts characters, and starts a new line at some characters (a lone CR, NEL, LS, PS) where editors and
/// `SourceFile` do not. Files without those, nearly all, need no more than adding one.
struct YAMLMarks {
    private let source: SourceFile
    /// The first byte that libyaml is given: behind a byte order mark.
    let startOffset: Int
    private let firstLine: Int
    /// Columns that a byte order mark takes on the first line.
    private let markWidth: Int
    /// Index of the first character of each line; only for files with unusual line ends.
    private let characterStarts: [Int]?

    init(_ source: SourceFile, from offset: Int) {
        self.source = source
        firstLine = Int(source.position(atByte: offset).line)
        let hasMark = offset == 0 && source.bytes.starts(with: [0xEF, 0xBB, 0xBF])
        startOffset = hasMark ? 3 : offset
        markWidth = hasMark ? 1 : 0
        characterStarts =
            Self.hasUnusualLineEnds(source.bytes) ? Self.characterStarts(source.bytes[startOffset...]) : nil
    }

    func position(_ mark: yaml_mark_t) -> SourcePosition {
        guard let starts = characterStarts else {
            // At its end libyaml starts a line that the text does not have.
            guard firstLine + mark.line <= source.lineStarts.count else {
                return source.position(atByte: source.bytes.count)
            }
            return SourcePosition(
                line: firstLine + mark.line, column: mark.column + 1 + (mark.line == 0 ? markWidth : 0))
        }
        let line = Self.lastIndex(in: starts, notAbove: mark.index)
        return SourcePosition(
            line: firstLine + line, column: mark.index - starts[line] + 1 + (line == 0 ? markWidth : 0))
    }

    /// The byte under a mark, if it is ASCII.
    func byte(at mark: yaml_mark_t) -> UInt8? {
        guard let offset = source.byteOffset(of: position(mark)), offset < source.bytes.count else { return nil }
        let byte = source.bytes[offset]
        return byte < 0x80 ? byte : nil
    }

    private static func hasUnusualLineEnds(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            for offset in bytes.indices {
                let next = offset + 1 < bytes.count ? bytes[offset + 1] : 0
                switch bytes[offset] {
                case 0x0D where next != 0x0A: return true
                case 0xC2 where next == 0x85: return true
                case 0xE2 where next == 0x80: return true
                default: break
                }
            }
            return false
        }
    }

    private static func characterStarts(_ bytes: ArraySlice<UInt8>) -> [Int] {
        var starts = [0]
        var count = 0
        for byte in bytes {
            if byte & 0xC0 != 0x80 { count += 1 }
            if byte == 0x0A { starts.append(count) }
        }
        return starts
    }

    private static func lastIndex(in starts: [Int], notAbove index: Int) -> Int {
        var low = 0
        var high = starts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle] <= index { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
