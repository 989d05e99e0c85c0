import Foundation
import Testing
import Values

@testable import ImageVerification

/// Log entries as the clients and servers of the last years write them, and the same with one thing changed.
@Suite struct LogFormTests {
    private let signer: TestKey
    private let log: TestKey
    private let key: PublicKey
    private let bundle: TestBundle
    private let root: TrustedRoot
    private let artifact = Array("an artifact".utf8)
    private let payload: [UInt8]
    private let signature: [UInt8]

    init() throws {
        signer = try TestKey.ec("P-256")
        log = try TestKey.ec("P-256")
        key = try signer.key()
        bundle = try TestBundle(log: log)
        root = try bundle.root()
        payload = Payload.statement(ImageDigest(of: artifact))
        signature = try signer.sign(Payload.signedBytes(payload))
    }

    private func reason(_ json: [UInt8], _ key: PublicKey? = nil, bytes: Bool = true) -> String {
        let subject = BundleSubject.artifact(digest: ImageDigest(of: artifact), bytes: bytes ? artifact : nil)
        do throws(VerificationError) {
            let policy = SignaturePolicy(signer: .key(key ?? self.key), trustedRoot: root)
            let found = try SigstoreBundle(json: json).verify(subject, policy)
            return found.isLogged ? "pass" : "not logged"
        } catch {
            return error.id
        }
    }

    /// A bundle of the envelope with this entry.
    private func enveloped(_ body: String, _ kind: String, _ version: String) throws -> [UInt8] {
        bundle.json(
            "\"dsseEnvelope\":\(Payload.envelope(payload, signature))",
            entries: [try bundle.entry(body, kind: kind, version: version)])
    }

    @Test("takes records of an envelope's pre-authentication encoding, in both generations of the log")
    func envelopeRecords() throws {
        let signed = Payload.signedBytes(payload)
        func first(_ signed: [UInt8], _ signature: [UInt8], _ pem: String, _ digest: Digest = .sha256) throws -> String
        {
            reason(
                try enveloped(
                    TestBundle.record(signed, signature, pem: pem, digest), "hashedrekord", "0.0.1"))
        }
        let other = try TestKey.ec("P-256")
        #expect(try first(signed, signature, signer.publicPEM) == "pass")
        #expect(try first(signed, signature, signer.publicPEM, .sha512) == "pass")
        #expect(try first(payload, signature, signer.publicPEM) == "log-entry-payload")
        #expect(try first(signed, signer.sign(signed), signer.publicPEM) == "log-entry-signature")
        #expect(try first(signed, signature, other.publicPEM) == "log-entry-key")
        func second(_ signed: [UInt8], _ signature: [UInt8], _ key: PublicKey, _ details: String) throws -> String {
            reason(
                try enveloped(
                    TestBundle.secondRecord(signed, signature, key: key, details: details, .sha256), "hashedrekord",
                    "0.0.2"))
        }
        let details = "PKIX_ECDSA_P256_SHA_256"
        #expect(try second(signed, signature, key, details) == "pass")
        #expect(try second(payload, signature, key, details) == "log-entry-payload")
        #expect(try second(signed, signer.sign(signed), key, details) == "log-entry-signature")
        #expect(try second(signed, signature, other.key(), details) == "log-entry-key")
        #expect(try second(signed, signature, key, "PKIX_ED25519_PH") == "log-entry-key")
    }

