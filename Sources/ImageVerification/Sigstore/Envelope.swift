/// A DSSE envelope: a typed payload and signatures over both.
struct Envelope: Sendable {
    let payloadType: String
    let payload: [UInt8]
    let signatures: [[UInt8]]

    /// - Throws: `malformed-envelope`, `malformed-base64`, `too-many`.
    init(_ object: JSONObject, _ alphabet: BinaryText.Alphabet) throws(VerificationError) {
        payloadType = try object.string("payloadType")
        payload = try object.base64("payload", alphabet)
        var signatures: [[UInt8]] = []
        for entry in try object.objects("signatures", limit: VerificationLimits.maximumEnvelopeSignatures) {
            signatures.append(try entry.base64("sig", alphabet))
        }
        self.signatures = signatures
    }

    /// DSSE's pre-authentication encoding: what is signed.
    var signedBytes: [UInt8] {
        Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
    }

    /// - Parameter allowsPrehash: Ed25519ph as well, the only Ed25519 that a log of digests can verify.
    /// - Returns: the signature that holds.
    /// - Throws: `envelope-payload-type`, `signature-missing`, `signature-invalid`.
    func verify(
        by key: PublicKey, allowsPrehash: Bool = false, allowsPSS: Bool = false
    ) throws(VerificationError) -> [UInt8] {
        guard payloadType == "application/vnd.in-toto+json" else {
            throw VerificationError(
                .envelopePayloadType,
                "the envelope's payload type is `\(payloadType)`, not `application/vnd.in-toto+json`")
        }
        guard !signatures.isEmpty else {
            throw VerificationError(.signatureMissing, "the envelope has no signatures")
        }
        let signed = signedBytes
        let found = signatures.first {
            key.verifiesAsCosign($0, over: signed, allowsPrehash: allowsPrehash, allowsPSS: allowsPSS)
        }
        guard let found else {
            throw VerificationError(.signatureInvalid, "the envelope's signature is not by this key, or it was changed")
        }
        return found
    }
}
