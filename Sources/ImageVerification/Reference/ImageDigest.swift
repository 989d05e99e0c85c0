/// A content digest: algorithm and lower-case hexadecimal value.
package struct ImageDigest: Hashable, Sendable, CustomStringConvertible {
    package enum Algorithm: String, Sendable {
        case sha256, sha512

        var function: Digest { self == .sha256 ? .sha256 : .sha512 }
    }

    package let algorithm: Algorithm
    package let bytes: [UInt8]

    /// The SHA-256 digest of some bytes.
    package init(of content: [UInt8]) {
        algorithm = .sha256
        bytes = Digest.sha256.hash(content)
    }

    init(sha256 bytes: [UInt8]) {
        algorithm = .sha256
        self.bytes = bytes
    }

    /// - Throws: `malformed-reference`.
    package init(_ text: String) throws(VerificationError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let algorithm = Algorithm(rawValue: String(parts[0])),
            let bytes = BinaryText.decodeHex(parts[1].utf8), bytes.count == (algorithm == .sha256 ? 32 : 64)
        else {
            throw VerificationError(
                .malformedReference,
                "`\(text.prefix(200))` is not a digest: `sha256:` and 64 (or `sha512:` and 128) lower-case hexadecimal digits are"
            )
        }
        self.algorithm = algorithm
        self.bytes = bytes
    }

    package var hex: String { BinaryText.encodeHex(bytes) }
    package var description: String { "\(algorithm.rawValue):\(hex)" }

    /// The tag under which the referrers of this digest lie where a registry has no list of them. A tag has 128
    /// characters at most, so that the distribution specification cuts the value after 64.
    package var tag: String { "\(algorithm.rawValue)-\(hex.prefix(64))" }

    /// cosign's tag for what belongs to this digest; nil where it would be longer than a tag may be, and nothing can lie
    /// there.
    package func cosignTag(_ suffix: String, prefix: String) -> String? {
        let tag = "\(prefix)\(algorithm.rawValue)-\(hex)\(suffix)"
        return tag.utf8.count <= 128 ? tag : nil
    }
}

extension ImageDigest {
    /// Whether these bytes have this digest, by its algorithm.
    package func isDigest(of content: [UInt8]) -> Bool {
        algorithm.function.hash(content) == bytes
    }
}
