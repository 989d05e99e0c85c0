import Values

/// A Notary Project signature, read from JWS or COSE into one shape.
struct NotationEnvelope {
    enum Scheme: String {
        case x509 = "notary.x509"
        case signingAuthority = "notary.x509.signingAuthority"
    }

    /// JWS names: ES256 to ES512, PS256 to PS512.
    let algorithm: String
    let contentType: String
    let critical: [String]
    let scheme: Scheme
    let expiry: Timestamp?
    let authenticSigningTime: Timestamp?
    /// Leaf first, root last.
    let certificates: [Certificate]
    let payload: [UInt8]
    let signature: [UInt8]
    /// What is signed.
    let signedBytes: [UInt8]
    /// An RFC 3161 token over the signature.
    let timestamp: [UInt8]?

    static let prefix = "io.cncf.notary."

    /// - Throws: `layer-media-type`, `malformed-envelope`, `malformed-json`, `malformed-base64`, `signing-scheme` and what
    ///   certificates throw.
    init(_ bytes: [UInt8], mediaType: String) throws(VerificationError) {
        guard bytes.count <= VerificationLimits.maximumBlobBytes else {
            throw VerificationError(.tooLarge, "the signature has \(bytes.count) bytes")
        }
        switch mediaType {
        case "application/jose+json": try self.init(jws: bytes)
        case "application/cose": try self.init(cose: bytes)
        default:
            throw VerificationError(
                .layerMediaType, "the signature's media type is `\(mediaType.prefix(200))`, neither JWS nor COSE")
        }
    }

    private init(jws bytes: [UInt8]) throws(VerificationError) {
        let object = try JSONObject.read(bytes, what: "signature", reason: .malformedEnvelope)
        let protected = try object.string("protected")
        let encodedPayload = try object.string("payload")
        let headers = try JSONObject.read(
            try object.base64("protected", .urlUnpadded), what: "signature's protected header",
            reason: .malformedEnvelope)
        algorithm = try headers.string("alg")
        contentType = try headers.string("cty")
        critical = try headers.strings("crit", limit: 64)
        scheme = try Self.scheme(try headers.optionalString(Self.prefix + "signingScheme"))
        expiry = try Self.time(headers, "expiry")
        authenticSigningTime = try Self.time(headers, "authenticSigningTime")
        payload = try object.base64("payload", .urlUnpadded)
        signature = try object.base64("signature", .urlUnpadded)
        signedBytes = Array("\(protected).\(encodedPayload)".utf8)
        let unprotected = try object.object("header")
        var certificates: [Certificate] = []
        for text in try unprotected.strings("x5c", limit: VerificationLimits.maximumChainLength) {
            guard let der = BinaryText.decodeBase64(text.utf8) else {
                throw VerificationError(.malformedBase64, "`header.x5c` is not valid base64")
            }
            certificates.append(try Certificate(der: der))
        }
        self.certificates = certificates
        timestamp = try unprotected.optionalBase64(Self.prefix + "timestampSignature")
    }

    private static func scheme(_ name: String?) throws(VerificationError) -> Scheme {
        guard let name, let scheme = Scheme(rawValue: name) else {
            throw VerificationError(.signingScheme, "the signing scheme \(name.map { "`\($0)`" } ?? "") is not known")
        }
        return scheme
    }

    private static func time(_ headers: JSONObject, _ name: String) throws(VerificationError) -> Timestamp? {
        guard let text = try headers.optionalString(prefix + name) else { return nil }
        guard let time = InternetTime.parse(text) else {
            throw headers.failure(prefix + name, "is not an RFC 3339 time")
        }
        return time
    }

    private init(cose bytes: [UInt8]) throws(VerificationError) {
        func malformed(_ problem: String) -> VerificationError {
            VerificationError(.malformedEnvelope, "the COSE signature \(problem)")
        }
        guard case .tagged(18, .array(let parts)) = CBORItem.read(bytes), parts.count == 4,
            let protected = parts[0].bytes, case .map = parts[1], let payload = parts[2].bytes,
            let signature = parts[3].bytes, let headers = CBORItem.read(protected), case .map = headers
        else { throw malformed("is not a COSE_Sign1 with a payload") }
        let algorithms: [Int64: String] = [
            -7: "ES256", -35: "ES384", -36: "ES512", -37: "PS256", -38: "PS384", -39: "PS512",
        ]
        guard let algorithm = headers[1]?.integer.flatMap({ algorithms[$0] }) else {
            throw malformed("has no known algorithm")
        }
        guard let contentType = headers[3]?.text else { throw malformed("has no content type") }
        var critical: [String] = []
        for item in headers[2]?.array ?? [] {
            // Integer labels are those of COSE itself, which are understood here only as 1, 2 and 3.
            critical.append(item.text ?? "\(item.integer ?? 0)")
        }
        self.algorithm = algorithm
        self.contentType = contentType
        self.critical = critical
        scheme = try Self.scheme(headers[Self.prefix + "signingScheme"]?.text)
        func time(_ name: String) throws(VerificationError) -> Timestamp? {
            guard let item = headers[Self.prefix + name] else { return nil }
            guard case .tagged(1, .integer(let seconds)) = item, abs(seconds) < 1 << 40 else {
                throw malformed("has `\(Self.prefix + name)` in a form that is not a time")
            }
            return Timestamp(seconds: seconds, nanoseconds: 0)
        }
        expiry = try time("expiry")
        authenticSigningTime = try time("authenticSigningTime")
        // A single certificate may stand without an array around it.
        let chain = parts[1][33].map { $0.array ?? [$0] } ?? []
        guard chain.count <= VerificationLimits.maximumChainLength else { throw malformed("has too many certificates") }
        var certificates: [Certificate] = []
        for item in chain {
            guard let der = item.bytes else { throw malformed("has a certificate that is not bytes") }
            certificates.append(try Certificate(der: der))
        }
        self.certificates = certificates
        self.payload = payload
        self.signature = signature
        timestamp = parts[1][Self.prefix + "timestampSignature"]?.bytes
        let context = Array("Signature1".utf8)
        signedBytes =
            CBORItem.head(4, 4) + CBORItem.head(3, context.count) + context + CBORItem.head(2, protected.count)
            + protected
            + CBORItem.head(2, 0) + CBORItem.head(2, payload.count) + payload
    }
}