    @Test("takes entries of the kinds dsse and intoto in all their versions")
    func envelopes() throws {
        let other = try TestKey.ec("P-256")
        func dsse(_ payload: [UInt8], _ signers: [(signature: [UInt8], pem: String)]) throws -> String {
            reason(try enveloped(TestBundle.envelopeEntry(payload, signers), "dsse", "0.0.1"))
        }
        let mine = (signature: signature, pem: signer.publicPEM)
        let theirs = (signature: try other.sign(Payload.signedBytes(payload)), pem: other.publicPEM)
        #expect(try dsse(payload, [mine]) == "pass")
        #expect(try dsse(payload, [theirs, mine]) == "pass")
        #expect(try dsse(payload, [theirs]) == "log-entry-signature")
        #expect(try dsse(payload, []) == "log-entry-signature")
        #expect(try dsse(payload, [(mine.signature, theirs.pem)]) == "log-entry-key")
        #expect(try dsse(payload + [0x20], [mine]) == "log-entry-payload")
        func second(_ payload: [UInt8], _ signature: [UInt8], _ key: PublicKey) throws -> String {
            reason(
                try enveloped(
                    TestBundle.secondEnvelope(payload, signature, key: key, details: "PKIX_ECDSA_P256_SHA_256"), "dsse",
                    "0.0.2"))
        }
        #expect(try second(payload, signature, key) == "pass")
        #expect(try second(payload + [0x20], signature, key) == "log-entry-payload")
        #expect(try second(payload, theirs.signature, key) == "log-entry-signature")
        #expect(try second(payload, signature, other.key()) == "log-entry-key")
        func intoto(_ payload: [UInt8], _ signature: [UInt8], _ pem: String) throws -> String {
            reason(try enveloped(TestBundle.statementEntry(payload, signature, pem: pem), "intoto", "0.0.2"))
        }
        #expect(try intoto(payload, signature, signer.publicPEM) == "pass")
        #expect(try intoto(payload + [0x20], signature, signer.publicPEM) == "log-entry-payload")
        #expect(try intoto(payload, theirs.signature, signer.publicPEM) == "log-entry-signature")
        #expect(try intoto(payload, signature, other.publicPEM) == "log-entry-key")
        // A bundle does not keep the text that these were made over.
        let first = TestBundle.firstStatementEntry([], payload, pem: signer.publicPEM)
        #expect(reason(try enveloped(first, "intoto", "0.0.1")) == "log-entry-unsupported")
        #expect(
            reason(try enveloped(TestBundle.envelopeEntry(payload, [mine]), "dsse", "0.0.2")) == "malformed-log-entry")
    }

    @Test("takes cosign 1's attestations, whose entries hold a hash of the envelope's text")
    func firstStatements() throws {
        let image = ImageDigest(of: artifact)
        let text = Array(Payload.envelope(payload, signature).utf8)
        let policy = SignaturePolicy(signer: .key(key), trustedRoot: root)
        func reason(_ stored: [UInt8], _ logged: [UInt8], _ pem: String) throws -> String {
            let annotation = try bundle.annotation(
                TestBundle.firstStatementEntry(logged, payload, pem: pem), seconds: 1_767_225_600)
            let layer = CosignLayer(
                mediaType: CosignLayer.attestationMediaType, annotations: ["dev.sigstore.cosign/bundle": annotation],
                content: .success(stored))
            do throws(VerificationError) {
                _ = try layer.verifyAttestation(
                    of: image, predicateType: Statement.imageSignaturePredicateType, policy)
                return "pass"
            } catch {
                return error.id
            }
        }
        #expect(try reason(text, text, signer.publicPEM) == "pass")
        #expect(try reason(text + [0x20], text, signer.publicPEM) == "log-entry-payload")
        #expect(try reason(text, text, TestKey.ec("P-256").publicPEM) == "log-entry-key")
    }

    @Test("takes one signature of several in an attestation, whatever order the log has them in")
    func severalSignatures() throws {
        let other = try TestKey.ec("P-256")
        let image = ImageDigest(of: artifact)
        let theirs = try other.sign(Payload.signedBytes(payload))
        let text =
            #"{"payloadType":"application/vnd.in-toto+json","payload":"\#(TestBundle.base64(payload))","signatures":[{"keyid":"a","sig":"\#(TestBundle.base64(theirs))"},{"keyid":"b","sig":"\#(TestBundle.base64(signature))"}]}"#
        let body = TestBundle.envelopeEntry(
            payload, [(signature: signature, pem: signer.publicPEM), (signature: theirs, pem: other.publicPEM)])
        let layer = CosignLayer(
            mediaType: CosignLayer.attestationMediaType,
            annotations: ["dev.sigstore.cosign/bundle": try bundle.annotation(body, seconds: 1_767_225_600)],
            content: .success(Array(text.utf8)))
        for pair in [signer, other] {
            let policy = SignaturePolicy(signer: .key(try pair.key()), trustedRoot: root)
            let found = try layer.verifyAttestation(
                of: image, predicateType: Statement.imageSignaturePredicateType, policy)
            #expect(found.isLogged)
        }
        let third = SignaturePolicy(signer: .key(try TestKey.ec("P-256").key()), trustedRoot: root)
        #expect(throws: VerificationError.self) {
            try layer.verifyAttestation(of: image, predicateType: Statement.imageSignaturePredicateType, third)
        }
    }

    @Test(
        "takes plain signatures by every curve in Rekor 2",
        arguments: [
            ("P-256", "PKIX_ECDSA_P256_SHA_256", "-sha256", Digest.sha256),
            ("P-384", "PKIX_ECDSA_P384_SHA_384", "-sha384", .sha384),
            ("P-521", "PKIX_ECDSA_P521_SHA_512", "-sha512", .sha512),
        ])
    func messages(curve: String, details: String, option: String, digest: Digest) throws {
        let pair = try TestKey.ec(curve)
        let signature = try pair.sign(artifact, [option])
        let name = digest.name.replacing("SHA-", with: "SHA2_")
        func json(_ signed: [UInt8]) throws -> [UInt8] {
            let body = TestBundle.secondRecord(signed, signature, key: try pair.key(), details: details, digest)
            return bundle.json(
                #""messageSignature":{"messageDigest":{"algorithm":"\#(name)","digest":"\#(TestBundle.base64(digest.hash(artifact)))"},"signature":"\#(TestBundle.base64(signature))"}"#,
                entries: [try bundle.entry(body, kind: "hashedrekord", version: "0.0.2")])
        }
        #expect(reason(try json(artifact), try pair.key()) == "pass")
        #expect(reason(try json(artifact + [0]), try pair.key()) == "log-entry-payload")
        // Of the file there is SHA-256 only; another hash was signed.
        #expect(
            reason(try json(artifact), try pair.key(), bytes: false) == (digest == .sha256 ? "pass" : "bytes-needed"))
    }

    @Test("takes Ed25519ph, which is all that a log of digests can check of an Ed25519 key")
    func prehash() throws {
        // RFC 8032, section 7.3.
        let raw = try #require(
            BinaryText.decodeHex("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf".utf8))
        let signature = try #require(
            BinaryText.decodeHex(
                ("98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
                    + "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406").utf8))
        let key = try PublicKey(der: [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00] + raw)
        let abc = Array("abc".utf8)
        let body = TestBundle.secondRecord(abc, signature, key: key, details: "PKIX_ED25519_PH", .sha512)
        let json = bundle.json(
            #""messageSignature":{"signature":"\#(TestBundle.base64(signature))"}"#,
            entries: [try bundle.entry(body, kind: "hashedrekord", version: "0.0.2")])
        let policy = SignaturePolicy(signer: .key(key), trustedRoot: root)
        let sha512 = try ImageDigest("sha512:" + BinaryText.encodeHex(Digest.sha512.hash(abc)))
        for subject in [
            BundleSubject.artifact(digest: ImageDigest(of: abc), bytes: abc), .artifact(digest: sha512, bytes: nil),
        ] {
            #expect(try SigstoreBundle(json: json).verify(subject, policy).isLogged)
        }
        let other = BundleSubject.artifact(digest: ImageDigest(of: [1]), bytes: [1])
        #expect(throws: VerificationError.self) { try SigstoreBundle(json: json).verify(other, policy) }
    }

    @Test("takes the first bundles, whose proofs lack the checkpoint, by the log's promise")
    func firstBundles() throws {
        let body = TestBundle.envelopeEntry(payload, [(signature: signature, pem: signer.publicPEM)])
        let content = "\"dsseEnvelope\":\(Payload.envelope(payload, signature))"
        func reason(_ mediaType: String, seconds: Int64?, checkpoint: Bool) throws -> String {
            var bundle = bundle
            bundle.mediaType = mediaType
            return self.reason(
                bundle.json(
                    content,
                    entries: [
                        try bundle.entry(
                            body, kind: "dsse", version: "0.0.1", seconds: seconds, checkpoint: checkpoint)
                    ]))
        }
        let (now, first) = (Int64(1_767_225_600), "application/vnd.dev.sigstore.bundle+json;version=0.1")
        #expect(try reason(first, seconds: now, checkpoint: false) == "pass")
        #expect(try reason(first, seconds: nil, checkpoint: true) == "inclusion-promise-missing")
        #expect(try reason("application/vnd.dev.sigstore.bundle.v0.1+json", seconds: now, checkpoint: false) == "pass")
        for second in [
            "application/vnd.dev.sigstore.bundle+json;version=0.2", "application/vnd.dev.sigstore.bundle.v0.2+json",
        ] {
            #expect(try reason(second, seconds: now, checkpoint: false) == "checkpoint-missing")
            #expect(try reason(second, seconds: nil, checkpoint: true) == "pass")
        }
        #expect(
            try reason("application/vnd.dev.sigstore.bundle.v0.4+json", seconds: now, checkpoint: true)
                == "unsupported-bundle-version")
    }

    @Test("looks past entries of logs that the trust root does not know")
    func unknownLogs() throws {
        let body = TestBundle.envelopeEntry(payload, [(signature: signature, pem: signer.publicPEM)])
        let content = "\"dsseEnvelope\":\(Payload.envelope(payload, signature))"
        let known = try bundle.entry(body, kind: "dsse", version: "0.0.1")
        let unknown = try TestBundle(log: try TestKey.ec("P-256")).entry(body, kind: "dsse", version: "0.0.1")
        #expect(reason(bundle.json(content, entries: [unknown, known])) == "pass")
        #expect(reason(bundle.json(content, entries: [unknown])) == "unknown-log")
        #expect(reason(bundle.json(content, entries: [])) == "no-log-entry")
        // A known log's entry that does not hold is no such case.
        let wrong = try bundle.entry(
            TestBundle.envelopeEntry([], [(signature: signature, pem: signer.publicPEM)]), kind: "dsse",
            version: "0.0.1")
        #expect(reason(bundle.json(content, entries: [wrong])) == "log-entry-payload")
    }

    @Test("names npm's and others' subjects by any digest that can be computed")
    func subjects() throws {
        let image = ImageDigest(of: artifact)
        let sha512 = BinaryText.encodeHex(Digest.sha512.hash(artifact))
        func reason(_ digests: String, bytes: [UInt8]?, annotations: String = "{}") throws -> String {
            let text = Array(
                #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"pkg:npm/a@1.0.0","digest":\#(digests),"annotations":\#(annotations)}],"predicateType":"https://slsa.dev/provenance/v1","predicate":{}}"#
                    .utf8)
            do throws(VerificationError) {
                _ = try Statement(text, about: .artifact(digest: image, bytes: bytes))
                return "pass"
            } catch {
                return error.id
            }
        }
        #expect(try reason(#"{"sha512":"\#(sha512)"}"#, bytes: artifact) == "pass")
        #expect(try reason(#"{"sha512":"\#(sha512)","gitCommit":"abc"}"#, bytes: artifact) == "pass")
        #expect(try reason(#"{"sha512":"\#(sha512)"}"#, bytes: nil) == "no-matching-subject")
        #expect(try reason(#"{"sha256":"\#(image.hex)","sha512":"00"}"#, bytes: artifact) == "no-matching-subject")
        #expect(try reason(#"{"sha256":"\#(image.hex)","sha512":"00"}"#, bytes: nil) == "pass")
        #expect(try reason(#"{"sha1":"00"}"#, bytes: artifact) == "no-matching-subject")
        #expect(
            try reason(
                #"{"sha384":"\#(BinaryText.encodeHex(Digest.sha384.hash(artifact)))"}"#, bytes: artifact,
                annotations: #"{"n":1,"list":[{}]}"#) == "pass")
    }
}
