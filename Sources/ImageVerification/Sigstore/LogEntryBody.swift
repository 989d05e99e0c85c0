/// Compares a log entry with what is being verified: payload, signature and key must be the ones the log has seen.
///
/// Without this, a valid entry for anything would do as proof for everything (CVE-2022-36056, CVE-2026-22703).
struct LogEntryBody {
    let entry: LogEntry
    let content: SignedContent
    /// The one that holds.
    let signature: [UInt8]
    let signer: SignerMaterial
    /// An envelope as it was stored and logged; nil where only its parts are known.
    let stored: [UInt8]?

    /// - Throws: `log-entry-payload`, `log-entry-signature`, `log-entry-key`, `log-entry-unsupported`,
    ///   `malformed-log-entry`.
    func requireMatch() throws(VerificationError) {
        let body = try JSONObject.read(entry.body, what: "log entry", reason: .malformedLogEntry)
        let (kind, version) = (try body.string("kind"), try body.string("apiVersion"))
        guard entry.kind.isEmpty || (entry.kind == kind && entry.version == version) else {
            throw VerificationError(
                .malformedLogEntry,
                "the log entry is a `\(kind)` \(version), not the `\(entry.kind)` \(entry.version) it is said to be")
        }
        let spec = try body.object("spec")
        switch (kind, version) {
        case ("hashedrekord", "0.0.1"): try requireMessage(spec)
        // cosign 1 of 2021, with the same fields.
        case ("rekord", "0.0.1"):
            guard case .message = content else { throw Self.otherPayload }
            try requireMessage(spec)
        case ("dsse", "0.0.1"): try requireEnvelope(spec)
        case ("intoto", "0.0.1"): try requireStoredEnvelope(spec)
        case ("intoto", "0.0.2"): try requireStatement(spec.object("content"))
        case ("hashedrekord", "0.0.2"): try requireRecord(spec.object("hashedRekordV002"))
        case ("dsse", "0.0.2"): try requireSecondEnvelope(spec.object("dsseV002"))
        default:
            throw VerificationError(
                .logEntryUnsupported, "log entries of the kind `\(kind)` \(version) are not supported")
        }
    }

    private static let otherPayload = VerificationError(
        .logEntryPayload, "the log entry is for another payload than this signature's")
    private static let otherSignature = VerificationError(.logEntrySignature, "the log entry holds another signature")
    private static let otherKey = VerificationError(.logEntryKey, "the log entry holds another key or certificate")

    /// The hash is that of the signed bytes: of an envelope, its pre-authentication encoding.
    private func requireMessage(_ spec: JSONObject) throws(VerificationError) {
        let hash = try spec.object("data").object("hash")
        let digest: Digest
        switch try hash.string("algorithm") {
        case "sha256": digest = .sha256
        case "sha384": digest = .sha384
        case "sha512": digest = .sha512
        default: throw Self.otherPayload
        }
        guard let expected = content.hash(digest), try hash.string("value") == BinaryText.encodeHex(expected) else {
            throw Self.otherPayload
        }
        let logged = try spec.object("signature")
        guard try logged.base64("content") == signature else { throw Self.otherSignature }
        try requireKey(try logged.object("publicKey").base64("content"))
    }

    private func requireEnvelope(_ spec: JSONObject) throws(VerificationError) {
        try requirePayload(spec)
        try requireSigner(spec) { (entry) throws(VerificationError) in
            try entry.base64("signature")
        } key: { (entry) throws(VerificationError) in
            try entry.base64("verifier")
        }
    }

    private func requireStatement(_ content: JSONObject) throws(VerificationError) {
        try requirePayload(content)
        try requireSigner(try content.object("envelope")) { (entry) throws(VerificationError) in
            // Encoded twice: the entry holds the base64 of the envelope's base64.
            BinaryText.decodeBase64(try entry.base64("sig"), .protobuf) ?? []
        } key: { (entry) throws(VerificationError) in
            try entry.base64("publicKey")
        }
    }

