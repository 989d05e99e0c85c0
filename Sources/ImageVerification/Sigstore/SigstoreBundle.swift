/// A sigstore bundle, version 0.1 to 0.3: a signature with all that is needed to verify it offline.
package struct SigstoreBundle: Sendable {
    enum Version: Sendable {
        case v0_1, v0_2, v0_3
    }

    enum Content: Sendable {
        case message(signature: [UInt8], digest: [UInt8]?, algorithm: String)
        case envelope(Envelope)
    }

    let version: Version
    /// Nil where the bundle names a key by a hint, which proves nothing.
    let certificate: Certificate?
    /// What came with the certificate in versions that have a chain.
    let intermediates: [Certificate]
    let content: Content
    let entries: [LogEntry]
    let timestamps: [[UInt8]]

    /// - Throws: `malformed-json`, `malformed-bundle`, `malformed-base64`, `unsupported-bundle-version`,
    ///   `verification-material`, `certificate-chain-not-allowed`, `root-in-bundle`, `duplicate-log-entry`, `too-many`.
    package init(json: [UInt8]) throws(VerificationError) {
        try self.init(JSONObject.read(json, what: "bundle", reason: .malformedBundle))
    }

    /// All bundles of a file: one, one a line as GitHub's `gh attestation download` writes them, or the list that npm's and
    /// GitHub's servers answer with.
    ///
    /// - Throws: what is wrong with the text as a whole; what is wrong with one of several is among the results.
    package static func all(
        in text: [UInt8]
    ) throws(VerificationError) -> [Result<SigstoreBundle, VerificationError>] {
        func read(_ body: () throws(VerificationError) -> SigstoreBundle) -> Result<SigstoreBundle, VerificationError> {
            do throws(VerificationError) {
                return .success(try body())
            } catch {
                return .failure(error)
            }
        }
        let lines = text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).filter { line in
            line.contains { $0 != 0x20 && $0 != 0x09 }
        }
        let isList =
            lines.count > 1 && lines.allSatisfy { $0.first == UInt8(ascii: "{") && $0.last == UInt8(ascii: "}") }
        if isList {
            guard lines.count <= VerificationLimits.maximumSignatures else {
                throw VerificationError(
                    .tooMany, "there are \(lines.count) bundles; the limit is \(VerificationLimits.maximumSignatures)")
            }
            return lines.map { line in read { () throws(VerificationError) in try SigstoreBundle(json: Array(line)) } }
        }
        let object = try JSONObject.read(text, what: "bundle", reason: .malformedBundle)
        guard object.has("attestations") else { return [.success(try SigstoreBundle(object))] }
        let entries = try object.objects("attestations", limit: VerificationLimits.maximumSignatures)
        guard !entries.isEmpty else { throw object.failure("attestations", "is empty") }
        return entries.map { entry in
            read { () throws(VerificationError) in try SigstoreBundle(entry.object("bundle")) }
        }
    }

    private init(_ bundle: JSONObject) throws(VerificationError) {
        version = try Self.version(try bundle.optionalString("mediaType") ?? "")
        let material = try bundle.object("verificationMaterial")
        let chain = try Self.certificates(material, version)
        certificate = chain.first
        intermediates = Array(chain.dropFirst())
        content = try Self.content(bundle)
        var entries: [LogEntry] = []
        for object in try material.objects("tlogEntries", limit: VerificationLimits.maximumLogEntries) {
            let entry = try LogEntry(bundleEntry: object, needsCheckpoint: version != .v0_1)
            guard !entries.contains(where: { $0.logID == entry.logID && $0.index == entry.index }) else {
                throw VerificationError(.duplicateLogEntry, "the bundle has the log entry \(entry.index) twice")
            }
            entries.append(entry)
        }
        self.entries = entries
        var timestamps: [[UInt8]] = []
        if let data = try material.optionalObject("timestampVerificationData") {
            for entry in try data.objects("rfc3161Timestamps", limit: VerificationLimits.maximumTimestamps) {
                timestamps.append(try entry.base64("signedTimestamp", .protobuf))
            }
        }
        self.timestamps = timestamps
    }

    private static func version(_ mediaType: String) throws(VerificationError) -> Version {
        switch mediaType {
        case "application/vnd.dev.sigstore.bundle+json;version=0.1", "application/vnd.dev.sigstore.bundle.v0.1+json":
            .v0_1
        case "application/vnd.dev.sigstore.bundle+json;version=0.2", "application/vnd.dev.sigstore.bundle.v0.2+json":
            .v0_2
        case "application/vnd.dev.sigstore.bundle+json;version=0.3", "application/vnd.dev.sigstore.bundle.v0.3+json":
            .v0_3
        default:
            throw VerificationError(
                .unsupportedBundleVersion,
                "the bundle's media type `\(mediaType.prefix(200))` is not one of versions 0.1 to 0.3")
        }
    }

    /// The signer's first; none where the bundle names a key.
    private static func certificates(
        _ material: JSONObject, _ version: Version
    ) throws(VerificationError) -> [Certificate] {
        let kinds = ["certificate", "publicKey", "x509CertificateChain"].filter(material.has)
        guard kinds.count == 1, let kind = kinds.first else {
            throw VerificationError(
                .verificationMaterial,
                "the bundle must have one of certificate, key hint and certificate chain, it has \(kinds.count)")
        }
        switch kind {
        case "certificate": return [try Certificate(der: try material.object(kind).base64("rawBytes", .protobuf))]
        case "x509CertificateChain":
            guard version != .v0_3 else {
                throw VerificationError(
                    .certificateChainNotAllowed, "a bundle of version 0.3 has one certificate, this one has a chain")
            }
            let chain = try material.object(kind)
            var certificates: [Certificate] = []
            for entry in try chain.objects("certificates", limit: VerificationLimits.maximumChainLength) {
                certificates.append(try Certificate(der: try entry.base64("rawBytes", .protobuf)))
            }
            guard !certificates.isEmpty else {
                throw VerificationError(.verificationMaterial, "the bundle's certificate chain is empty")
            }
            // A root from whoever made the bundle cannot add trust; the format forbids it.
            guard !certificates.contains(where: \.isSelfIssued) else {
                throw VerificationError(.rootInBundle, "the bundle's certificate chain has a root certificate")
            }
            return certificates
        default:
            _ = try material.object(kind)
            return []
        }
    }

    private static func content(_ bundle: JSONObject) throws(VerificationError) -> Content {
        let (message, envelope) = (
            try bundle.optionalObject("messageSignature"), try bundle.optionalObject("dsseEnvelope")
        )
        switch (message, envelope) {
        case (.some(let message), nil):
            let signature = try message.base64("signature", .protobuf)
            guard !signature.isEmpty else { throw message.failure("signature", "is empty") }
            let digest = try message.optionalObject("messageDigest")
            return .message(
                signature: signature, digest: try digest?.optionalBase64("digest", .protobuf),
                algorithm: try digest?.optionalString("algorithm") ?? "")
        case (nil, .some(let object)):
            let envelope = try Envelope(object, .protobuf)
            guard envelope.signatures.count == 1 else {
                throw VerificationError(
                    .envelopeSignatureCount,
                    "a bundle's envelope must have one signature, it has \(envelope.signatures.count)")
            }
            return .envelope(envelope)
        default:
            throw VerificationError(.malformedBundle, "the bundle must have either a message signature or an envelope")
        }
    }
}

