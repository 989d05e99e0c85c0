import Values

/// The payload of cosign's signatures: which image, and the signer's annotations.
struct SimpleSigningPayload {
    private let digest: String
    private let type: String
    private let optional: JSONObject?

    /// - Throws: `malformed-json`, `malformed-payload`.
    init(_ bytes: [UInt8]) throws(VerificationError) {
        let object = try JSONObject.read(
            bytes, maximumBytes: VerificationLimits.maximumPayloadBytes, what: "payload", reason: .malformedPayload)
        let critical = try object.object("critical")
        digest = try critical.object("image").string("docker-manifest-digest")
        type = try critical.string("type")
        optional = try object.optionalObject("optional")
    }

    /// The reference in the payload is not compared: mirrors and renamed repositories must pass.
    ///
    /// - Throws: `payload-digest-mismatch`, `payload-kind`, `annotation-mismatch`.
    func check(image: ImageDigest, annotations: [String: String]) throws(VerificationError) {
        guard digest == image.description else {
            throw VerificationError(
                .payloadDigestMismatch, "the signature is for `\(digest.prefix(200))`, not for this image, \(image)")
        }
        guard type == "cosign container image signature" else {
            throw VerificationError(
                .payloadKind, "the payload's type is `\(type.prefix(200))`, not a cosign image signature")
        }
        for (key, wanted) in annotations.sorted(by: { $0.key < $1.key }) {
            let found = optional?.value(key)?.string
            guard found == wanted else { throw VerificationError.annotation(key, found: found, wanted: wanted) }
        }
    }
}
