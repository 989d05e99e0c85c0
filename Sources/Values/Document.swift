package import Diagnostics

/// One immutable JSON or YAML document as a flat tape of words and one buffer of strings.
///
/// There is no heap object per node and no copy of a string until a result needs one; a node is this document and an
/// index. See `Tape` for the layout.
package final class Document: @unchecked Sendable {
    // SAFETY: the buffers are written before `init` returns and never after; `release` runs once, in deinit.
    @usableFromInline let tape: UnsafePointer<UInt64>
    @usableFromInline let strings: UnsafePointer<UInt8>
    /// Words on the tape.
    package let tapeCount: Int
    /// One place per tape word (that of the node which starts there), or nil where none were asked for.
    private let positions: [SourcePosition]?
    /// Where the text came from, for documents that have positions.
    package let source: SourceFile?
    /// Index of the root node.
    @usableFromInline let rootIndex: UInt32
    /// Set if the root is a list whose order says nothing.
    let listSemantics: ListSemantics?
    private let release: @Sendable () -> Void
    /// For large containers only; empty until then.
    let indexes = ContainerIndexes()

    /// - Parameters:
    ///   - root: index of the root node's word.
    ///   - positions: one per tape word, or nil.
    ///   - release: frees both buffers.
    package init(
        tape: UnsafePointer<UInt64>, tapeCount: Int, strings: UnsafePointer<UInt8>, root: UInt32,
        positions: [SourcePosition]? = nil, source: SourceFile? = nil,
        listSemantics: ListSemantics? = nil, release: @escaping @Sendable () -> Void
    ) {
        self.tape = tape
        self.tapeCount = tapeCount
        self.strings = strings
        self.rootIndex = root
        self.positions = positions
        self.source = source
        self.listSemantics = listSemantics
        self.release = release
    }

    deinit { release() }

    @inlinable
    package var root: Node { Node(document: self, index: rootIndex) }

    /// Where the node at `index` starts in `source`; nil without positions.
    package func position(at index: UInt32) -> SourcePosition? {
        guard let positions, Int(index) < positions.count else { return nil }
        let position = positions[Int(index)]
        return position.line == 0 ? nil : position
    }
}
