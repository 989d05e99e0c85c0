package import Values

/// A signed JSON Web Token (RFC 7519) in the compact form, read and verified.
package struct JSONWebToken {
    /// The claims, in the types that RFC 7519 gives the registered ones.
    package let claims: [(name: String, value: Claim)]

    package enum Claim {
        /// `exp`, `nbf`, `iat`: whole seconds since 1970.
        case time(Int64)
        /// `aud`, which may be written as one text.
        case texts([String])
        case other(Node)
    }

    /// Reads a token, verifies its signature and reads its claims; whether it holds at a time is another question.
    ///
    /// The key is chosen as lestrrat-go/jwx does it, which Kyverno uses: by the token's `kid`; without one the set must
    /// have just one key. The key's own `alg` decides, else the token's, which must go with the key.
    ///
    /// - Throws: `malformed-envelope`, `malformed-base64`, `malformed-json`, `malformed-payload`, `key-expected`,
    ///   `algorithm-mismatch`, `signature-invalid`, `critical-header`, `too-large`.
    package init(_ text: String, keys: [JSONWebKey]) throws(VerificationError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= VerificationLimits.maximumTokenBytes else {
            throw VerificationError(.tooLarge, "the token has \(bytes.count) bytes")
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw VerificationError(.malformedEnvelope, "the token does not have three parts with dots between them")
        }
        let header = try JSONObject.read(
            try Self.decode(parts[0], "header"), what: "token's header", reason: .malformedEnvelope)
        guard !header.has("crit") else {
            throw VerificationError(.criticalHeader, "the token demands headers that are not known")
        }
        let payload = try Self.decode(parts[1], "claims")
        let signature = try Self.decode(parts[2], "signature")
        let key = try Self.key(try header.optionalString("kid"), keys)
        let algorithms = try Self.algorithms(try header.optionalString("alg"), key)
        let message = Array(bytes[..<parts[1].endIndex])
        guard algorithms.contains(where: { $0.verifies(signature, over: message, key.material) }) else {
            throw VerificationError(.signatureInvalid, "the token's signature does not match")
        }
        claims = try Self.claims(
            JSONObject.read(payload, what: "token's claims", reason: .malformedPayload))
    }

    /// Whether the token holds: it has not expired, and was not issued for or in the future. Fractions do not count.
    package func isValid(at time: Timestamp) -> Bool {
        claims.allSatisfy { name, value in
            guard case .time(let seconds) = value else { return true }
            return name == "exp" ? time.seconds < seconds : time.seconds >= seconds
        }
    }

    private static func decode(_ part: ArraySlice<UInt8>, _ what: String) throws(VerificationError) -> [UInt8] {
        guard let bytes = BinaryText.decodeBase64(part, .urlUnpadded) else {
            throw VerificationError(.malformedBase64, "the token's \(what) is not valid base64")
        }
        return bytes
    }

    private static func key(_ keyID: String?, _ keys: [JSONWebKey]) throws(VerificationError) -> JSONWebKey {
        let found: JSONWebKey?
        if let keyID {
            found = keys.first { $0.keyID == keyID }
        } else {
            found = keys.count == 1 ? keys.first : nil
        }
        guard let found else {
            throw VerificationError(
                .keyExpected,
                keyID.map { "there is no key `\($0.prefix(200))`" }
                    ?? "the token names no key, and there is not just one")
        }
        guard found.use ?? "" == "" || found.use == "sig" else {
            throw VerificationError(.keyExpected, "the key is not for signatures")
        }
        return found
    }

    private static func algorithms(
        _ name: String?, _ key: JSONWebKey
    ) throws(VerificationError) -> [JSONWebAlgorithm] {
        func mismatch(_ name: String) -> VerificationError {
            VerificationError(.algorithmMismatch, "the algorithm `\(name.prefix(40))` does not go with the key")
        }
        guard let wanted = key.algorithm ?? name else {
            return JSONWebAlgorithm.allCases.filter { $0.fits(key.material) }
        }
        guard let algorithm = JSONWebAlgorithm(rawValue: wanted), algorithm.fits(key.material) else {
            throw mismatch(wanted)
        }
        return [algorithm]
    }

    // MARK: Claims

    private static func claims(_ object: JSONObject) throws(VerificationError) -> [(name: String, value: Claim)] {
        var claims: [(name: String, value: Claim)] = []
        for (key, node) in object.node.entries {
            let name = key.string ?? ""
            switch name {
            case "exp", "nbf", "iat": claims.append((name, .time(try seconds(node, name, object))))
            case "aud":
                if let one = node.string {
                    claims.append((name, .texts([one])))
                } else {
                    claims.append((name, .texts(try object.strings(name, limit: VerificationLimits.maximumKeysOfSet))))
                }
            case "iss", "sub", "jti":
                guard node.string != nil else { throw object.failure(name, "is not a string") }
                claims.append((name, .other(node)))
            default: claims.append((name, .other(node)))
            }
        }
        return claims
    }

    private static func seconds(
        _ node: Node, _ name: String, _ object: JSONObject
    ) throws(VerificationError) -> Int64 {
        let number = node.double ?? node.int.map(Double.init) ?? node.string.flatMap(Double.init)
        // Up to the year 9999 a number of seconds is exact.
        guard let number, let seconds = Int64(exactly: number.rounded(.down)),
            (Timestamp.minimumSeconds...Timestamp.maximumSeconds).contains(seconds)
        else { throw object.failure(name, "is not a number of seconds") }
        return seconds
    }
}
