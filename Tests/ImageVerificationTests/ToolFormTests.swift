import Foundation
import Testing
import Values

@testable import ImageVerification

/// Forms of keys, certificates, trust roots and timestamps that tools write beside the usual ones.
@Suite struct ToolFormTests {
    private let message = Array("what is signed".utf8)

    private func reason(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "pass"
        } catch let error as VerificationError {
            return error.id
        } catch {
            return "\(error)"
        }
    }

    // MARK: - Keys

    @Test("reads a key however its lines end and whatever stands around it")
    func keyTexts() throws {
        let pair = try TestKey(["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        let pkcs1 = String(
            decoding: try TestKey.openssl(["rsa", "-in", pair.path, "-RSAPublicKey_out"]), as: UTF8.self)
        let wanted = try pair.key().der
        for pem in [pair.publicPEM, pkcs1] {
            for text in [
                pem, pem.replacing("\n", with: "\r\n"), pem.replacing("-----\n", with: "----- \t\n"),
                "Key of the release team\n" + pem + "\n# until 2030\n", "\n\n" + pem,
                String(pem.dropLast()),
            ] {
                #expect(try PublicKey(pem: text).der == wanted)
            }
        }
    }

    @Test(
        "says of keys that lie elsewhere how to bring them here",
        arguments: [
            "awskms:///alias/release", "awskms://kms.eu-west-1.amazonaws.com/arn:aws:kms:eu-west-1:1:key/a",
            "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k/versions/1", "azurekms://vault.azure.net/key",
            "hashivault://release", "k8s://namespace/key", "env://COSIGN_PUBLIC_KEY", "pkcs11:token=a;object=b",
            "https://example.com/cosign.pub", "gitlab://group/project",
        ])
    func references(text: String) {
        #expect(reason { _ = try PublicKey(pem: text) } == "key-reference")
    }

    @Test("says what it found in place of a public key")
    func otherTexts() throws {
        let pair = try TestKey.ec("P-256")
        let secret = String(decoding: try TestKey.openssl(["pkey", "-in", pair.path]), as: UTF8.self)
        let certificate = try TestAuthority().issue(pair, ["extendedKeyUsage=codeSigning"])
        for (text, word) in [
            (secret, "private"), (certificate, "certificate"), ("ssh-ed25519 AAAA me@example.com", "found 0"),
            (pair.publicPEM + pair.publicPEM, "found 2"), ("", "found 0"), ("kms", "found 0"), ("pem:", "found 0"),
        ] {
            do throws(VerificationError) {
                _ = try PublicKey(pem: text)
                Issue.record("took \(text)")
            } catch {
                #expect(error.reason == .malformedKey)
                #expect(error.detail.contains(word))
            }
        }
    }

    // MARK: - cosign's annotations

    private struct Layer {
        var annotations: [String: String]
        let payload: [UInt8]
        let image: ImageDigest

        func verify(_ policy: SignaturePolicy) throws {
            _ = try CosignLayer(
                mediaType: CosignLayer.signatureMediaType, annotations: annotations, content: .success(payload)
            ).verifySignature(of: image, policy)
        }
    }

    private func layer(_ pair: TestKey) throws -> (Layer, [UInt8]) {
        let image = ImageDigest(of: [1])
        let payload = Payload.simpleSigning(image)
        let signature = try pair.sign(payload)
        let annotations = ["dev.cosignproject.cosign/signature": TestBundle.base64(signature)]
        return (Layer(annotations: annotations, payload: payload, image: image), signature)
    }

    @Test("takes signatures that were attached with line ends in their base64")
    func wrappedBase64() throws {
        let pair = try TestKey.ec("P-256")
        var (layer, signature) = try layer(pair)
        let text = TestBundle.base64(signature)
        let policy = SignaturePolicy(signer: .key(try pair.key()), requiresLogEntry: false)
        let key = "dev.cosignproject.cosign/signature"
        for (changed, expected) in [
            (text + "\n", "pass"), (text.prefix(76) + "\n" + text.dropFirst(76) + "\r\n", "pass"),
            (text + " ", "malformed-signature"), (String(text.drop { $0 == "M" }), "malformed-signature"),
            (text.replacing("=", with: ""), text.contains("=") ? "malformed-signature" : "pass"),
        ] {
            layer.annotations[key] = changed
            #expect(reason { try layer.verify(policy) } == expected)
        }
    }

    /// An authority in two steps, as private Fulcios have it.
    private func chain(_ signer: TestKey) throws -> (leaf: String, middle: String, root: String) {
        let authority = try TestAuthority()
        let middle = try TestKey.ec("P-256")
        let middlePEM = try authority.issue(
            middle, ["basicConstraints=critical,CA:true,pathlen:0", "keyUsage=critical,keyCertSign"],
            subject: "/CN=middle")
        let leaf = try TestAuthority(key: middle, pem: middlePEM).issue(
            signer,
            [
                "extendedKeyUsage=codeSigning", "subjectAltName=critical,URI:https://me.test",
                "1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:https://issuer.test",
            ])
        return (leaf, middlePEM, try authority.pem())
    }

    @Test("takes intermediates from the signature where a policy names a root alone, and nowhere else")
    func broughtIntermediates() throws {
        let (signer, log) = (try TestKey.ec("P-256"), try TestKey.ec("P-256"))
        let bundle = try TestBundle(log: log)
        let (leaf, middle, rootPEM) = try chain(signer)
        var (layer, signature) = try layer(signer)
        let seconds = Int64(Date().timeIntervalSince1970) + 5
        layer.annotations["dev.sigstore.cosign/bundle"] = try bundle.annotation(
            TestBundle.record(layer.payload, signature, pem: leaf), seconds: seconds)
        layer.annotations["dev.sigstore.cosign/certificate"] = leaf
        let identity = CertificateIdentity(issuer: .exact("https://issuer.test"), subject: .exact("https://me.test"))
        func policy(_ root: TrustedRoot) -> SignaturePolicy {
            SignaturePolicy(signer: .keyless(identity), trustedRoot: root, requiresCertificateTimestamp: false)
        }
        var named = try bundle.root()
        try named.replaceCertificateAuthorities(pem: rootPEM)
        #expect(reason { try layer.verify(policy(named)) } == "certificate-untrusted")
        layer.annotations["dev.sigstore.cosign/chain"] = middle + rootPEM
        #expect(reason { try layer.verify(policy(named)) } == "pass")
        // Beside the leaf, as others write it.
        layer.annotations["dev.sigstore.cosign/chain"] = nil
        layer.annotations["dev.sigstore.cosign/certificate"] = leaf + middle
        #expect(reason { try layer.verify(policy(named)) } == "pass")
        // A chain of somebody else's does not become trusted by being there.
        let other = try chain(signer)
        layer.annotations["dev.sigstore.cosign/certificate"] = other.leaf
        layer.annotations["dev.sigstore.cosign/chain"] = other.middle + other.root
        layer.annotations["dev.sigstore.cosign/bundle"] = try bundle.annotation(
            TestBundle.record(layer.payload, signature, pem: other.leaf), seconds: seconds)
        #expect(reason { try layer.verify(policy(named)) } == "certificate-untrusted")
        // A trusted_root.json names whole chains.
        layer.annotations["dev.sigstore.cosign/certificate"] = leaf
        layer.annotations["dev.sigstore.cosign/chain"] = middle + rootPEM
        layer.annotations["dev.sigstore.cosign/bundle"] = try bundle.annotation(
            TestBundle.record(layer.payload, signature, pem: leaf), seconds: seconds)
        let key = try log.key()
        let instance = TestBundle.instance(
            key.der, details: "PKIX_ECDSA_P256_SHA_256",
            id: #""logId":{"keyId":"\#(TestBundle.base64(key.fingerprint))"}"#)
        func file(_ chain: [String]) throws -> TrustedRoot {
            try TrustedRoot(
                json: Array(
                    TestBundle.root(logs: [instance], authorities: [try chain.map { try Certificate(pem: $0) }]).utf8))
        }
        #expect(reason { try layer.verify(policy(try file([rootPEM]))) } == "certificate-untrusted")
        #expect(reason { try layer.verify(policy(try file([middle, rootPEM]))) } == "pass")
    }

    // MARK: - Timestamps

    @Test("takes timestamps with and without the signer's certificate, and looks past those of strangers")
    func timestamps() throws {
        let (signer, log) = (try TestKey.ec("P-256"), try TestKey.ec("P-256"))
        let (stamper, stranger) = (try TestStamper(), try TestStamper())
        let bundle = try TestBundle(log: log)
        let root = try bundle.root(stampers: [stamper.chain])
        let artifact = Array("a".utf8)
        let signature = try signer.sign(artifact)
        let body = TestBundle.record(artifact, signature, pem: signer.publicPEM)
        let entry = try bundle.entry(body, kind: "hashedrekord", version: "0.0.1")
        let subject = BundleSubject.artifact(digest: ImageDigest(of: artifact), bytes: artifact)
        func reason(_ stamps: [[UInt8]], required: Bool = true) throws -> String {
            let policy = SignaturePolicy(
                signer: .key(try signer.key()), trustedRoot: root, requiresTimestamp: required)
            let json = bundle.json(
                #""messageSignature":{"signature":"\#(TestBundle.base64(signature))"}"#, entries: [entry],
                timestamps: stamps)
            return self.reason {
                let found = try SigstoreBundle(json: json).verify(subject, policy)
                if required { #expect(found.times.count == 1) }
            }
        }
        let good = try stamper.response(over: signature)
        let strange = try stranger.response(over: signature)
        #expect(try reason([good]) == "pass")
        #expect(try reason([stamper.response(over: signature, embeds: false)]) == "pass")
        #expect(try reason([stamper.response(over: signature, hash: "-sha512")]) == "pass")
        #expect(try reason([strange, good]) == "pass")
        #expect(try reason([strange]) == "timestamp-untrusted")
        #expect(try reason([strange], required: false) == "pass")
        #expect(try reason([]) == "timestamp-missing")
        #expect(try reason([stamper.response(over: [1]), good]) == "timestamp-imprint")
        #expect(try reason([good + [0]]) == "malformed-timestamp")
    }

    // MARK: - Trust roots

    @Test(
        "reads trust roots of all media types",
        arguments: [
            "application/vnd.dev.sigstore.trustedroot.v0.1+json", "application/vnd.dev.sigstore.trustedroot.v0.2+json",
            "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
        ])
    func mediaTypes(type: String) throws {
        let key = try TestKey.ec("P-256").key()
        let log = TestBundle.instance(
            key.der, details: "PKIX_ECDSA_P256_SHA_256", id: #""checkpointKeyId":{"keyId":"AQIDBA=="}"#)
        let text = TestBundle.root(logs: [log], mediaType: type)
        let root = try TrustedRoot(json: Array(text.utf8))
        #expect(root.logs.map(\.id) == [[1, 2, 3, 4]])
        #expect(root.logs[0].isNamed(by: [1, 2, 3, 4] + [UInt8](repeating: 9, count: 28)))
        #expect(!root.logs[0].isNamed(by: [1, 2, 3, 5] + [UInt8](repeating: 9, count: 28)))
        let configured =
            #"{"mediaType":"application/vnd.dev.sigstore.clienttrustconfig.v0.1+json","trustedRoot":\#(text)}"#
        #expect(try TrustedRoot(json: Array(configured.utf8)).logs.count == 1)
    }

    @Test("says what a file is that is no trust root")
    func otherFiles() {
        for (text, word) in [
            (#"{"signed":{"_type":"root"},"signatures":[]}"#, "TUF"),
            (#"{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}"#, "signingconfig"),
            ("{}", "mediaType"),
        ] {
            do throws(VerificationError) {
                _ = try TrustedRoot(json: Array(text.utf8))
                Issue.record("took \(text)")
            } catch {
                #expect(error.reason == .malformedTrustedRoot)
                #expect(error.detail.contains(word))
            }
        }
    }

    @Test("verifies logs with RSA keys, in both encodings, and with every curve")
    func logKeys() throws {
        let rsa = try TestKey(["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        let pkcs1 = try TestKey.openssl(["rsa", "-in", rsa.path, "-RSAPublicKey_out", "-outform", "DER"])
        let signer = try TestKey.ec("P-256")
        let artifact = Array("a".utf8)
        let signature = try signer.sign(artifact)
        let body = TestBundle.record(artifact, signature, pem: signer.publicPEM)
        let subject = BundleSubject.artifact(digest: ImageDigest(of: artifact), bytes: artifact)
        for (log, raw, details) in [
            (rsa, try rsa.key().der, "PKIX_RSA_PKCS1V15_2048_SHA256"), (rsa, pkcs1, "PKCS1_RSA_PKCS1V5"),
            (try TestKey.ec("P-384"), nil, "PKIX_ECDSA_P384_SHA_384"),
            (try TestKey.ec("P-521"), nil, "PKIX_ECDSA_P521_SHA_512"),
        ] {
            let bundle = try TestBundle(log: log)
            let key = try log.key()
            let instance = TestBundle.instance(
                raw ?? key.der, details: details, id: #""logId":{"keyId":"\#(TestBundle.base64(key.fingerprint))"}"#)
            let root = try TrustedRoot(json: Array(TestBundle.root(logs: [instance]).utf8))
            let json = bundle.json(
                #""messageSignature":{"signature":"\#(TestBundle.base64(signature))"}"#,
                entries: [try bundle.entry(body, kind: "hashedrekord", version: "0.0.1", seconds: 1_767_225_600)])
            let policy = SignaturePolicy(signer: .key(try signer.key()), trustedRoot: root)
            #expect(try SigstoreBundle(json: json).verify(subject, policy).isLogged)
        }
        let unknown = TestBundle.instance([1, 2], details: "ML_DSA_65", id: #""logId":{"keyId":"AQ=="}"#)
        #expect(try TrustedRoot(json: Array(TestBundle.root(logs: [unknown]).utf8)).logs.isEmpty)
    }

    @Test("chooses the period of a log that is listed several times")
    func periods() throws {
        let (signer, log) = (try TestKey.ec("P-256"), try TestKey.ec("P-256"))
        let bundle = try TestBundle(log: log)
        let key = try log.key()
        let id = #""logId":{"keyId":"\#(TestBundle.base64(key.fingerprint))"}"#
        func instance(_ start: String, _ end: String?) -> String {
            TestBundle.instance(key.der, details: "PKIX_ECDSA_P256_SHA_256", id: id, start: start, end: end)
        }
        let root = try TrustedRoot(
            json: Array(
                TestBundle.root(logs: [
                    instance("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"), instance("2026-01-01T00:00:00Z", nil),
                ]).utf8))
        let artifact = Array("a".utf8)
        let signature = try signer.sign(artifact)
        let body = TestBundle.record(artifact, signature, pem: signer.publicPEM)
        let subject = BundleSubject.artifact(digest: ImageDigest(of: artifact), bytes: artifact)
        let policy = SignaturePolicy(signer: .key(try signer.key()), trustedRoot: root)
        func reason(_ seconds: Int64) throws -> String {
            let json = bundle.json(
                #""messageSignature":{"signature":"\#(TestBundle.base64(signature))"}"#,
                entries: [try bundle.entry(body, kind: "hashedrekord", version: "0.0.1", seconds: seconds)])
            return self.reason { _ = try SigstoreBundle(json: json).verify(subject, policy) }
        }
        #expect(try reason(1_590_000_000) == "pass")
        #expect(try reason(1_767_225_600) == "pass")
        #expect(try reason(1_700_000_000) == "log-not-valid-at-time")
    }

    // MARK: - Certificates

    @Test("reads all of Fulcio's extensions, raw and as DER texts")
    func extensions() throws {
        let signer = try TestKey.ec("P-256")
        var lines = ["subjectAltName=critical,URI:https://me.test"]
        for number in 1...6 {
            let hex = "value \(number)".utf8.map { String($0, radix: 16) }.joined()
            lines.append("1.3.6.1.4.1.57264.1.\(number)=DER:\(hex)")
        }
        for number in 8...24 { lines.append("1.3.6.1.4.1.57264.1.\(number)=ASN1:UTF8String:value \(number)") }
        let authority = try TestAuthority()
        let claims = try CertificateClaims(Certificate(pem: authority.issue(signer, lines)))
        for number in Array(1...6) + Array(8...24) { #expect(claims.extensions[number] == "value \(number)") }
        #expect(claims.issuer == "value 8")
        // Other types of text, and what a later authority may add.
        let other = try CertificateClaims(
            Certificate(
                pem: authority.issue(
                    signer,
                    [
                        lines[0], "1.3.6.1.4.1.57264.1.9=ASN1:PRINTABLESTRING:printable",
                        "1.3.6.1.4.1.57264.1.12=ASN1:IA5STRING:https://a.test",
                        "1.3.6.1.4.1.57264.1.25=ASN1:BOOLEAN:TRUE",
                        "1.3.6.1.4.1.57264.1.1=DER:6f6c64",
                    ])))
        #expect(other.extensions == [1: "old", 9: "printable", 12: "https://a.test"])
        #expect(other.issuer == "old")
        // An issuer that cannot be read is not the older one.
        let bad = try authority.issue(
            signer, [lines[0], "1.3.6.1.4.1.57264.1.1=DER:6f6c64", "1.3.6.1.4.1.57264.1.8=ASN1:BOOLEAN:TRUE"])
        #expect(reason { _ = try CertificateClaims(Certificate(pem: bad)) } == "certificate-identity")
    }

    @Test(
        "reads distinguished names with their escapes",
        arguments: [
            ("C=US, ST=WA, O=Example", ["C": "US", "ST": "WA", "O": "Example"]),
            ("c=US,s=WA,o=Acme\\, Inc.", ["C": "US", "ST": "WA", "O": "Acme, Inc."]),
            ("CN=a\\=b\\+c,OU=x=y", ["CN": "a=b+c", "OU": "x=y"]),
            ("CN=caf\\C3\\A9 ", ["CN": "caf\u{E9}"]), ("CN=\\ a\\ ", ["CN": " a "]),
            ("CN=a+OU=b", ["CN": "a", "OU": "b"]),
            ("emailAddress=a@b.test", ["emailAddress": "a@b.test"]),
        ])
    func names(text: String, expected: [String: String]) throws {
        let name = try #require(DistinguishedName(text))
        #expect(Dictionary(uniqueKeysWithValues: name.attributes.map { ($0.type, $0.value) }) == expected)
    }

    @Test(
        "refuses what is no distinguished name",
        arguments: ["", " ", "C", "=a", "C=", "C=US,C=DE", "CN=a\\", "C=US,,O=a", "C=US,"])
    func badNames(text: String) {
        #expect(DistinguishedName(text) == nil)
    }

    // MARK: - Digests

    @Test("verifies images that are named by SHA-512")
    func sha512() throws {
        let pair = try TestKey.ec("P-256")
        let policy = SignaturePolicy(signer: .key(try pair.key()), requiresLogEntry: false)
        var store = MemoryStore()
        let image = store.addImage("v1")
        let bytes = try #require(try store.manifest(repository: "r", reference: "v1")).bytes
        let long = try ImageDigest("sha512:" + BinaryText.encodeHex(Digest.sha512.hash(bytes)))
        store.alias(image, as: long)
        #expect(long.tag.utf8.count == 71)
        #expect(long.cosignTag(".sig", prefix: "") == nil)
        #expect(image.cosignTag(".sig", prefix: "") == image.tag + ".sig")
        func reasons() throws -> [String] {
            try ImageSignatures(of: long.description, repository: "r", in: store).verifySignatures(policy).reasons
                .map(\.id)
        }
        #expect(try reasons() == ["no-signatures-found"])
        let statement = Array(
            String(decoding: Payload.statement(image), as: UTF8.self)
                .replacing("\"sha256\":\"\(image.hex)\"", with: "\"sha512\":\"\(long.hex)\"").utf8)
        let signature = try pair.sign(Payload.signedBytes(statement))
        store.addReferrer(Array(Payload.bundle(statement, signature).utf8), of: long, subject: long)
        #expect(try reasons() == [])
        // The same bytes: what names them by SHA-256 means them, too.
        let usual = Payload.statement(image)
        var other = MemoryStore()
        _ = other.addImage("v1")
        other.alias(image, as: long)
        other.addReferrer(
            Array(Payload.bundle(usual, try pair.sign(Payload.signedBytes(usual))).utf8), of: long, subject: long)
        let found = try ImageSignatures(of: long.description, repository: "r", in: other)
        #expect(found.verifySignatures(policy).isAccepted)
        store.corrupt(long, [0x7B, 0x7D])
        #expect(reason { _ = try reasons() } == "content-digest-mismatch")
    }

    @Test("leaves entries of an index out whose digest nothing here can compute")
    func unknownDigests() throws {
        let digest = ImageDigest(of: [1])
        func index(_ first: String) -> [UInt8] {
            Array(
                #"{"manifests":[{"mediaType":"a","digest":"\#(first)","size":1},{"mediaType":"a","digest":"\#(digest)","size":1}]}"#
                    .utf8)
        }
        #expect(try Manifest(index("blake3:00")).manifests.map(\.digest) == [digest])
        #expect(throws: VerificationError.self) { try Manifest(index("sha256:00")) }
    }
}
