import Values

/// An entry of a transparency log as a signature carries it.
struct LogEntry: Sendable {
    let logID: [UInt8]
    let index: Int64
    let kind: String
    let version: String
    /// Seconds since 1970; counts only with a verified promise.
    let integratedTime: Int64
    /// The log's signature over the entry, `signedEntryTimestamp`.
    let promise: [UInt8]?
    let proof: InclusionProof?
    let body: [UInt8]

    /// Rekor 2's entries have no promise and no time of their own.
    var isSecondGeneration: Bool { (kind == "hashedrekord" || kind == "dsse") && version == "0.0.2" }

    /// The log that the entry names. Where a trust root has several periods of one log, the one of the entry's time.
    ///
    /// - Throws: `unknown-log`.
    func log(in root: TrustedRoot) throws(VerificationError) -> TransparencyLog {
        let named = root.logs.filter { $0.isNamed(by: logID) }
        let time = Timestamp(seconds: integratedTime, nanoseconds: 0)
        guard let log = named.first(where: { $0.validity.contains(time) }) ?? named.first else {
            throw VerificationError(
                .unknownLog, "the trust root does not name the log `\(BinaryText.encodeHex(logID))` of the entry")
        }
        return log
    }

    /// - Returns: when the log took the entry in.
    /// - Throws: `log-not-valid-at-time`, `inclusion-promise-invalid`.
    func verifyPromise(_ promise: [UInt8], by log: TransparencyLog) throws(VerificationError) -> Timestamp {
        let time = Timestamp(seconds: integratedTime, nanoseconds: 0)
        guard log.validity.contains(time) else {
            throw VerificationError(
                .logNotValidAtTime,
                "the trust root's validity period of the log does not include \(time.internetText)")
        }
        // RFC 8785's canonical form: keys sorted, no spaces; no value needs an escape.
        let signed =
            "{\"body\":\"\(BinaryText.encodeBase64(body))\",\"integratedTime\":\(integratedTime),"
            + "\"logID\":\"\(BinaryText.encodeHex(logID))\",\"logIndex\":\(index)}"
        guard log.key.kind != .ed25519, log.key.verifiesAsLog(promise, over: Array(signed.utf8)) else {
            throw VerificationError(
                .inclusionPromiseInvalid, "the signed entry timestamp is not by the log, or the entry was changed")
        }
        return time
    }

    /// - Throws: `malformed-checkpoint`, `checkpoint-origin`, `checkpoint-signature`, `checkpoint-root`,
    ///   `inclusion-proof-invalid`.
    func verifyProof(_ proof: InclusionProof, by log: TransparencyLog) throws(VerificationError) {
        let checkpoint = try Checkpoint(proof.checkpoint)
        try checkpoint.requireSignature(by: log, namesLog: isSecondGeneration)
        if !isSecondGeneration {
            guard proof.treeSize >= 0, UInt64(proof.treeSize) == checkpoint.size, proof.root == checkpoint.root else {
                throw VerificationError(
                    .checkpointRoot, "the inclusion proof is for another root than the log's checkpoint")
            }
        }
        let position = isSecondGeneration ? index : proof.index
        guard position >= 0,
            InclusionProof.leads(
                from: body, index: UInt64(position), size: checkpoint.size, hashes: proof.hashes, to: checkpoint.root)
        else {
            throw VerificationError(.inclusionProofInvalid, "the inclusion proof does not lead to the log's root")
        }
    }
}
