/// A log's signed note on its size and root.
struct Checkpoint {
    let origin: String
    let size: UInt64
    let root: [UInt8]
    /// What is signed: the lines before the empty one, with the last one's end.
    private let text: [UInt8]
    private let signatures: [Line]

    private struct Line {
        let name: String
        let hint: ArraySlice<UInt8>
        let signature: [UInt8]
    }

    /// - Throws: `malformed-checkpoint`.
    init(_ envelope: String) throws(VerificationError) {
        func malformed(_ problem: String) -> VerificationError {
            VerificationError(.malformedCheckpoint, "the log's checkpoint \(problem)")
        }
        let bytes = Array(envelope.utf8)
        let newline = UInt8(ascii: "\n")
        guard let blank = bytes.indices.dropLast().first(where: { bytes[$0] == newline && bytes[$0 + 1] == newline })
        else { throw malformed("has no signatures") }
        text = Array(bytes[...blank])
        let lines = text.dropLast().split(separator: newline, omittingEmptySubsequences: false)
        guard lines.count >= 3, !lines[0].isEmpty else { throw malformed("has no origin, size and root") }
        origin = String(decoding: lines[0], as: UTF8.self)
        guard (1...19).contains(lines[1].count), lines[1].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            lines[1].count == 1 || lines[1].first != 0x30,
            let size = UInt64(String(decoding: lines[1], as: UTF8.self))
        else { throw malformed("has no size") }
        guard let root = BinaryText.decodeBase64(lines[2]), root.count == 32 else {
            throw malformed("has no root hash")
        }
        (self.size, self.root) = (size, root)
        let rest = bytes[(blank + 2)...]
        guard rest.last == newline else { throw malformed("does not end with a line") }
        var signatures: [Line] = []
        for line in rest.dropLast().split(separator: newline, omittingEmptySubsequences: false) {
            let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0].elementsEqual("\u{2014}".utf8), !parts[1].isEmpty,
                let raw = BinaryText.decodeBase64(parts[2]), raw.count > 4
            else { throw malformed("has a signature line that cannot be read") }
            guard signatures.count < VerificationLimits.maximumCheckpointSignatures else {
                throw malformed("has too many signatures")
            }
            signatures.append(
                Line(name: String(decoding: parts[1], as: UTF8.self), hint: raw[..<4], signature: Array(raw[4...])))
        }
        self.signatures = signatures
    }

    /// Looks through all lines, since witnesses may have signed first.
    ///
    /// - Parameter namesLog: whether the origin and the signer's name must be the log's host, as in Rekor 2.
    /// - Throws: `checkpoint-origin`, `checkpoint-signature`.
    func requireSignature(by log: TransparencyLog, namesLog: Bool) throws(VerificationError) {
        if namesLog, origin != log.host {
            throw VerificationError(
                .checkpointOrigin, "the checkpoint is of `\(origin)`, but the log is `\(log.host)`")
        }
        for line in signatures {
            if namesLog, line.name != origin { continue }
            guard line.hint.elementsEqual(Self.hint(log.key, name: line.name)) else { continue }
            if log.key.verifiesAsLog(line.signature, over: text) { return }
        }
        throw VerificationError(.checkpointSignature, "the checkpoint is not signed by its log")
    }

    private static func hint(_ key: PublicKey, name: String) -> ArraySlice<UInt8> {
        guard let raw = key.rawEd25519 else { return key.fingerprint[..<4] }
        return Digest.sha256.hash(Array(name.utf8) + [0x0A, 0x01] + raw)[..<4]
    }
}
