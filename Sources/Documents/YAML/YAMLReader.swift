import CYAML
package import Diagnostics
package import Values

/// Reads a stream of YAML documents one at a time, as kubectl reads them: YAML 1.1 turned into JSON.
///
/// Stricter than kubectl in one thing: duplicate keys are refused. A document with an error does not end the stream;
/// reading goes on behind the next `---`.
package struct YAMLReader {
    private let source: SourceFile
    private var events: YAMLEvents?
    private var state = State.start
    private var documents = 0
    private var syntaxErrors = 0
    /// Documents without content (`---` after `---`, comments only, `null`) that were passed over.
    package private(set) var emptyDocuments = 0

    private enum State {
        case start
        /// Between documents, the last event is the one that ended a document.
        case between
        /// Inside of a document that had an error.
        case skipping
        case finished
    }

    /// Where `events` started.
    private var startOffset: Int

    /// - Parameter offset: where to start, in bytes: the start of a line.
    package init(_ source: SourceFile, from offset: Int = 0) {
        self.source = source
        startOffset = offset
    }

    /// The next document, with positions, or nil at the end.
    ///
    /// - Throws: what is wrong with that document; call again for the one behind it.
    package mutating func next() throws(DocumentError) -> Document? {
        if state == .start { try open() }
        while state != .finished {
            if let document = try step() { return document }
        }
        return nil
    }

    private mutating func open() throws(DocumentError) {
        state = .finished
        guard source.bytes.count <= DocumentLimits.maximumFileBytes else {
            throw .tooLarge(
                "yaml-too-large", source.bytes.count, limit: DocumentLimits.maximumFileBytes, file: source)
        }
        try start(from: startOffset)
    }

    private mutating func start(from offset: Int) throws(DocumentError) {
        events = YAMLEvents(source, from: offset)
        guard events != nil else { throw DocumentError("out-of-memory", "out of memory", file: source) }
        state = .between
    }

    /// Goes on to the end of one document, or to the end of the stream.
    private mutating func step() throws(DocumentError) -> Document? {
        guard let events else {
            state = .finished
            return nil
        }
        do throws(DocumentError) {
            let wasSkipping = state == .skipping
            try events.advance()
            switch events.type {
            case YAML_STREAM_END_EVENT, YAML_NO_EVENT: state = .finished
            case YAML_DOCUMENT_END_EVENT: state = .between
            case YAML_DOCUMENT_START_EVENT where !wasSkipping: return try readDocument(events)
            default: break
            }
            return nil
        } catch {
            recover(from: error)
            throw error
        }
    }

    private mutating func readDocument(_ events: YAMLEvents) throws(DocumentError) -> Document? {
        documents += 1
        guard documents <= DocumentLimits.maximumDocuments else {
            state = .finished
            throw DocumentError(
                "yaml-too-many-documents", "more documents than the limit of \(DocumentLimits.maximumDocuments)",
                file: source, at: events.position)
        }
        state = .skipping
        let composer = YAMLComposer(events: events, source: source)
        let document = try composer.compose()
        state = .between
        if document.root.isNull {
            emptyDocuments += 1
            return nil
        }
        return document
    }

    /// After a syntax error libyaml cannot go on, but a line that starts with `---` always starts a document.
    private mutating func recover(from error: DocumentError) {
        guard error.id == "yaml-syntax" || error.id == "yaml-encoding" else { return }
        state = .finished
        syntaxErrors += 1
        guard syntaxErrors < DocumentLimits.maximumSyntaxErrors, let line = error.diagnostic.range?.start.line else {
            return
        }
        // The line of the error may be the one that starts the next document, where the text before lacks an end.
        for offset in source.lineStarts.dropFirst(Int(line) - 1) where offset > startOffset && isSeparator(at: offset) {
            events = YAMLEvents(source, from: offset)
            startOffset = offset
            state = .between
            return
        }
    }

    private func isSeparator(at offset: Int) -> Bool {
        let line = source.bytes[offset...].prefix(4)
        guard line.prefix(3).elementsEqual("---".utf8) else { return false }
        return line.count == 3 || [0x20, 0x09, 0x0A, 0x0D].contains(line[offset + 3])
    }
}
