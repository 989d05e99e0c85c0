/// Compares a log entry with what is being verified: payload, signature and key must be the ones the log has seen.
///
/// Without this, a valid entry for anything would do as proof for everything (CVE-2022-36056, CVE-2026-22703).
struct LogEntryBody {
    let entry: LogEntry
    let content: SignedContent
    let signatures: [[UInt8]]
    let signer: SignerMaterial

    /// - Throws: `log-entry-payload`, `log-entry-signature`, `log-entry-key`, `log-entry-unsupported`,
    ///   `malformed-log-entry`.
    func requireMatch() throws(VerificationError) {
        if entry.isSecondGeneration { return try requireSecondGeneration() }
        let body = try JSONObject.read(entry.body, what: "log entry", reason: .malformedLogEntry)
        let (kind, version) = (try body.string("kind"), try body.string("apiVersion"))
        guard entry.kind.isEmpty || (entry.kind == kind && entry.version == version) else {
            throw VerificationError(
                .malformedLogEntry,
                "the log entry is a `\(kind)` \(version), not the `\(entry.kind)` \(entry.version) it is said to be")
        }
        let spec = try body.object("spec")
        switch (kind, version) {
        // rekord: cosign 1 of 2021, with the same fields.
        case ("hashedrekord", "0.0.1"), ("rekord", "0.0.1"): try requireMessage(spec)
        case ("dsse", "0.0.1"): try requireEnvelope(spec)
        case ("intoto", "0.0.2"): try requireStatement(spec.object("content"))
        default:
            throw VerificationError(
                .logEntryUnsupported, "log entries of the kind `\(kind)` \(version) are not supported")
        }
    }

    private static let otherPayload = VerificationError(
        .logEntryPayload, "the log entry is for another payload than this signature's")
    private static let otherSignature = VerificationError(.logEntrySignature, "the log entry holds another signature")
    private static let otherKey = VerificationError(.logEntryKey, "the log entry holds another key or certificate")

    private func requireMessage(_ spec: JSONObject) throws(VerificationError) {
        guard case .message(let message) = content else { throw Self.otherPayload }
        let hash = try spec.object("data").object("hash")
        let digest: Digest
        switch try hash.string("algorithm") {
        case "sha256": digest = .sha256
        case "sha384": digest = .sha384
        case "sha512": digest = .sha512
        default: throw Self.otherPayload
        }
        guard let expected = message.hash(digest), try hash.string("value") == BinaryText.encodeHex(expected) else {
            throw Self.otherPayload
        }
        let signature = try spec.object("signature")
        guard signatures.count == 1, try signature.base64("content") == signatures[0] else { throw Self.otherSignature }
        try requireKey(try signature.object("publicKey").base64("content"))
    }

    private func requireEnvelope(_ spec: JSONObject) throws(VerificationError) {
        try requirePayload(spec)
        let entries = try spec.objects("signatures", limit: VerificationLimits.maximumEnvelopeSignatures)
        guard entries.count == signatures.count else { throw Self.otherSignature }
        for (entry, signature) in zip(entries, signatures) {
            guard try entry.base64("signature") == signature else { throw Self.otherSignature }
            try requireKey(try entry.base64("verifier"))
        }
    }

    private func requireStatement(_ content: JSONObject) throws(VerificationError) {
        try requirePayload(content)
        let entries = try content.object("envelope")
            .objects("signatures", limit: VerificationLimits.maximumEnvelopeSignatures)
        guard entries.count == signatures.count else { throw Self.otherSignature }
        for (entry, signature) in zip(entries, signatures) {
            // Encoded twice: the entry holds the base64 of the envelope's base64.
            guard let decoded = BinaryText.decodeBase64(try entry.base64("sig")), decoded == signature else {
                throw Self.otherSignature
            }
            try requireKey(try entry.base64("publicKey"))
        }
    }

    private func requirePayload(_ object: JSONObject) throws(VerificationError) {
        guard case .envelope(let envelope) = content else { throw Self.otherPayload }
        let hash = try object.object("payloadHash")
        guard try hash.string("algorithm") == "sha256",
            try hash.string("value") == BinaryText.encodeHex(Digest.sha256.hash(envelope.payload))
        else { throw Self.otherPayload }
    }

    private func requireKey(_ pem: [UInt8]) throws(VerificationError) {
        let text = String(decoding: pem, as: UTF8.self)
        let block = try PEMBlock.single(text, reason: .malformedLogEntry, what: "log entry's key")
        // DER against DER: the same key may be written with other line ends.
        guard block.bytes == signer.der, (block.label == "CERTIFICATE") == signer.isCertificate else {
            throw Self.otherKey
        }
    }

    /// Rekor 2's entries are rebuilt and compared as a whole; what differs is then named.
    private func requireSecondGeneration() throws(VerificationError) {
        let (details, digest) = signer.key.logDetails
        let hash: [UInt8]?
        switch content {
        case .message(let message): hash = message.hash(digest)
        case .envelope(let envelope): hash = digest.hash(envelope.signedBytes)
        }
        guard let hash, signatures.count == 1 else { throw Self.otherPayload }
        let algorithm =
            switch digest {
            case .sha256: "SHA2_256"
            case .sha384: "SHA2_384"
            case .sha512: "SHA2_512"
            }
        let (hash64, signature64) = (BinaryText.encodeBase64(hash), BinaryText.encodeBase64(signatures[0]))
        let verifier = signer.isCertificate ? "x509Certificate" : "publicKey"
        let expected =
            "{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\",\"spec\":{\"hashedRekordV002\":{\"data\":{"
            + "\"algorithm\":\"\(algorithm)\",\"digest\":\"\(hash64)\"},\"signature\":{\"content\":\"\(signature64)\","
            + "\"verifier\":{\"keyDetails\":\"\(details)\",\"\(verifier)\":{\"rawBytes\":\""
            + "\(BinaryText.encodeBase64(signer.der))\"}}}}}}"
        if entry.body.elementsEqual(expected.utf8) { return }
        let body = try JSONObject.read(entry.body, what: "log entry", reason: .malformedLogEntry)
        let record = try body.object("spec").object("hashedRekordV002")
        if try record.object("data").string("digest") != hash64 { throw Self.otherPayload }
        let signature = try record.object("signature")
        if try signature.string("content") != signature64 { throw Self.otherSignature }
        throw Self.otherKey
    }
}

extension SignerMaterial {
    var isCertificate: Bool {
        if case .certificate = self { return true }
        return false
    }
}

extension PublicKey {
    /// How Rekor 2 names the key's algorithm, and the hash it records.
    var logDetails: (String, Digest) {
        switch kind {
        case .ecdsaP256: ("PKIX_ECDSA_P256_SHA_256", .sha256)
        case .ecdsaP384: ("PKIX_ECDSA_P384_SHA_384", .sha384)
        case .ecdsaP521: ("PKIX_ECDSA_P521_SHA_512", .sha512)
        case .rsa(let bits): ("PKIX_RSA_PKCS1V15_\(bits)_SHA256", .sha256)
        case .ed25519: ("PKIX_ED25519_PH", .sha512)
        }
    }
}
