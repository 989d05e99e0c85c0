import Values

/// What a bundle is claimed to be for.
package enum BundleSubject: Sendable {
    /// A file. The bytes are needed for Ed25519 keys and for other hashes than the digest's.
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

    /// Nil where it is not known.
    func hash(_ digest: Digest) -> [UInt8]? { MessageContent(self).hash(digest) }
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
            signed = .envelope(envelope)
            signature = try envelope.verify(by: material.key, allowsPrehash: true, allowsPSS: policy.allowsPSS)
        case .message(let bytes, let digest, let algorithm):
            if case .image = subject, !policy.allowsMessageSignatures {
                throw VerificationError(
                    .messageSignatureNotAllowed, "the bundle signs plain bytes, which is no image signature")
            }
            try Self.requireDigest(digest, algorithm, subject)
            let message = MessageContent(subject)
            (signed, signature) = (.message(message), bytes)
            try Self.verify(bytes, of: message, material.key, allowsPSS: policy.allowsPSS)
        }
        // Only now, so that a wrong key is called that, and not a log entry that does not match.
        let (times, isLogged) = try verifyTimes(policy, material, signed, signature)
        let claims = try policy.verifyCertificate(of: material, times: times, intermediates: intermediates)
        let statement = try Self.statement(subject, policy, signed)
        return VerifiedSignature(claims: claims, times: times, isLogged: isLogged, statement: statement)
    }

    /// The digest in the bundle is a hint; one that differs says that the bundle is for something else.
    private static func requireDigest(
        _ digest: [UInt8]?, _ algorithm: String, _ subject: BundleSubject
    ) throws(VerificationError) {
        guard let digest, let function = Digest(protobufName: algorithm) else {
            guard digest == nil else {
                throw VerificationError(
                    .messageDigestMismatch, "the bundle's digest is of the unknown kind `\(algorithm.prefix(40))`")
            }
            return
        }
        guard let expected = subject.hash(function) else { throw needsBytes(function) }
        guard digest == expected else {
            throw VerificationError(.messageDigestMismatch, "the bundle is for other bytes than these")
        }
    }

    private static func needsBytes(_ digest: Digest) -> VerificationError {
        VerificationError(
            .bytesNeeded,
            "the signature is over the \(digest.name) hash, which cannot be told from another digest: give the file")
    }

    /// Log entries and timestamps. For a key they count only where asked for; a certificate needs a time.
    private func verifyTimes(
        _ policy: SignaturePolicy, _ material: SignerMaterial, _ signed: SignedContent, _ signature: [UInt8]
    ) throws(VerificationError) -> (times: [Timestamp], isLogged: Bool) {
        guard policy.requiresLogEntry || policy.requiresTimestamp || material.isCertificate else { return ([], false) }
        let root = try policy.requireTrustedRoot()
        var times: [Timestamp] = []
        var isLogged = false
        // Logs and authorities that the trust root does not know prove nothing, and hide nothing that others prove.
        var unknown: VerificationError?
        for entry in entries {
            do throws(VerificationError) {
                if let time = try verify(entry, root, material, signed, signature) { times.append(time) }
                isLogged = true
            } catch  where error.reason == .unknownLog {
                unknown = unknown ?? error
            }
        }
        if policy.requiresLogEntry, !isLogged {
            throw unknown ?? VerificationError(.noLogEntry, "the bundle has no transparency log entry")
        }
        let logged = times.count
        for timestamp in timestamps {
            do throws(VerificationError) {
                times.append(try root.time(ofResponse: timestamp, over: signature))
            } catch  where error.reason == .timestampUntrusted {
                unknown = unknown ?? error
            }
        }
        if policy.requiresTimestamp, times.count == logged {
            throw unknown ?? VerificationError(.timestampMissing, "the bundle has no timestamp")
        }
        if times.isEmpty, material.isCertificate, let unknown { throw unknown }
        return (times, isLogged)
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
        try LogEntryBody(entry: entry, content: signed, signature: signature, signer: material, stored: nil)
            .requireMatch()
        return time
    }

    private static func verify(
        _ signature: [UInt8], of message: MessageContent, _ key: PublicKey, allowsPSS: Bool
    ) throws(VerificationError) {
        let holds: Bool
        if let bytes = message.bytes {
            holds =
                message.digest.isDigest(of: bytes)
                && key.verifiesAsCosign(signature, over: bytes, allowsPrehash: true, allowsPSS: allowsPSS)
        } else {
            let function = message.digest.algorithm.function
            holds = key.verifies(signature, overHash: message.digest.bytes, function)
            if !holds, key.nativeDigest != function { throw needsBytes(key.nativeDigest) }
        }
        guard holds else {
            throw VerificationError(
                .signatureInvalid, "the signature is not by this key, or for other bytes than these")
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
        let statement = try Statement(envelope.payload, about: subject)
        if case .image(_, _, let wanted) = subject {
            try statement.require(predicateType: wanted ?? Statement.imageSignaturePredicateType)
        }
        try statement.require(annotations: policy.annotations)
        return statement
    }
}
