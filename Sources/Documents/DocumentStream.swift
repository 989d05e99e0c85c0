package import Diagnostics
package import Values

/// The documents of a file, one at a time: YAML, JSON, or JSON values one after another, told by the text itself.
///
/// A text that starts with a brace or bracket is read as JSON first, since YAML refuses or changes parts of JSON
/// (escapes for surrogate pairs, keys of more than 1,024 characters). If it is no JSON it is read as YAML.
package struct DocumentStream {
    /// What positions refer to: the file given, or its UTF-8 form where that was UTF-16.
    package let source: SourceFile
    private var state: State
    private var yaml: YAMLReader

    private enum State {
        case start
        case json(JSONReader.Cursor)
        case yaml
        case finished
        case failed(DocumentError)
    }

    package init(_ source: SourceFile) {
        do throws(DocumentError) {
            self.source = try UTF16.transcoded(source)
            state = .start
        } catch {
            self.source = source
            state = .failed(error)
        }
        yaml = YAMLReader(self.source)
    }

    /// Documents without content that were passed over.
    package var emptyDocuments: Int { yaml.emptyDocuments }

    /// The next document, with positions, or nil at the end.
    ///
    /// - Throws: what is wrong with that document; call again for the one behind it.
    package mutating func next() throws(DocumentError) -> Document? {
        switch state {
        case .finished: return nil
        case .failed(let error):
            state = .finished
            throw error
        case .yaml: return try yaml.next()
        case .start:
            let cursor = JSONReader.Cursor.start(of: source).skippingSpace(in: source.bytes)
            guard startsJSON(cursor) else {
                state = .yaml
                return try yaml.next()
            }
            return try readFirst(cursor)
        case .json(let cursor):
            return try readAnother(cursor.skippingSpace(in: source.bytes))
        }
    }

    private func startsJSON(_ cursor: JSONReader.Cursor) -> Bool {
        guard cursor.offset < source.bytes.count, source.bytes.count <= DocumentLimits.maximumFileBytes else {
            return false
        }
        return source.bytes[cursor.offset] == UInt8(ascii: "{") || source.bytes[cursor.offset] == UInt8(ascii: "[")
    }

    private mutating func readJSON(_ cursor: JSONReader.Cursor) throws(DocumentError) -> Document {
        state = .finished
        let (document, end) = try JSONReader.readValue(source, from: cursor, options: JSONReader.Options())
        state = .json(end)
        return document
    }

    /// JSON, or else YAML in flow style; if it is neither, the complaint is JSON's.
    private mutating func readFirst(_ cursor: JSONReader.Cursor) throws(DocumentError) -> Document? {
        do throws(DocumentError) {
            return try readJSON(cursor)
        } catch {
            guard error.id == "json-syntax" else { throw error }
            var trial = YAMLReader(source)
            var document: Document?
            do throws(DocumentError) {
                document = try trial.next()
            } catch let other {
                guard other.id == "yaml-syntax" else { throw other }
                throw error
            }
            yaml = trial
            state = .yaml
            return document
        }
    }

    private mutating func readAnother(_ cursor: JSONReader.Cursor) throws(DocumentError) -> Document? {
        guard cursor.offset < source.bytes.count else {
            state = .finished
            return nil
        }
        if startsJSON(cursor) { return try readJSON(cursor) }
        let rest = source.bytes[cursor.offset...]
        if cursor.offset == cursor.lineStart, rest.starts(with: "---".utf8) || rest.first == UInt8(ascii: "#") {
            var behind = cursor
            behind.offset += 3
            let next = behind.skippingSpace(in: source.bytes)
            // A separator between JSON values; anything else behind it is YAML.
            if rest.first == UInt8(ascii: "-"), next.line > cursor.line, startsJSON(next) { return try readJSON(next) }
            yaml = YAMLReader(source, from: cursor.offset)
            state = .yaml
            return try yaml.next()
        }
        state = .finished
        throw DocumentError(
            "json-syntax", "unexpected text after the JSON value", file: source, at: cursor.position,
            help: "put `---` on a line of its own between documents")
    }
}

/// UTF-16 with a byte order mark, which YAML allows.
enum UTF16 {
    /// The file with its text in UTF-8 if it is in UTF-16, else the file as it is.
    static func transcoded(_ source: SourceFile) throws(DocumentError) -> SourceFile {
        let isLittle = source.bytes.starts(with: [0xFF, 0xFE])
        guard isLittle || source.bytes.starts(with: [0xFE, 0xFF]) else { return source }
        guard source.bytes.count <= DocumentLimits.maximumFileBytes else {
            throw .tooLarge(
                "yaml-too-large", source.bytes.count, limit: DocumentLimits.maximumFileBytes, file: source)
        }
        guard source.bytes.count % 2 == 0 else {
            throw DocumentError("yaml-encoding", "the UTF-16 text ends within a character", file: source)
        }
        let units = stride(from: 2, to: source.bytes.count, by: 2).map { offset in
            let (first, second) = (UInt16(source.bytes[offset]), UInt16(source.bytes[offset + 1]))
            return isLittle ? second << 8 | first : first << 8 | second
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(units.count)
        let isMalformed = transcode(
            units.makeIterator(), from: Unicode.UTF16.self, to: Unicode.UTF8.self, stoppingOnError: true
        ) { bytes.append($0) }
        if isMalformed { throw DocumentError("yaml-encoding", "the text is not valid UTF-16", file: source) }
        return SourceFile(name: source.name, bytes: bytes)
    }
}
