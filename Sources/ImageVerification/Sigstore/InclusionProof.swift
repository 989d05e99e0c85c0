/// Hashes that lead from one entry to a log's root.
struct InclusionProof: Sendable {
    /// Position in the shard; Rekor 1's outer index counts over all shards.
    let index: Int64
    let treeSize: Int64
    let root: [UInt8]
    let hashes: [[UInt8]]
    /// A signed note.
    let checkpoint: String

    /// Verifies as RFC 9162, section 2.1.3.2.
    static func leads(from entry: [UInt8], index: UInt64, size: UInt64, hashes: [[UInt8]], to root: [UInt8]) -> Bool {
        guard index < size else { return false }
        var (position, last) = (index, size - 1)
        var hash = Digest.sha256.hash([0] + entry)
        for other in hashes {
            guard last != 0 else { return false }
            if position & 1 == 1 || position == last {
                hash = Digest.sha256.hash([1] + other + hash)
                while position & 1 == 0, position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                hash = Digest.sha256.hash([1] + hash + other)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }
}
