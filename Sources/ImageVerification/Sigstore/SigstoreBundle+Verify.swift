import Values

/// What a bundle is claimed to be for.
package enum BundleSubject: Sendable {
    /// A file. The bytes are needed for Ed25519 keys and for hashes other than SHA-256.
    case artifact(digest: ImageDigest, bytes: [UInt8]?)
    /// An image; the manifest's bytes are needed for message signatures.
    ///
    /// `predicateType` nil wants an image signature, and no other statement: otherwise any SBOM by the same signer would
    /// count as one.
    case image(digest: ImageDigest, manifest: [UInt8]?, predicateType: String?)

    var digest: ImageDigest {
        switch self {
        case .artifact(let digest, _), .image(let digest, _, _): digest
        }
    }

    var bytes: [UInt8]? {
        switch self {
        case .artifact(_, let bytes), .image(_, let bytes, _): bytes
        }
    }
}

extension SigstoreBundle {
    /// Verifies everything that the policy asks for.
    ///
    /// - Throws: the reason that stands in the way; see `VerificationReason`.
    package func verify(
        _ subject: BundleSubject, _ policy: SignaturePolicy
    ) throws(VerificationError) -> VerifiedSignature {
        let material = try policy.material(certificate: certificate)
        let signed: SignedContent
        let signature: [UInt8]
        switch content {
        case .envelope(let envelope):
            (signed, signature) = (.envelope(envelope), envelope.signatures[0])
        case .message(let bytes, let digest, let algorithm):
            if case .image = subject, !policy.allowsMessageSignatures {
                throw VerificationError(
                    .messageSignatureNotAllowed, "the bundle signs plain bytes, which is no image signature")
            }
            try Self.requireDigest(digest, algorithm, subject)
            let message = subject.bytes.map { MessageContent($0) } ?? MessageContent(sha256: subject.digest.bytes)
            (signed, signature) = (.message(message), bytes)
        }
        // First of all, so that a wrong key is called that, and not a log entry that does not match.
        try Self.verifySignature(subject, policy, material, signed, signature)
        let (times, isLogged) = try verifyTimes(policy, material, signed, signature)
        let claims = try policy.verifyCertificate(of: material, times: times)
        let statement = try Self.statement(subject, policy, signed)
        return VerifiedSignature(claims: claims, times: times, isLogged: isLogged, statement: statement)
    }

    /// The digest in the bundle is a hint; one that differs says that the bundle is for something else.
    private static func requireDigest(
        _ digest: [UInt8]?, _ algorithm: String, _ subject: BundleSubject
    ) throws(VerificationError) {
        guard let digest else { return }
        let expected: [UInt8]?
        switch algorithm {
        case "SHA2_256": expected = subject.digest.algorithm == .sha256 ? subject.digest.bytes : nil
        case "SHA2_384": expected = subject.bytes.map { Digest.sha384.hash($0) }
        case "SHA2_512": expected = subject.bytes.map { Digest.sha512.hash($0) }
        default: expected = nil
        }
        guard digest == expected else {
            throw VerificationError(.messageDigestMismatch, "the bundle is for other bytes than these")
        }
    }

    /// Log entries and timestamps. For a key they count only where asked for; a certificate needs a time.
    private func verifyTimes(
        _ policy: SignaturePolicy, _ material: SignerMaterial, _ signed: SignedContent, _ signature: [UInt8]
    ) throws(VerificationError) -> (times: [Timestamp], isLogged: Bool) {
        guard policy.requiresLogEntry || policy.requiresTimestamp || material.isCertificate else { return ([], false) }
        let root = try policy.requireTrustedRoot()
        var times: [Timestamp] = []
        for entry in entries {
            if let time = try verify(entry, root, material, signed, signature) { times.append(time) }
        }
        if policy.requiresLogEntry, entries.isEmpty {
            throw VerificationError(.noLogEntry, "the bundle has no transparency log entry")
        }
        for timestamp in timestamps { times.append(try root.time(ofResponse: timestamp, over: signature)) }
        if policy.requiresTimestamp, timestamps.isEmpty {
            throw VerificationError(.timestampMissing, "the bundle has no timestamp")
        }
        return (times, !entries.isEmpty)
    }

    /// - Returns: the entry's time, if a promise vouches for it.
    private func verify(
        _ entry: LogEntry, _ root: TrustedRoot, _ material: SignerMaterial, _ signed: SignedContent,
        _ signature: [UInt8]
    ) throws(VerificationError) -> Timestamp? {
        let log = try entry.log(in: root)
        if version == .v0_1, entry.promise == nil, !entry.isSecondGeneration {
            throw VerificationError(
                .inclusionPromiseMissing, "a bundle of version 0.1 needs a signed entry timestamp")
        }
        if version != .v0_1 || entry.isSecondGeneration, entry.proof == nil {
            throw VerificationError(.inclusionProofMissing, "the log entry has no inclusion proof")
        }
        var time: Timestamp?
        if let promise = entry.promise, !entry.isSecondGeneration {
            time = try entry.verifyPromise(promise, by: log)
        }
        if let proof = entry.proof { try entry.verifyProof(proof, by: log) }
        try LogEntryBody(entry: entry, content: signed, signatures: [signature], signer: material).requireMatch()
        return time
    }

    private static func verifySignature(
        _ subject: BundleSubject, _ policy: SignaturePolicy, _ material: SignerMaterial, _ signed: SignedContent,
        _ signature: [UInt8]
    ) throws(VerificationError) {
        switch signed {
        case .envelope(let envelope): try envelope.verify(by: material.key)
        case .message(let message):
            let holds =
                if let bytes = message.bytes {
                    Digest.sha256.hash(bytes) == subject.digest.bytes
                        && material.key.verifiesAsCosign(signature, over: bytes, allowsPSS: policy.allowsPSS)
                } else {
                    material.key.verifies(signature, overHash: message.sha256, .sha256)
                }
            guard holds else {
                throw VerificationError(
                    .signatureInvalid, "the signature is not by this key, or for other bytes than these")
            }
        }
    }

    /// What the signed content says; nil for plain bytes, which say nothing.
    private static func statement(
        _ subject: BundleSubject, _ policy: SignaturePolicy, _ signed: SignedContent
    ) throws(VerificationError) -> Statement? {
        guard case .envelope(let envelope) = signed else {
            if case .image(_, _, let predicateType?) = subject {
                throw VerificationError(.predicateType, "the bundle signs plain bytes, wanted `\(predicateType)`")
            }
            if let (key, wanted) = policy.annotations.min(by: { $0.key < $1.key }) {
                throw VerificationError.annotation(key, found: nil, wanted: wanted)
            }
            return nil
        }
        let statement = try Statement(envelope.payload, about: subject.digest)
        if case .image(_, _, let wanted) = subject {
            try statement.require(predicateType: wanted ?? Statement.imageSignaturePredicateType)
        }
        try statement.require(annotations: policy.annotations)
        return statement
    }
}
