import Values

/// A key of a JSON Web Key Set (RFC 7517).
package struct JSONWebKey: Sendable {
    enum Material: Sendable {
        case symmetric([UInt8])
        case asymmetric(PublicKey)
    }

    let material: Material
    /// `kid`
    let keyID: String?
    /// `alg`
    let algorithm: String?
    /// `use`: keys for encryption verify nothing.
    let use: String?

    /// A secret that signer and verifier share.
    package init(secret: [UInt8]) {
        material = .symmetric(secret)
        (keyID, algorithm, use) = (nil, nil, nil)
    }

    /// - Throws: `malformed-key`, `unsupported-key`, `malformed-base64`.
    private init(_ object: JSONObject) throws(VerificationError) {
        keyID = try object.optionalString("kid")
        algorithm = try object.optionalString("alg")
        use = try object.optionalString("use")
        let type = try object.string("kty")
        switch type {
        case "oct": material = .symmetric(try object.base64("k", .urlUnpadded))
        case "RSA": material = .asymmetric(try Self.rsa(object))
        case "EC": material = .asymmetric(try Self.ellipticCurve(object))
        case "OKP": material = .asymmetric(try Self.edwardsCurve(object))
        default:
            throw VerificationError(.unsupportedKey, "the key type `\(type.prefix(40))` is not supported")
        }
    }

    /// The keys of a set, or a single one.
    ///
    /// - Throws: `malformed-json`, `malformed-key`, `unsupported-key`, `malformed-base64`, `too-large`, `too-many`.
    package static func keys(_ bytes: [UInt8]) throws(VerificationError) -> [JSONWebKey] {
        let object = try JSONObject.read(
            bytes, maximumBytes: VerificationLimits.maximumKeySetBytes, what: "key set", reason: .malformedKey)
        guard object.has("keys") else { return [try JSONWebKey(object)] }
        var keys: [JSONWebKey] = []
        for entry in try object.objects("keys", limit: VerificationLimits.maximumKeysOfSet) {
            keys.append(try JSONWebKey(entry))
        }
        return keys
    }

    // MARK: SubjectPublicKeyInfo

    private static func rsa(_ object: JSONObject) throws(VerificationError) -> PublicKey {
        let (modulus, exponent) = (
            try object.base64("n", .urlUnpadded), try object.base64("e", .urlUnpadded)
        )
        return try PublicKey(
            pkcs1: DERReader.encode(
                tag: 0x30,
                DERReader.encode(unsigned: modulus[...]) + DERReader.encode(unsigned: exponent[...])))
    }

    private static func ellipticCurve(_ object: JSONObject) throws(VerificationError) -> PublicKey {
        let name = try object.string("crv")
        // ecPublicKey, then the curve.
        let curves: [String: (bytes: Int, identifier: [UInt8])] = [
            "P-256": (32, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]),
            "P-384": (48, [0x2B, 0x81, 0x04, 0x00, 0x22]), "P-521": (66, [0x2B, 0x81, 0x04, 0x00, 0x23]),
        ]
        guard let curve = curves[name] else {
            throw VerificationError(.unsupportedKey, "the curve `\(name.prefix(40))` is not supported")
        }
        let (x, y) = (try object.base64("x", .urlUnpadded), try object.base64("y", .urlUnpadded))
        guard x.count == curve.bytes, y.count == curve.bytes else {
            throw VerificationError(.malformedKey, "the coordinates of a `\(name)` key have \(curve.bytes) bytes each")
        }
        let algorithm =
            DERReader.encode(tag: 0x06, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01])
            + DERReader.encode(tag: 0x06, curve.identifier)
        return try publicKey(algorithm, [0x04] + x + y)
    }

    private static func edwardsCurve(_ object: JSONObject) throws(VerificationError) -> PublicKey {
        let name = try object.string("crv")
        guard name == "Ed25519" else {
            throw VerificationError(.unsupportedKey, "the curve `\(name.prefix(40))` is not supported")
        }
        return try publicKey(
            DERReader.encode(tag: 0x06, [0x2B, 0x65, 0x70]), try object.base64("x", .urlUnpadded))
    }

    private static func publicKey(_ algorithm: [UInt8], _ bits: [UInt8]) throws(VerificationError) -> PublicKey {
        try PublicKey(
            der: DERReader.encode(
                tag: 0x30,
                DERReader.encode(tag: 0x30, algorithm) + DERReader.encode(tag: 0x03, [0] + bits)))
    }
}