    /// cosign 1's attestations: the entry has no signature, but the hash of the envelope with the signature in it.
    private func requireStoredEnvelope(_ spec: JSONObject) throws(VerificationError) {
        guard let stored else {
            throw VerificationError(
                .logEntryUnsupported,
                "log entries of the kind `intoto` 0.0.1 are over an envelope's text, which a bundle does not keep")
        }
        let content = try spec.object("content")
        if content.has("payloadHash") { try requirePayload(content) }
        let hash = try content.object("hash")
        guard case .envelope = self.content, try hash.string("algorithm") == "sha256",
            try hash.string("value") == BinaryText.encodeHex(Digest.sha256.hash(stored))
        else { throw Self.otherPayload }
        try requireKey(try spec.base64("publicKey"))
    }

    /// An envelope may have several signatures, and logs sort them: one must be ours, by our key.
    private func requireSigner(
        _ holder: JSONObject, signature decoded: (JSONObject) throws(VerificationError) -> [UInt8],
        key: (JSONObject) throws(VerificationError) -> [UInt8]
    ) throws(VerificationError) {
        var mismatch = Self.otherSignature
        for entry in try holder.objects("signatures", limit: VerificationLimits.maximumEnvelopeSignatures) {
            guard try decoded(entry) == signature else { continue }
            do throws(VerificationError) {
                return try requireKey(try key(entry))
            } catch {
                mismatch = error
            }
        }
        throw mismatch
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
        let block = try PEMBlock.first(text, reason: .malformedLogEntry, what: "log entry's key")
        // DER against DER: the same key may be written with other line ends.
        guard block.bytes == signer.der, (block.label == "CERTIFICATE") == signer.isCertificate else {
            throw Self.otherKey
        }
    }

    // MARK: - Rekor 2

    private func requireRecord(_ record: JSONObject) throws(VerificationError) {
        let data = try record.object("data")
        guard let digest = Digest(protobufName: try data.string("algorithm")), let expected = content.hash(digest),
            try data.base64("digest", .protobuf) == expected
        else { throw Self.otherPayload }
        let logged = try record.object("signature")
        guard try logged.base64("content", .protobuf) == signature else { throw Self.otherSignature }
        try requireVerifier(try logged.object("verifier"))
    }

    /// What the first Rekor 2 servers took beside records.
    private func requireSecondEnvelope(_ spec: JSONObject) throws(VerificationError) {
        guard case .envelope(let envelope) = content else { throw Self.otherPayload }
        let hash = try spec.object("payloadHash")
        guard let digest = Digest(protobufName: try hash.string("algorithm")),
            try hash.base64("digest", .protobuf) == digest.hash(envelope.payload)
        else { throw Self.otherPayload }
        var mismatch = Self.otherSignature
        for entry in try spec.objects("signatures", limit: VerificationLimits.maximumEnvelopeSignatures) {
            guard try entry.base64("content", .protobuf) == signature else { continue }
            do throws(VerificationError) {
                return try requireVerifier(try entry.object("verifier"))
            } catch {
                mismatch = error
            }
        }
        throw mismatch
    }

    private func requireVerifier(_ verifier: JSONObject) throws(VerificationError) {
        let (wanted, other) = signer.isCertificate ? ("x509Certificate", "publicKey") : ("publicKey", "x509Certificate")
        guard !verifier.has(other), let holder = try verifier.optionalObject(wanted),
            try holder.base64("rawBytes", .protobuf) == signer.der,
            signer.key.logDetails.contains(try verifier.string("keyDetails"))
        else { throw Self.otherKey }
    }
}

extension SignerMaterial {
    var isCertificate: Bool {
        if case .certificate = self { return true }
        return false
    }
}

extension PublicKey {
    /// How Rekor 2 names the algorithms of such a key.
    var logDetails: [String] {
        switch kind {
        case .ecdsaP256: ["PKIX_ECDSA_P256_SHA_256"]
        case .ecdsaP384: ["PKIX_ECDSA_P384_SHA_384"]
        case .ecdsaP521: ["PKIX_ECDSA_P521_SHA_512"]
        case .rsa(let bits): ["PKIX_RSA_PKCS1V15_\(bits)_SHA256", "PKIX_RSA_PSS_\(bits)_SHA256"]
        case .ed25519: ["PKIX_ED25519_PH", "PKIX_ED25519"]
        }
    }
}
