package import Diagnostics

/// Writes a document's tape from a stream of events; readers of text and transformations both build through it.
///
/// INVARIANT: the caller pairs begin and end, and inside a map alternates key (a string) and value.
package struct DocumentBuilder {
    var tape: [UInt64] = []
    var strings: [UInt8] = []
    var positions: [SourcePosition] = []
    var counts: [UInt32] = []
    var openings: [UInt32] = []
    let recordsPositions: Bool

    /// - Parameter recordsPositions: whether to keep a place for each node (8 bytes per tape word).
    package init(recordsPositions: Bool) {
        self.recordsPositions = recordsPositions
        tape.reserveCapacity(256)
    }

    /// Words written so far: the index that the next node will get.
    package var nextIndex: UInt32 { UInt32(tape.count) }
    /// Bytes of strings written so far.
    package var stringBytes: Int { strings.count }
    package var depth: Int { openings.count }

    private mutating func append(_ word: UInt64, _ position: SourcePosition?) {
        tape.append(word)
        if recordsPositions { positions.append(position ?? SourcePosition(line: UInt32(0), column: UInt32(0))) }
    }

    /// Counts a value in its container (a map entry is counted at its value, not at its key).
    mutating func countElement() {
        if !counts.isEmpty { counts[counts.count - 1] += 1 }
    }

    package mutating func appendNull(at position: SourcePosition? = nil) {
        countElement()
        append(Tape.word(Tape.null, 0), position)
    }

    package mutating func append(_ value: Bool, at position: SourcePosition? = nil) {
        countElement()
        append(Tape.word(value ? Tape.true : Tape.false, 0), position)
    }

    package mutating func append(_ value: Int64, at position: SourcePosition? = nil) {
        countElement()
        append(Tape.word(Tape.int, 0), position)
        append(UInt64(bitPattern: value), position)
    }

    package mutating func append(_ value: UInt64, at position: SourcePosition? = nil) {
        countElement()
        append(Tape.word(Tape.uint, 0), position)
        append(value, position)
    }

    package mutating func append(_ value: Double, at position: SourcePosition? = nil) {
        countElement()
        append(Tape.word(Tape.double, 0), position)
        append(value.bitPattern, position)
    }

    package mutating func append(_ value: some Collection<UInt8>, at position: SourcePosition? = nil) {
        countElement()
        appendText(value, at: position)
    }

    package mutating func append(_ value: String, at position: SourcePosition? = nil) {
        append(value.utf8, at: position)
    }

    /// The same without generics: readers call it per scalar, from another module.
    package mutating func append(utf8 value: UnsafeBufferPointer<UInt8>, at position: SourcePosition? = nil) {
        countElement()
        appendUTF8(value, at: position)
    }

    package mutating func appendKey(utf8 key: UnsafeBufferPointer<UInt8>, at position: SourcePosition? = nil) {
        appendUTF8(key, at: position)
    }

    private mutating func appendUTF8(_ text: UnsafeBufferPointer<UInt8>, at position: SourcePosition?) {
        append(Tape.word(Tape.string, UInt64(strings.count)), position)
        withUnsafeBytes(of: UInt32(text.count)) { strings.append(contentsOf: $0) }
        strings.append(contentsOf: text)
        strings.append(0)
    }

    package mutating func appendKey(_ key: some Collection<UInt8>, at position: SourcePosition? = nil) {
        appendText(key, at: position)
    }

    package mutating func appendKey(_ key: String, at position: SourcePosition? = nil) {
        appendText(key.utf8, at: position)
    }

    private mutating func appendText(_ text: some Collection<UInt8>, at position: SourcePosition?) {
        append(Tape.word(Tape.string, UInt64(strings.count)), position)
        withUnsafeBytes(of: UInt32(text.count)) { strings.append(contentsOf: $0) }
        strings.append(contentsOf: text)
        strings.append(0)
    }

    package mutating func beginMap(at position: SourcePosition? = nil) { begin(Tape.mapStart, position) }
    package mutating func beginList(at position: SourcePosition? = nil) { begin(Tape.listStart, position) }
    package mutating func endMap() { end(Tape.mapEnd) }
    package mutating func endList() { end(Tape.listEnd) }

    private mutating func begin(_ tag: UInt8, _ position: SourcePosition?) {
        countElement()
        openings.append(nextIndex)
        counts.append(0)
        append(Tape.word(tag, 0), position)
    }

    private mutating func end(_ tag: UInt8) {
        guard let opening = openings.popLast(), let count = counts.popLast() else {
            preconditionFailure("end without begin")
        }
        append(Tape.word(tag, UInt64(opening)), nil)
        let startTag = tag == Tape.mapEnd ? Tape.mapStart : Tape.listStart
        let payload = UInt64(nextIndex) | UInt64(min(Int(count), Tape.maximumCount)) &<< 32
        tape[Int(opening)] = Tape.word(startTag, payload)
    }

    /// Copies a whole value of another document (or of a finished part), positions included.
    package mutating func append(copyOf node: Node) {
        switch node.kind {
        case .null: appendNull(at: node.position)
        case .bool: append(node.bool ?? false, at: node.position)
        case .int: append(Int64(bitPattern: node.bits), at: node.position)
        case .uint: append(node.bits, at: node.position)
        case .double: append(Double(bitPattern: node.bits), at: node.position)
        case .string: append(node.utf8, at: node.position)
        case .list:
            beginList(at: node.position)
            for element in node.elements { append(copyOf: element) }
            endList()
        case .map:
            beginMap(at: node.position)
            for (key, value) in node.entries {
                appendKey(key.utf8, at: key.position)
                append(copyOf: value)
            }
            endMap()
        }
    }

    /// The finished document, whose root is the first value written.
    ///
    /// - Precondition: every container is closed and there is a root.
    package consuming func finish(source: SourceFile? = nil, listSemantics: ListSemantics? = nil) -> Document {
        precondition(openings.isEmpty && !tape.isEmpty, "unfinished document")
        let tapeBytes = tape.count * MemoryLayout<UInt64>.stride
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: tapeBytes + max(1, strings.count), alignment: MemoryLayout<UInt64>.alignment)
        let tapeBuffer = block.initializeMemory(as: UInt64.self, from: tape, count: tape.count)
        let stringBuffer = (block + tapeBytes).initializeMemory(as: UInt8.self, from: strings, count: strings.count)
        let owner = Block(start: block)
        return Document(
            tape: tapeBuffer, tapeCount: tape.count, strings: stringBuffer, root: 0,
            positions: recordsPositions ? positions : nil, source: source,
            listSemantics: listSemantics, release: { owner.start.deallocate() })
    }
}

/// The memory of a document that was built in Swift: tape and strings in one piece.
private struct Block: @unchecked Sendable {
    // SAFETY: only carried to the document's deinit, which alone frees it.
    let start: UnsafeMutableRawPointer
}
