import Values

/// The keys of all maps that are open in a builder, to find duplicates.
///
/// Small maps, nearly all, are scanned; a larger one gets a hash index, seeded by the process so that a hostile
/// file cannot aim for collisions.
struct KeyTable {
    private var keys: [UInt32] = []
    private var frames: [Frame] = []

    private struct Frame {
        var start: Int
        /// From a key's hash to its first bearer; a collision of full hashes falls back to the scan.
        var index: [Int: UInt32]?
    }

    /// Keys in a map from which on it is indexed.
    private static let scanLimit = 24

    mutating func beginMap() { frames.append(Frame(start: keys.count, index: nil)) }

    mutating func endMap() {
        guard let frame = frames.popLast() else { return }
        keys.removeSubrange(frame.start...)
    }

    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        frames.removeAll(keepingCapacity: true)
    }

    /// Adds a key to the innermost map.
    ///
    /// - Parameters:
    ///   - key: the bytes that were written.
    ///   - index: the tape index that the key will get.
    /// - Returns: the tape index of an equal key of the same map; then nothing was added.
    mutating func insert(
        _ key: UnsafeBufferPointer<UInt8>, at index: UInt32, in builder: borrowing DocumentBuilder
    ) -> UInt32? {
        guard let last = frames.indices.last else { return nil }
        let start = frames[last].start
        if keys.count - start < Self.scanLimit {
            if let earlier = scan(from: start, for: key, in: builder) { return earlier }
            keys.append(index)
            return nil
        }
        if frames[last].index == nil {
            var table: [Int: UInt32] = [:]
            for earlier in keys[start...] { table[builder.withText(at: earlier, Self.hash)] = earlier }
            frames[last].index = table
        }
        let hash = Self.hash(key)
        if let earlier = frames[last].index?[hash] {
            if builder.withText(at: earlier, { Self.equal($0, key) }) { return earlier }
            if let other = scan(from: start, for: key, in: builder) { return other }
        }
        frames[last].index?[hash] = index
        keys.append(index)
        return nil
    }

    private func scan(
        from start: Int, for key: UnsafeBufferPointer<UInt8>, in builder: borrowing DocumentBuilder
    ) -> UInt32? {
        for position in start..<keys.count {
            let earlier = keys[position]
            if builder.withText(at: earlier, { Self.equal($0, key) }) { return earlier }
        }
        return nil
    }

    private static func equal(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count, let start = left.baseAddress else { return left.count == right.count }
        return bytesEqual(start, right)
    }

    private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(key))
        return hasher.finalize()
    }
}
