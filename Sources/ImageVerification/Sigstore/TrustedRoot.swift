import Values

/// A log of the trust root: its key, its ID, when it counts.
struct TransparencyLog: Sendable {
    let id: [UInt8]
    let key: PublicKey
    let validity: ValidityPeriod
    /// Host of the log's base URL, which a Rekor 2 checkpoint names as its origin.
    let host: String
}

/// Whom keyless signatures and log entries are traced back to: sigstore's trusted_root.json.
///
/// It is data that somebody gives, as a file: nothing is fetched.
package struct TrustedRoot: Sendable {
    let logs: [TransparencyLog]
    let certificateLogs: [TransparencyLog]
    let certificateAuthorities: [CertificateAuthority]
    let timestampAuthorities: [CertificateAuthority]
    /// SHA-256 of the file, for cache keys.
    package let fingerprint: [UInt8]

    /// - Throws: `malformed-json`, `malformed-trusted-root`, `malformed-base64`, and those of keys and certificates.
    package init(json: [UInt8]) throws(VerificationError) {
        let root = try JSONObject.read(
            json, maximumBytes: VerificationLimits.maximumTrustedRootBytes, what: "trusted root",
            reason: .malformedTrustedRoot)
        let mediaType = try root.string("mediaType")
        let known = [
            "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
            "application/vnd.dev.sigstore.trustedroot.v0.2+json",
        ]
        guard known.contains(mediaType) else {
            throw VerificationError(.malformedTrustedRoot, "the trusted root has the unknown media type `\(mediaType)`")
        }
        logs = try Self.logs(root, "tlogs", needsStart: true)
        certificateLogs = try Self.logs(root, "ctlogs", needsStart: false)
        certificateAuthorities = try Self.authorities(root, "certificateAuthorities")
        timestampAuthorities = try Self.authorities(root, "timestampAuthorities")
        fingerprint = Digest.sha256.hash(json)
    }

    private static func logs(
        _ root: JSONObject, _ name: String, needsStart: Bool
    ) throws(VerificationError) -> [TransparencyLog] {
        var logs: [TransparencyLog] = []
        for log in try root.objects(name, limit: 256) {
            let publicKey = try log.object("publicKey")
            let validity = try period(publicKey)
            // A log without a start would count for ever backwards: refuse the file, not only the log.
            if needsStart, validity.start == nil { throw publicKey.failure("validFor.start", "is missing") }
            let details = try publicKey.optionalString("keyDetails") ?? ""
            // Other kinds (staging has PKCS#1 RSA) cannot have signed anything that is read here.
            guard details.hasPrefix("PKIX_ECDSA") || details.hasPrefix("PKIX_ED25519") else { continue }
            let url = try log.optionalString("baseUrl") ?? ""
            logs.append(
                TransparencyLog(
                    id: try log.object("logId").base64("keyId", .protobuf),
                    key: try PublicKey(der: try publicKey.base64("rawBytes", .protobuf)), validity: validity,
                    host: host(of: url)))
        }
        return logs
    }

    private static func host(of url: String) -> String {
        var rest = Substring(url)
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
        return String(rest.prefix { $0 != "/" })
    }

    private static func authorities(
        _ root: JSONObject, _ name: String
    ) throws(VerificationError) -> [CertificateAuthority] {
        var authorities: [CertificateAuthority] = []
        for authority in try root.objects(name, limit: 256) {
            var certificates: [Certificate] = []
            let chain = try authority.object("certChain")
            for certificate in try chain.objects("certificates", limit: VerificationLimits.maximumChainLength) {
                certificates.append(try Certificate(der: try certificate.base64("rawBytes", .protobuf)))
            }
            guard !certificates.isEmpty else { throw chain.failure("certificates", "is empty") }
            authorities.append(CertificateAuthority(certificates: certificates, validity: try period(authority)))
        }
        return authorities
    }

    private static func period(_ object: JSONObject) throws(VerificationError) -> ValidityPeriod {
        guard let period = try object.optionalObject("validFor") else { return ValidityPeriod(start: nil, end: nil) }
        var times: [Timestamp?] = []
        for key in ["start", "end"] {
            guard let text = try period.optionalString(key) else {
                times.append(nil)
                continue
            }
            guard let time = InternetTime.parse(text) else { throw period.failure(key, "is not an RFC 3339 time") }
            times.append(time)
        }
        return ValidityPeriod(start: times[0], end: times[1])
    }
}