extension LogEntry {
    /// An entry in protobuf's JSON mapping.
    ///
    /// - Parameter needsCheckpoint: false takes a proof without one for none: the first bundles have such proofs, beside the
    ///   log's promise.
    init(bundleEntry object: JSONObject, needsCheckpoint: Bool) throws(VerificationError) {
        logID = try object.object("logId").base64("keyId", .protobuf)
        index = try object.protobufInteger("logIndex")
        let kindVersion = try object.object("kindVersion")
        kind = try kindVersion.string("kind")
        version = try kindVersion.string("version")
        integratedTime = try object.protobufInteger("integratedTime")
        promise = try object.optionalObject("inclusionPromise")?.optionalBase64("signedEntryTimestamp", .protobuf)
        body = try object.base64("canonicalizedBody", .protobuf)
        guard index >= 0, integratedTime >= 0 else {
            throw VerificationError(.malformedLogEntry, "the log entry has a negative index or time")
        }
        guard let proof = try object.optionalObject("inclusionProof") else {
            self.proof = nil
            return
        }
        var hashes: [[UInt8]] = []
        for text in try proof.strings("hashes", limit: VerificationLimits.maximumProofHashes) {
            guard let hash = BinaryText.decodeBase64(text.utf8, .protobuf), hash.count == 32 else {
                throw proof.failure("hashes", "holds something that is not a hash")
            }
            hashes.append(hash)
        }
        guard let note = try proof.optionalObject("checkpoint") else {
            guard needsCheckpoint else {
                self.proof = nil
                return
            }
            throw VerificationError(.checkpointMissing, "the inclusion proof has no checkpoint")
        }
        self.proof = InclusionProof(
            index: try proof.protobufInteger("logIndex"), treeSize: try proof.protobufInteger("treeSize"),
            root: try proof.optionalBase64("rootHash", .protobuf) ?? [], hashes: hashes,
            checkpoint: try note.string("envelope"))
    }
}
