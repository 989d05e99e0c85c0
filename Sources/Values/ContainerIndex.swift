import Synchronization

/// Remembers where the parts of large containers are, so that a hostile document cannot make look-ups quadratic.
///
/// Small containers are scanned; a large one is indexed once it has been asked several times. Part of its document, not an
/// object of its own: there may be very many documents, most of them small.
struct ContainerIndexes: ~Copyable, Sendable {
    // Not private: the address sanitizer's build cannot lay `Document` out then.
    enum Entry {
        case asked(Int)
        case list([UInt32])
        /// Index of the value by a hash of the key's bytes; several keys of one hash follow each other.
        case map([Int: [UInt32]])
    }

    private let entries = Mutex<[UInt32: Entry]>([:])

    /// Containers up to this many parts are scanned always.
    static let scanLimit = 64
    /// Look-ups in one container before it gets an index.
    private static let askedLimit = 8

    /// Index of a list's element; nil where the list has no index yet.
    func element(at position: Int, of list: Node) -> UInt32? {
        entries.withLock { entries in
            if case .list(let offsets) = entries[list.index] { return offsets[position] }
            guard asked(&entries, list) else { return nil }
            let offsets = list.elements.map(\.index)
            entries[list.index] = .list(offsets)
            return offsets[position]
        }
    }

    /// Index of the value with that key, or `.some(nil)` if there is none; nil where the map has no index yet.
    func value(of key: UnsafeBufferPointer<UInt8>, in map: Node) -> UInt32?? {
        entries.withLock { entries in
            if case .map(let buckets) = entries[map.index] { return .some(Self.find(key, in: buckets, map.document)) }
            guard asked(&entries, map) else { return nil }
            var buckets: [Int: [UInt32]] = [:]
            for (key, value) in map.entries { buckets[Self.hash(key.utf8), default: []].append(value.index) }
            entries[map.index] = .map(buckets)
            return .some(Self.find(key, in: buckets, map.document))
        }
    }

    private func asked(_ entries: inout [UInt32: Entry], _ container: Node) -> Bool {
        guard case .asked(let count) = entries[container.index] ?? .asked(0) else { return true }
        entries[container.index] = .asked(count + 1)
        return count >= Self.askedLimit
    }

    private static func find(
        _ key: UnsafeBufferPointer<UInt8>, in buckets: [Int: [UInt32]], _ document: Document
    ) -> UInt32? {
        buckets[hash(key)]?.first { index in
            // The key stands in the word before its value.
            let bytes = Node(document: document, index: index - 1).utf8
            guard bytes.count == key.count, let base = bytes.baseAddress else { return bytes.count == key.count }
            return bytesEqual(base, key)
        }
    }

    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        // Seeded per process: nobody can prepare keys that collide.
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        return hasher.finalize()
    }
}
