import Values

/// One layer of cosign's `.sig` or `.att` manifests: a signature or an attestation.
package struct CosignLayer: Sendable {
    package let mediaType: String
    package let annotations: [String: String]
    /// The blob's bytes, whose digest was checked, or why there are none.
    package let content: Result<[UInt8], VerificationError>

    package init(mediaType: String, annotations: [String: String], content: Result<[UInt8], VerificationError>) {
        self.mediaType = mediaType
        self.annotations = annotations
        self.content = content
    }

    static let signatureMediaType = "application/vnd.dev.cosign.simplesigning.v1+json"
    static let attestationMediaType = "application/vnd.dsse.envelope.v1+json"
    private static let signatureKey = "dev.cosignproject.cosign/signature"
    private static let certificateKey = "dev.sigstore.cosign/certificate"
    private static let chainKey = "dev.sigstore.cosign/chain"
    private static let bundleKey = "dev.sigstore.cosign/bundle"
    private static let timestampKey = "dev.sigstore.cosign/rfc3161timestamp"

    private func requireMediaType(_ wanted: String) throws(VerificationError) -> [UInt8] {
        guard mediaType == wanted else {
            throw VerificationError(
                .layerMediaType, "the layer's media type is `\(mediaType.prefix(200))`, not `\(wanted)`")
        }
        return try content.get()
    }

    /// Verifies the layer as a signature of the image: simple signing.
    ///
    /// - Throws: the reason that stands in the way.
    package func verifySignature(
        of image: ImageDigest, _ policy: SignaturePolicy
    ) throws(VerificationError) -> VerifiedSignature {
        let bytes = try requireMediaType(Self.signatureMediaType)
        guard let text = annotations[Self.signatureKey] else {
            throw VerificationError(.signatureMissing, "the layer has no annotation `\(Self.signatureKey)`")
        }
        guard let signature = BinaryText.decodeBase64(text.utf8, .wrapped), !signature.isEmpty else {
            throw VerificationError(.malformedSignature, "the annotation `\(Self.signatureKey)` is not valid base64")
        }
        let material = try policy.material(certificate: try certificate(policy))
        guard material.key.verifiesAsCosign(signature, over: bytes, allowsPrehash: true, allowsPSS: policy.allowsPSS)
        else {
            throw VerificationError(.signatureInvalid, "the signature is not by this key, or the payload was changed")
        }
        let (times, isLogged) = try verifyTimes(
            policy, .message(MessageContent(bytes)), signature, material, stamped: signature)
        let claims = try policy.verifyCertificate(of: material, times: times, intermediates: intermediates)
        try SimpleSigningPayload(bytes).check(image: image, annotations: policy.annotations)
        return VerifiedSignature(claims: claims, times: times, isLogged: isLogged, statement: nil)
    }

    /// Verifies the layer as an attestation about the image. The annotation on the layer that names the predicate type is
    /// not signed, and not looked at.
    ///
    /// - Throws: the reason that stands in the way.
    package func verifyAttestation(
        of image: ImageDigest, predicateType: String, _ policy: SignaturePolicy
    ) throws(VerificationError) -> VerifiedSignature {
        let bytes = try requireMediaType(Self.attestationMediaType)
        let object = try JSONObject.read(bytes, what: "envelope", reason: .malformedEnvelope)
        // DSSE allows either alphabet.
        let envelope = try Envelope(object, .protobuf)
        let material = try policy.material(certificate: try certificate(policy))
        let signature = try envelope.verify(by: material.key, allowsPSS: policy.allowsPSS)
        let (times, isLogged) = try verifyTimes(
            policy, .envelope(envelope), signature, material, stamped: bytes)
        let claims = try policy.verifyCertificate(of: material, times: times, intermediates: intermediates)
        let statement = try Statement(envelope.payload, about: image)
        try statement.require(predicateType: predicateType)
        try statement.require(annotations: policy.annotations)
        return VerifiedSignature(claims: claims, times: times, isLogged: isLogged, statement: statement)
    }

    private func certificate(_ policy: SignaturePolicy) throws(VerificationError) -> Certificate? {
        guard let text = annotations[Self.certificateKey], !text.isEmpty else { return nil }
        if case .keyless = policy.signer, text.contains("PUBLIC KEY") {
            throw VerificationError(
                .certificateExpected,
                "the policy names an identity, but the signature has a bare key in place of a certificate")
        }
        // Where there are several, the first is the signer's own, as in all certificate files.
        return try Certificate(firstOf: text)
    }

    /// What the signature brings along of its certificate's chain, for authorities that allow it. What cannot be read is of
    /// no use, and no reason to refuse: most signatures need none.
    private var intermediates: [Certificate] {
        let texts = [annotations[Self.certificateKey], annotations[Self.chainKey]].compactMap { $0 }
        let found = texts.compactMap { try? Certificate.all(pem: $0) }.joined().filter { !$0.isSelfIssued }
        return Array(found.prefix(VerificationLimits.maximumChainLength))
    }

    private func verifyTimes(
        _ policy: SignaturePolicy, _ content: SignedContent, _ signature: [UInt8], _ material: SignerMaterial,
        stamped: [UInt8]
    ) throws(VerificationError) -> (times: [Timestamp], isLogged: Bool) {
        var times: [Timestamp] = []
        if policy.requiresLogEntry {
            guard let text = annotations[Self.bundleKey] else {
                throw VerificationError(.noLogEntry, "the signature has no transparency log entry")
            }
            let root = try policy.requireTrustedRoot()
            let entry = try LogEntry(cosignBundle: Array(text.utf8))
            guard let promise = entry.promise else {
                throw VerificationError(.inclusionPromiseMissing, "the log entry has no signed entry timestamp")
            }
            let log = try entry.log(in: root)
            times.append(try entry.verifyPromise(promise, by: log))
            try LogEntryBody(entry: entry, content: content, signature: signature, signer: material, stored: stamped)
                .requireMatch()
        }
        if let text = annotations[Self.timestampKey], policy.requiresTimestamp || material.isCertificate {
            let object = try JSONObject.read(Array(text.utf8), what: "timestamp", reason: .malformedTimestamp)
            let response = try object.base64("SignedRFC3161Timestamp")
            let root = try policy.requireTrustedRoot()
            do throws(VerificationError) {
                times.append(try root.time(ofResponse: response, over: stamped))
            } catch  where error.reason == .timestampUntrusted && !policy.requiresTimestamp && !times.isEmpty {
                // Somebody's whom nobody here knows. The log has said when it was.
            }
        } else if policy.requiresTimestamp {
            throw VerificationError(.timestampMissing, "the signature has no timestamp")
        }
        return (times, policy.requiresLogEntry)
    }
}

extension LogEntry {
    /// The entry in a layer's annotation: what Rekor answered when the signature was made.
    init(cosignBundle json: [UInt8]) throws(VerificationError) {
        let bundle = try JSONObject.read(json, what: "log entry", reason: .malformedLogEntry)
        let payload = try bundle.object("Payload")
        guard let id = BinaryText.decodeHex(try payload.string("logID").utf8) else {
            throw payload.failure("logID", "is not hexadecimal")
        }
        logID = id
        index = try payload.integer("logIndex")
        (kind, version) = ("", "")
        integratedTime = try payload.integer("integratedTime")
        promise = try bundle.base64("SignedEntryTimestamp")
        proof = nil
        body = try payload.base64("body")
        guard index >= 0, integratedTime >= 0 else {
            throw VerificationError(.malformedLogEntry, "the log entry has a negative index or time")
        }
    }
}
