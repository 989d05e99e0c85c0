/// A node that does not hold its document: for walks during which somebody else keeps the document alive.
///
/// Copying one costs no reference counting, which is most of what a field access would cost otherwise.
package struct NodeCursor {
    @usableFromInline let tape: UnsafePointer<UInt64>
    @usableFromInline let strings: UnsafePointer<UInt8>
    @usableFromInline let document: Unmanaged<Document>
    package let index: UInt32

    @inlinable
    package init(_ node: borrowing Node) {
        tape = node.document.tape
        strings = node.document.strings
        document = Unmanaged.passUnretained(node.document)
        index = node.index
    }

    @inlinable
    init(_ parent: NodeCursor, at index: UInt32) {
        tape = parent.tape
        strings = parent.strings
        document = parent.document
        self.index = index
    }

    /// A cursor on a value that stays in its document; nil for values that do not.
    @inlinable
    package init?(_ value: borrowing Value) {
        switch value {
        case .text(let node), .listNode(let node), .mapNode(let node): self.init(node)
        default: return nil
        }
    }

    /// The same place, holding the document.
    @inlinable
    package var node: Node { Node(document: document.takeUnretainedValue(), index: index) }

    @inlinable
    var word: UInt64 { tape[Int(index)] }

    @inlinable package var isMap: Bool { Tape.tag(word) == Tape.mapStart }
    @inlinable package var isList: Bool { Tape.tag(word) == Tape.listStart }

    /// The value here; strings and containers hold the document from then on.
    @inlinable
    package var value: Value {
        let word = word
        switch Tape.tag(word) {
        case Tape.string: return .text(node)
        case Tape.mapStart: return .mapNode(node)
        case Tape.listStart: return .listNode(node)
        case Tape.int: return .int(Int64(bitPattern: tape[Int(index) + 1]))
        case Tape.uint: return .double(Double(tape[Int(index) + 1]))
        case Tape.double: return .double(Double(bitPattern: tape[Int(index) + 1]))
        case Tape.true: return .bool(true)
        case Tape.false: return .bool(false)
        default: return .null
        }
    }

    /// A string's UTF-8 bytes; nil for other kinds.
    @inlinable
    package var utf8: UnsafeBufferPointer<UInt8>? {
        let word = word
        guard Tape.tag(word) == Tape.string else { return nil }
        let start = strings + Int(Tape.payload(word))
        return UnsafeBufferPointer(
            start: start + 4, count: Int(UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)))
    }

    /// The value of a map's entry; nil if there is none or this is no map.
    @inlinable
    package func field(_ key: UnsafeBufferPointer<UInt8>) -> NodeCursor? {
        let opening = word
        guard Tape.tag(opening) == Tape.mapStart else { return nil }
        let found =
            Tape.payload(opening) &>> 32 > 64
            ? node.findInLarge(key) ?? .max : Tape.find(key, from: index, on: tape, strings)
        return found == .max ? nil : NodeCursor(self, at: found)
    }

    /// Cursors on a list's elements, in order; none for other kinds.
    @inlinable
    package func forEachElement<Failure: Error>(
        _ body: (NodeCursor) throws(Failure) -> Bool
    ) throws(Failure) {
        let opening = word
        guard Tape.tag(opening) == Tape.listStart else { return }
        let closing = UInt32(truncatingIfNeeded: opening) &- 1
        var at = index &+ 1
        while at < closing {
            guard try body(NodeCursor(self, at: at)) else { return }
            at = Tape.end(of: at, on: tape)
        }
    }
}

extension Tape {
    /// Index of the word after the value at `index`.
    @inlinable @inline(__always)
    static func end(of index: UInt32, on tape: UnsafePointer<UInt64>) -> UInt32 {
        let word = tape[Int(index)]
        switch tag(word) {
        case mapStart, listStart: return UInt32(truncatingIfNeeded: word)
        case int, uint, double: return index &+ 2
        default: return index &+ 1
        }
    }

    /// Index of the value of the entry with that key in the map that opens at `map`; `UInt32.max` if there is none.
    @inlinable
    static func find(
        _ key: UnsafeBufferPointer<UInt8>, from map: UInt32, on tape: UnsafePointer<UInt64>,
        _ strings: UnsafePointer<UInt8>
    ) -> UInt32 {
        let closing = UInt32(truncatingIfNeeded: tape[Int(map)]) &- 1
        var at = map &+ 1
        while at < closing {
            let start = strings + Int(payload(tape[Int(at)]))
            let count = Int(UnsafeRawPointer(start).loadUnaligned(as: UInt32.self))
            if count == key.count, bytesEqual(start + 4, key) { return at &+ 1 }
            at = end(of: at &+ 1, on: tape)
        }
        return .max
    }
}
