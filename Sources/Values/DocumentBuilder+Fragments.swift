package import Diagnostics

/// A finished value taken out of a document that is still being built, to be written again elsewhere in it.
///
/// Its strings stay in the builder's buffer, so a copy costs tape words only.
package struct DocumentFragment: Sendable {
    fileprivate let words: [UInt64]
    fileprivate let positions: [SourcePosition]
    /// Tape index that the first word had.
    fileprivate let base: UInt32

    /// Tape words that each use of the fragment costs.
    package var wordCount: Int { words.count }
    package var isMap: Bool { words.first.map { Tape.tag($0) == Tape.mapStart } ?? false }
    package var isList: Bool { words.first.map { Tape.tag($0) == Tape.listStart } ?? false }
}

extension DocumentBuilder {
    /// The value that starts at `index` and was the last one written.
    package func fragment(from index: UInt32) -> DocumentFragment {
        let range = Int(index)..<tape.count
        return DocumentFragment(
            words: Array(tape[range]), positions: recordsPositions ? Array(positions[range]) : [], base: index)
    }

    /// Writes a fragment of this same builder once more; its nodes keep the positions of the original.
    package mutating func append(_ fragment: DocumentFragment) {
        countElement()
        appendWords(fragment.words[...], positions: fragment.positions[...], base: fragment.base)
    }

    /// Writes a fragment that is a string as a key.
    package mutating func appendKey(_ fragment: DocumentFragment) {
        appendWords(fragment.words[...], positions: fragment.positions[...], base: fragment.base)
    }

    /// Calls `body` with the bytes of a fragment that is a string.
    package func withText<Result>(
        of fragment: DocumentFragment, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        withText(Int(Tape.payload(fragment.words[0])), body)
    }

    /// Copies tape words whose first one had the index `base`: jumps move along, string offsets stay.
    private mutating func appendWords(
        _ words: ArraySlice<UInt64>, positions copied: ArraySlice<SourcePosition>, base: UInt32
    ) {
        let shift = UInt64(bitPattern: Int64(nextIndex) - Int64(base))
        tape.reserveCapacity(tape.count + words.count)
        var isNumber = false
        for word in words {
            // The word after a number's tag is its bits, which may look like anything.
            if isNumber {
                isNumber = false
                tape.append(word)
                continue
            }
            switch Tape.tag(word) {
            case Tape.int, Tape.uint, Tape.double:
                isNumber = true
                tape.append(word)
            case Tape.mapStart, Tape.listStart, Tape.mapEnd, Tape.listEnd:
                let index = UInt32(truncatingIfNeeded: UInt64(UInt32(truncatingIfNeeded: word)) &+ shift)
                tape.append(word & 0xFFFF_FFFF_0000_0000 | UInt64(index))
            default:
                tape.append(word)
            }
        }
        if recordsPositions { positions.append(contentsOf: copied) }
    }

    /// Index past the value at `index`, which must be finished.
    package func endIndex(ofValueAt index: UInt32) -> UInt32 { Self.end(of: index, on: tape) }

    package func isMap(at index: UInt32) -> Bool { Tape.tag(tape[Int(index)]) == Tape.mapStart }
    package func isList(at index: UInt32) -> Bool { Tape.tag(tape[Int(index)]) == Tape.listStart }

    /// The indices of the keys and values of a finished map, or of the map opened last.
    package func entries(ofMapAt index: UInt32) -> [(key: UInt32, value: UInt32)] {
        let end = openings.last == index ? nextIndex : endIndex(ofValueAt: index) - 1
        var result: [(key: UInt32, value: UInt32)] = []
        var key = index + 1
        while key < end {
            result.append((key, key + 1))
            key = endIndex(ofValueAt: key + 1)
        }
        return result
    }

    /// The indices of the elements of a finished list.
    package func elements(ofListAt index: UInt32) -> [UInt32] {
        let end = endIndex(ofValueAt: index) - 1
        var result: [UInt32] = []
        var element = index + 1
        while element < end {
            result.append(element)
            element = endIndex(ofValueAt: element)
        }
        return result
    }

    /// Calls `body` with the bytes of the string or key at `index`.
    package func withText<Result>(at index: UInt32, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withText(Int(Tape.payload(tape[Int(index)])), body)
    }

    private func withText<Result>(_ offset: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        strings.withUnsafeBufferPointer { buffer in
            let count = Int(UnsafeRawBufferPointer(buffer).loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            return body(UnsafeBufferPointer(rebasing: buffer[(offset + 4)..<(offset + 4 + count)]))
        }
    }

    package func position(at index: UInt32) -> SourcePosition? {
        recordsPositions ? positions[Int(index)] : nil
    }

    /// Gives the map opened last other contents, picked from values that are on the tape already.
    package mutating func replaceOpenMap(with entries: [(key: UInt32, value: UInt32)]) {
        guard let opening = openings.last else { return }
        let first = Int(opening)
        // Only the open map is copied: its entries are the only ones that `entries` may name.
        let oldTape = Array(tape[first...])
        let oldPositions = recordsPositions ? Array(positions[first...]) : []
        tape.removeSubrange((first + 1)...)
        if recordsPositions { positions.removeSubrange((first + 1)...) }
        for (key, value) in entries {
            let end = Self.end(of: value - opening, on: oldTape, base: opening)
            for part in [key..<(key + 1), value..<(end + opening)] {
                let range = (Int(part.lowerBound) - first)..<(Int(part.upperBound) - first)
                appendWords(
                    oldTape[range], positions: recordsPositions ? oldPositions[range] : [], base: part.lowerBound)
            }
        }
        counts[counts.count - 1] = UInt32(entries.count)
    }

    /// Index past the value at `index` of `tape`, whose first word had the index `base` when it was written.
    private static func end(of index: UInt32, on tape: [UInt64], base: UInt32 = 0) -> UInt32 {
        let word = tape[Int(index)]
        switch Tape.tag(word) {
        case Tape.mapStart, Tape.listStart: return UInt32(truncatingIfNeeded: word) - base
        case Tape.int, Tape.uint, Tape.double: return index + 2
        default: return index + 1
        }
    }
}
