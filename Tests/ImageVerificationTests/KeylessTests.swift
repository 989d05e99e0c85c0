import Foundation
import Testing
import Values

@testable import ImageVerification

/// Signatures by certificate, with an authority and a log of our own.
@Suite struct KeylessTests {
    private let authority: TestAuthority
    private let signer: TestKey
    private let log: TestKey
    private let image = ImageDigest(of: [1])
    private let now = Int64(Date().timeIntervalSince1970) + 5

    private static let subject = "https://github.com/me/app"
    private static let issuer = "https://issuer.test"
    private static let name = "subjectAltName=critical,URI:\(subject)"
    private static let issuerExtension = "1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:\(issuer)"
    private static let usual = ["extendedKeyUsage=codeSigning", name, issuerExtension]

    init() throws {
        authority = try TestAuthority()
        signer = try TestKey.ec("P-256")
        log = try TestKey.ec("P-256")
    }

    /// What makes a signature; each test changes one thing.
    private struct Setup {
        var extensions = KeylessTests.usual
        var seconds: Int64
        var root: TrustedRoot
        var requiresCertificateTimestamp = false
        var certificate: String?
        var loggedPayload: [UInt8]?
        var loggedSignature: [UInt8]?
        var loggedKey: String?
        var signedSeconds: Int64?
        var identity = CertificateIdentity(issuer: .exact(KeylessTests.issuer), subject: .exact(KeylessTests.subject))
    }

    private func reason(_ change: (inout Setup) throws -> Void) throws -> String {
        var setup = Setup(seconds: now, root: try authority.trustedRoot(log: log.key()))
        try change(&setup)
        let payload = Payload.simpleSigning(image)
        let signature = try signer.sign(payload)
        let certificate = try setup.certificate ?? authority.issue(signer, setup.extensions)
        let layer = CosignLayer(
            mediaType: CosignLayer.signatureMediaType,
            annotations: [
                "dev.cosignproject.cosign/signature": BinaryText.encodeBase64(signature),
                "dev.sigstore.cosign/certificate": certificate,
                "dev.sigstore.cosign/bundle": try TestLog.annotation(
                    log, payload: setup.loggedPayload ?? payload, signature: setup.loggedSignature ?? signature,
                    publicKey: setup.loggedKey ?? certificate, seconds: setup.seconds,
                    signedSeconds: setup.signedSeconds),
            ], content: .success(payload))
        let policy = SignaturePolicy(
            signer: .keyless(setup.identity), trustedRoot: setup.root,
            requiresCertificateTimestamp: setup.requiresCertificateTimestamp)
        do throws(VerificationError) {
            let found = try layer.verifySignature(of: image, policy)
            #expect(found.claims?.subject == Self.subject)
            #expect(found.times == [Timestamp(seconds: setup.seconds, nanoseconds: 0)])
            return "pass"
        } catch {
            return error.id
        }
    }

