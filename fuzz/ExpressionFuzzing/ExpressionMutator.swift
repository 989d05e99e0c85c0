/// Damages expressions, the same way for the same seed: drops, doubles, swaps and splices tokens, writes random bytes.
package struct ExpressionMutator {
    private var random: SplitMix
    private let seeds: [[UInt8]]
    /// Longer results are cut, so that splicing does not grow without end.
    private static let longest = 4_000

    /// - Parameter expressions: what to damage; not empty.
    package init(_ expressions: [String], seed: UInt64) {
        seeds = expressions.map { Array($0.utf8) }.filter { !$0.isEmpty && $0.count <= Self.longest }
        random = SplitMix(state: seed)
    }

    package mutating func next() -> String {
        guard !seeds.isEmpty else { return "" }
        let other = seeds[random.below(seeds.count)]
        var bytes = seeds[random.below(seeds.count)]
        for _ in 0...random.below(3) where !bytes.isEmpty { damage(&bytes, other) }
        return String(decoding: bytes.prefix(Self.longest), as: UTF8.self)
    }

    private mutating func damage(_ bytes: inout [UInt8], _ other: [UInt8]) {
        let tokens = Self.tokens(bytes)
        let token = tokens[random.below(tokens.count)]
        switch random.below(8) {
        case 0: bytes.removeSubrange(token)
        case 1: bytes.insert(contentsOf: Array(bytes[token]), at: token.lowerBound)
        case 2:
            let swapped = tokens[random.below(tokens.count)]
            let (first, second) = (Array(bytes[token]), Array(bytes[swapped]))
            guard !token.overlaps(swapped) else { return }
            let later = token.lowerBound > swapped.lowerBound
            bytes.replaceSubrange(later ? token : swapped, with: later ? second : first)
            bytes.replaceSubrange(later ? swapped : token, with: later ? first : second)
        case 3, 4:
            let pieces = Self.tokens(other)
            bytes.replaceSubrange(token, with: other[pieces[random.below(pieces.count)]])
        case 5: bytes[token.lowerBound] = UInt8(truncatingIfNeeded: random.next())
        case 6: bytes.removeLast(bytes.count - token.lowerBound)
        default: bytes.insert(contentsOf: other, at: token.lowerBound)
        }
    }

    /// Words, numbers and single other bytes.
    private static func tokens(_ bytes: [UInt8]) -> [Range<Int>] {
        func isWord(_ byte: UInt8) -> Bool {
            byte >= 0x30 && byte <= 0x39 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
        }
        var result: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            var end = start + 1
            if isWord(bytes[start]) { while end < bytes.count, isWord(bytes[end]) { end += 1 } }
            result.append(start..<end)
            start = end
        }
        return result
    }
}

/// A small generator of random numbers whose sequence its seed fixes.
package struct SplitMix {
    private var state: UInt64

    package init(state: UInt64) { self.state = state }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
}
