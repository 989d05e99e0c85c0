package import Diagnostics

package enum NodeKind: Sendable {
    case null, bool, int, uint, double, string, list, map
}

/// A value inside a document: the document and the index of the value's first tape word.
package struct Node: Sendable {
    package let document: Document
    package let index: UInt32

    @inlinable
    package init(document: Document, index: UInt32) {
        self.document = document
        self.index = index
    }

    @inlinable
    var word: UInt64 { document.tape[Int(index)] }

    @inlinable
    package var kind: NodeKind {
        switch Tape.tag(word) {
        case Tape.string: .string
        case Tape.mapStart: .map
        case Tape.listStart: .list
        case Tape.int: .int
        case Tape.uint: .uint
        case Tape.double: .double
        case Tape.true, Tape.false: .bool
        default: .null
        }
    }

    /// Index of the word after this value: the next sibling (or key), or the parent's closing word.
    @inlinable
    package var endIndex: UInt32 {
        switch Tape.tag(word) {
        case Tape.mapStart, Tape.listStart: UInt32(truncatingIfNeeded: word)
        case Tape.int, Tape.uint, Tape.double: index &+ 2
        default: index &+ 1
        }
    }

    @inlinable package var isNull: Bool { kind == .null }
    @inlinable package var isMap: Bool { Tape.tag(word) == Tape.mapStart }
    @inlinable package var isList: Bool { Tape.tag(word) == Tape.listStart }

    @inlinable
    package var bool: Bool? {
        switch Tape.tag(word) {
        case Tape.true: true
        case Tape.false: false
        default: nil
        }
    }

    @inlinable
    package var int: Int64? {
        Tape.tag(word) == Tape.int ? Int64(bitPattern: document.tape[Int(index) + 1]) : nil
    }

    /// An unsigned integer, which a document has only above `Int64.max`.
    @inlinable
    package var uint: UInt64? {
        Tape.tag(word) == Tape.uint ? document.tape[Int(index) + 1] : nil
    }

    @inlinable
    package var double: Double? {
        Tape.tag(word) == Tape.double ? Double(bitPattern: document.tape[Int(index) + 1]) : nil
    }

    /// The bits of an integer or double.
    @inlinable
    var bits: UInt64 { document.tape[Int(index) + 1] }

    /// A string's UTF-8 bytes, valid while the document lives; empty for other kinds.
    @inlinable
    package var utf8: UnsafeBufferPointer<UInt8> {
        guard Tape.tag(word) == Tape.string else { return UnsafeBufferPointer(start: nil, count: 0) }
        let start = document.strings + Int(Tape.payload(word))
        let count = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
        return UnsafeBufferPointer(start: start + 4, count: Int(count))
    }

    package var string: String? {
        Tape.tag(word) == Tape.string ? String(decoding: utf8, as: UTF8.self) : nil
    }

    /// How many elements or entries a container has; 0 for scalars.
    package var count: Int {
        switch Tape.tag(word) {
        case Tape.mapStart, Tape.listStart:
            let count = Int(truncatingIfNeeded: Tape.payload(word) &>> 32)
            if count < Tape.maximumCount { return count }
            return isMap ? entries.reduce(0) { total, _ in total + 1 } : elements.reduce(0) { total, _ in total + 1 }
        default: return 0
        }
    }

    package var position: SourcePosition? { document.position(at: index) }

    /// True if both are the same place of the same document.
    package func isIdentical(to other: Node) -> Bool {
        document === other.document && index == other.index
    }
}

extension Node {
    /// The value of a map's entry, or nil if there is none or this is no map. The first of equal keys counts.
    package subscript(utf8 key: UnsafeBufferPointer<UInt8>) -> Node? {
        find(key).map { Node(document: document, index: $0) }
    }

    package subscript(key: String) -> Node? {
        var key = key
        return key.withUTF8 { self[utf8: $0] }
    }

    package subscript(key: StaticString) -> Node? {
        self[utf8: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)]
    }

    /// Index of the value of the entry with that key.
    ///
    /// Scans keys by length and bytes and jumps over values; no allocation, no reference counting. Large maps that are
    /// asked again and again get an index.
    @inlinable
    package func find(_ key: UnsafeBufferPointer<UInt8>) -> UInt32? {
        guard Tape.payload(word) &>> 32 > 64 else { return scan(key) }
        return findInLarge(key)
    }

    @usableFromInline
    func findInLarge(_ key: UnsafeBufferPointer<UInt8>) -> UInt32? {
        isMap ? document.indexes.value(of: key, in: self) ?? scan(key) : nil
    }

    @inlinable
    func scan(_ key: UnsafeBufferPointer<UInt8>) -> UInt32? {
        guard isMap else { return nil }
        let found = Tape.find(key, from: index, on: document.tape, document.strings)
        return found == .max ? nil : found
    }

    /// The element of a list at a position counted from 0; nil past the end and for other kinds.
    package func element(at position: Int) -> Node? {
        guard isList, position >= 0, position < count else { return nil }
        if count > ContainerIndexes.scanLimit, let index = document.indexes.element(at: position, of: self) {
            return Node(document: document, index: index)
        }
        var remaining = position
        for element in elements {
            if remaining == 0 { return element }
            remaining -= 1
        }
        return nil
    }

    /// A list's elements in order; empty for other kinds.
    package var elements: NodeElements { NodeElements(self) }

    /// A map's entries in document order; empty for other kinds.
    package var entries: NodeEntries { NodeEntries(self) }
}

/// Compares `key.count` bytes; short keys are the rule, so the loop stays inline.
@inlinable
package func bytesEqual(_ bytes: UnsafePointer<UInt8>, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
    var offset = 0
    while offset < key.count {
        if bytes[offset] != key[offset] { return false }
        offset &+= 1
    }
    return true
}

package struct NodeElements: Sequence, IteratorProtocol {
    private let document: Document
    private var nextIndex: UInt32
    private let closing: UInt32

    package init(_ list: Node) {
        document = list.document
        nextIndex = list.index &+ 1
        closing = list.isList ? list.endIndex &- 1 : nextIndex
    }

    package mutating func next() -> Node? {
        guard nextIndex < closing else { return nil }
        let node = Node(document: document, index: nextIndex)
        nextIndex = node.endIndex
        return node
    }
}

package struct NodeEntries: Sequence, IteratorProtocol {
    private let document: Document
    private var nextIndex: UInt32
    private let closing: UInt32

    package init(_ map: Node) {
        document = map.document
        nextIndex = map.index &+ 1
        closing = map.isMap ? map.endIndex &- 1 : nextIndex
    }

    package mutating func next() -> (key: Node, value: Node)? {
        guard nextIndex < closing else { return nil }
        let key = Node(document: document, index: nextIndex)
        let value = Node(document: document, index: nextIndex &+ 1)
        nextIndex = value.endIndex
        return (key, value)
    }
}