    @Test("accepts the identity, exact and by pattern")
    func accepts() throws {
        #expect(try reason { _ in } == "pass")
        #expect(
            try reason {
                $0.identity = CertificateIdentity(
                    issuer: try .pattern("https://.*"), subject: try .pattern("https://github\\.com/me/.+"))
            } == "pass")
        #expect(try reason { $0.identity.extensions = [8: .exact(Self.issuer)] } == "pass")
    }

    @Test("refuses other identities")
    func identities() throws {
        #expect(try reason { $0.identity.subject = .exact(Self.subject + "2") } == "subject-mismatch")
        #expect(try reason { $0.identity.subject = try .pattern("github\\.com/me/app") } == "subject-mismatch")
        #expect(try reason { $0.identity.issuer = .exact("https://other.test") } == "issuer-mismatch")
        #expect(try reason { $0.identity.extensions = [12: .exact("x")] } == "extension-mismatch")
        #expect(try reason { $0.extensions.removeLast() } == "issuer-mismatch")
        #expect(try reason { $0.extensions.remove(at: 1) } == "certificate-identity")
        #expect(
            try reason { $0.extensions[1] = "subjectAltName=URI:\(Self.subject),URI:https://evil.test" }
                == "certificate-identity")
        #expect(try reason { $0.extensions[1] = "subjectAltName=DNS:github.com" } == "certificate-identity")
        #expect(
            try reason { $0.extensions[2] = "1.3.6.1.4.1.57264.1.8=ASN1:OCTETSTRING:\(Self.issuer)" }
                == "certificate-identity")
    }

    @Test("wants a code-signing certificate of the trust root, with its certificate timestamp")
    func certificates() throws {
        #expect(try reason { $0.extensions[0] = "extendedKeyUsage=serverAuth" } == "certificate-usage")
        #expect(try reason { $0.extensions.removeFirst() } == "certificate-usage")
        #expect(try reason { $0.extensions.append("1.2.3.4=critical,ASN1:NULL") } == "certificate-untrusted")
        #expect(
            try reason { $0.root = try TestAuthority().trustedRoot(log: log.key()) } == "certificate-untrusted")
        #expect(
            try reason { $0.certificate = try TestAuthority().issue(signer, Self.usual) } == "certificate-untrusted")
        #expect(
            try reason { $0.certificate = try authority.issue(try TestKey.ec("P-256"), Self.usual) }
                == "signature-invalid")
        #expect(try reason { $0.requiresCertificateTimestamp = true } == "certificate-timestamp-missing")
        #expect(try reason { $0.certificate = signer.publicPEM } == "certificate-expected")
    }

    @Test("wants every period to cover the moment of signing")
    func periods() throws {
        #expect(try reason { $0.seconds += 3 * 86_400 } == "certificate-not-valid-at-time")
        #expect(try reason { $0.seconds -= 3 * 86_400 } == "certificate-not-valid-at-time")
        let ended = #"{"start":"2020-01-01T00:00:00Z","end":"2021-01-01T00:00:00Z"}"#
        #expect(
            try reason { $0.root = try authority.trustedRoot(log: log.key(), authorityPeriod: ended) }
                == "authority-not-valid-at-time")
        #expect(
            try reason { $0.root = try authority.trustedRoot(log: log.key(), logPeriod: ended) }
                == "log-not-valid-at-time")
        #expect(
            try reason { $0.root = try authority.trustedRoot(log: TestKey.ec("P-256").key()) } == "unknown-log")
        #expect(throws: VerificationError.self) { try authority.trustedRoot(log: log.key(), logPeriod: "{}") }
    }

    @Test("wants the log to hold this payload, this signature and this key")
    func binding() throws {
        #expect(try reason { $0.loggedPayload = [1, 2] } == "log-entry-payload")
        // A second signature by the same key over the same payload is valid, and not the one that was logged.
        #expect(
            try reason { $0.loggedSignature = try signer.sign(Payload.simpleSigning(image)) } == "log-entry-signature")
        #expect(try reason { $0.loggedKey = signer.publicPEM } == "log-entry-key")
        #expect(try reason { $0.loggedKey = try authority.issue(signer, Self.usual) } == "log-entry-key")
        #expect(try reason { $0.signedSeconds = $0.seconds - 1 } == "inclusion-promise-invalid")
    }

    @Test("refuses a certificate where the policy names a key")
    func keyPolicy() throws {
        let certificate = try authority.issue(signer, Self.usual)
        let payload = Payload.simpleSigning(image)
        let layer = CosignLayer(
            mediaType: CosignLayer.signatureMediaType,
            annotations: [
                "dev.cosignproject.cosign/signature": BinaryText.encodeBase64(try signer.sign(payload)),
                "dev.sigstore.cosign/certificate": certificate,
            ], content: .success(payload))
        let policy = SignaturePolicy(signer: .key(try signer.key()), requiresLogEntry: false)
        do throws(VerificationError) {
            _ = try layer.verifySignature(of: image, policy)
            Issue.record("a certificate passed for a key")
        } catch {
            #expect(error.id == "key-expected")
        }
    }
}
