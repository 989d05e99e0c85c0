import Diagnostics
import Documents
import Values

/// A log of the trust root: its key, its ID, when it counts.
struct TransparencyLog: Sendable {
    /// A hash of the key, or the first four bytes of one, as checkpoints have it.
    let id: [UInt8]
    let key: PublicKey
    let validity: ValidityPeriod
    /// Host of the log's base URL, which a Rekor 2 checkpoint names as its origin.
    let host: String

    /// Whether an entry's log ID may mean this log. Which log it was, its signature proves.
    func isNamed(by entryID: [UInt8]) -> Bool {
        id == entryID || (id.count == 4 && entryID.starts(with: id))
    }
}

/// Whom keyless signatures and log entries are traced back to: sigstore's trusted_root.json.
///
/// It is data that somebody gives, as a file: nothing is fetched.
package struct TrustedRoot: Sendable {
    private(set) var logs: [TransparencyLog] = []
    private(set) var certificateLogs: [TransparencyLog] = []
    private(set) var certificateAuthorities: [CertificateAuthority] = []
    private(set) var timestampAuthorities: [CertificateAuthority] = []
    /// SHA-256 of the file, for cache keys; empty if there was none.
    package let fingerprint: [UInt8]

    /// A root that trusts nobody, to be filled by what a policy names itself.
    package init() { fingerprint = [] }

    /// - Throws: `malformed-json`, `malformed-trusted-root`, `malformed-base64`, and those of keys and certificates.
    package init(json: [UInt8]) throws(VerificationError) {
        var root = try JSONObject.read(
            json, maximumBytes: VerificationLimits.maximumTrustedRootBytes, what: "trusted root",
            reason: .malformedTrustedRoot)
        if root.has("signed"), root.has("signatures") {
            throw VerificationError(
                .malformedTrustedRoot,
                "this is metadata of a TUF repository, and there is no TUF client here: give the repository's target `trusted_root.json`"
            )
        }
        // What clients are configured with has a trusted root in it.
        if try root.optionalString("mediaType") == "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json" {
            root = try root.object("trustedRoot")
        }
        let mediaType = try root.string("mediaType")
        guard Self.mediaTypes.contains(mediaType) else {
            throw VerificationError(.malformedTrustedRoot, "the trusted root has the unknown media type `\(mediaType)`")
        }
        logs = try Self.logs(root, "tlogs", needsStart: true)
        certificateLogs = try Self.logs(root, "ctlogs", needsStart: false)
        certificateAuthorities = try Self.authorities(root, "certificateAuthorities")
        timestampAuthorities = try Self.authorities(root, "timestampAuthorities")
        fingerprint = Digest.sha256.hash(json)
    }

    private static let mediaTypes: Set<String> = [
        "application/vnd.dev.sigstore.trustedroot.v0.1+json",
        "application/vnd.dev.sigstore.trustedroot.v0.2+json",
        "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
    ]

    /// This root with those of its parts replaced that the other one has.
    package func replaced(by other: TrustedRoot) -> TrustedRoot {
        var root = self
        if !other.logs.isEmpty { root.logs = other.logs }
        if !other.certificateLogs.isEmpty { root.certificateLogs = other.certificateLogs }
        if !other.certificateAuthorities.isEmpty { root.certificateAuthorities = other.certificateAuthorities }
        if !other.timestampAuthorities.isEmpty { root.timestampAuthorities = other.timestampAuthorities }
        return root
    }

    /// Trusts this log only, for signatures of any time.
    ///
    /// - Throws: `malformed-key`, `unsupported-key`.
    package mutating func replaceLogs(pem: String) throws(VerificationError) { logs = [try Self.log(pem)] }

    /// - Throws: `malformed-key`, `unsupported-key`.
    package mutating func replaceCertificateLogs(pem: String) throws(VerificationError) {
        certificateLogs = [try Self.log(pem)]
    }

    /// Trusts the chain's last certificate, with those before it as intermediates.
    ///
    /// - Throws: `malformed-certificate`.
    package mutating func replaceCertificateAuthorities(pem: String) throws(VerificationError) {
        certificateAuthorities = try Self.authorities(pem)
    }

    /// - Throws: `malformed-certificate`.
    package mutating func replaceTimestampAuthorities(pem: String) throws(VerificationError) {
        let certificates = try Certificate.all(pem: pem)
        timestampAuthorities = [
            CertificateAuthority(certificates: certificates, validity: ValidityPeriod(start: nil, end: nil))
        ]
    }

    private static func log(_ pem: String) throws(VerificationError) -> TransparencyLog {
        let key = try PublicKey(pem: pem)
        return TransparencyLog(
            id: key.fingerprint, key: key, validity: ValidityPeriod(start: nil, end: nil), host: "")
    }

    /// A pool of certificates in any order: each root becomes an anchor, all others may be between.
    private static func authorities(_ pem: String) throws(VerificationError) -> [CertificateAuthority] {
        let certificates = try Certificate.all(pem: pem)
        let roots = certificates.filter(\.isSelfIssued)
        let between = certificates.filter { !$0.isSelfIssued }
        guard !roots.isEmpty else {
            throw VerificationError(.malformedCertificate, "none of the certificates is a root")
        }
        return roots.map { root in
            CertificateAuthority(
                certificates: between + [root], validity: ValidityPeriod(start: nil, end: nil),
                takesIntermediates: true)
        }
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
            guard let key = try logKey(publicKey) else { continue }
            let url = try log.optionalString("baseUrl") ?? ""
            logs.append(
                TransparencyLog(
                    id: try logID(log) ?? key.fingerprint, key: key, validity: validity, host: host(of: url)))
        }
        return logs
    }

    /// Nil for kinds of keys that can have signed nothing that is read here.
    private static func logKey(_ publicKey: JSONObject) throws(VerificationError) -> PublicKey? {
        let details = try publicKey.optionalString("keyDetails") ?? ""
        let isPKCS1 = details.hasPrefix("PKCS1_RSA_PKCS1V5")
        let kinds = ["PKIX_ECDSA", "PKIX_ED25519", "PKIX_RSA_PKCS1V15"]
        guard isPKCS1 || kinds.contains(where: details.hasPrefix) else { return nil }
        let der = try publicKey.base64("rawBytes", .protobuf)
        do throws(VerificationError) {
            return isPKCS1 ? try PublicKey(pkcs1: der) : try PublicKey(der: der)
        } catch  where error.reason == .unsupportedKey {
            return nil
        }
    }

    /// Newer trust roots may name a log by the key ID of its checkpoints alone.
    private static func logID(_ log: JSONObject) throws(VerificationError) -> [UInt8]? {
        if let id = try log.optionalObject("logId") { return try id.base64("keyId", .protobuf) }
        return try log.optionalObject("checkpointKeyId")?.base64("keyId", .protobuf)
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

extension TrustedRoot {
    /// Reads a trusted_root.json.
    ///
    /// - Throws: `store-unreadable`, and what the content's reader throws.
    package init(path: String) throws(VerificationError) {
        let bytes: [UInt8]
        do throws(DocumentError) {
            bytes = try FileReader.read(path: path, maximumBytes: VerificationLimits.maximumTrustedRootBytes).bytes
        } catch {
            throw VerificationError(.storeUnreadable, error.message)
        }
        try self.init(json: bytes)
    }
}
