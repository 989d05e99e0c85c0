import Foundation
import Testing
import Values

@testable import ImageVerification

/// A certificate authority and a log of our own, made by the openssl command.
struct TestAuthority {
    let key: TestKey
    let certificate: Certificate
    private let file: URL

    init() throws {
        key = try TestKey.ec("P-256")
        file = key.directory.appendingPathComponent("ca.pem")
        _ = try TestKey.openssl([
            "req", "-x509", "-new", "-key", key.path, "-subj", "/CN=test authority", "-days", "30", "-addext",
            "keyUsage=critical,keyCertSign", "-out", file.path,
        ])
        certificate = try Certificate(pem: String(contentsOf: file, encoding: .utf8))
    }

    /// An authority between: a key with the certificate that another authority issued for it.
    init(key: TestKey, pem: String) throws {
        self.key = key
        file = key.directory.appendingPathComponent("ca.pem")
        try pem.write(to: file, atomically: true, encoding: .utf8)
        certificate = try Certificate(pem: pem)
    }

    func pem() throws -> String { try String(contentsOf: file, encoding: .utf8) }

    /// A certificate for a key, valid for a day from now.
    ///
    /// - Parameter extensions: lines of an openssl extension section.
    func issue(_ subject: TestKey, _ extensions: [String], subject name: String = "/") throws -> String {
        let (request, section) = (
            subject.directory.appendingPathComponent("request.pem"),
            subject.directory.appendingPathComponent("extensions-\(UUID().uuidString)")
        )
        _ = try TestKey.openssl(["req", "-new", "-key", subject.path, "-subj", name, "-out", request.path])
        try extensions.joined(separator: "\n").write(to: section, atomically: true, encoding: .utf8)
        return String(
            decoding: try TestKey.openssl([
                "x509", "-req", "-in", request.path, "-CA", file.path, "-CAkey", key.path, "-CAcreateserial", "-days",
                "1", "-extfile", section.path,
            ]), as: UTF8.self)
    }

    /// A trust root of this authority and one log.
    func trustedRoot(
        log: PublicKey, authorityPeriod: String = "{}", logPeriod: String = #"{"start":"2020-01-01T00:00:00Z"}"#
    ) throws -> TrustedRoot {
        let (certificate, logKey, logID) = (
            BinaryText.encodeBase64(certificate.der), BinaryText.encodeBase64(log.der),
            BinaryText.encodeBase64(log.fingerprint)
        )
        return try TrustedRoot(
            json: Array(
                #"""
                {"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                "tlogs":[{"baseUrl":"https://log.test","publicKey":{"rawBytes":"\#(logKey)",
                "keyDetails":"PKIX_ECDSA_P256_SHA_256","validFor":\#(logPeriod)},"logId":{"keyId":"\#(logID)"}}],
                "certificateAuthorities":[{"certChain":{"certificates":[{"rawBytes":"\#(certificate)"}]},
                "validFor":\#(authorityPeriod)}]}
                """#.utf8))
    }
}

/// A log entry as cosign keeps it in an annotation.
enum TestLog {
    static func annotation(
        _ log: TestKey, payload: [UInt8], signature: [UInt8], publicKey: String, seconds: Int64,
        signedSeconds: Int64? = nil
    ) throws -> String {
        let hash = BinaryText.encodeHex(Digest.sha256.hash(payload))
        let body = BinaryText.encodeBase64(
            Array(
                #"{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"\#(hash)"}},"signature":{"content":"\#(BinaryText.encodeBase64(signature))","publicKey":{"content":"\#(BinaryText.encodeBase64(Array(publicKey.utf8)))"}}}}"#
                    .utf8))
        let id = BinaryText.encodeHex(try log.key().fingerprint)
        func entry(_ seconds: Int64) -> String {
            #"{"body":"\#(body)","integratedTime":\#(seconds),"logID":"\#(id)","logIndex":7}"#
        }
        let promise = BinaryText.encodeBase64(try log.sign(Array(entry(signedSeconds ?? seconds).utf8)))
        return #"{"SignedEntryTimestamp":"\#(promise)","Payload":\#(entry(seconds))}"#
    }
}
