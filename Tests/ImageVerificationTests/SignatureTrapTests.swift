import Testing

@testable import ImageVerification

/// Ways to be tricked that other verifiers fell for, and forms that only a hostile registry writes.
@Suite struct SignatureTrapTests {
    private let pair: TestKey
    private let policy: SignaturePolicy

    init() throws {
        pair = try TestKey.ec("P-256")
        policy = SignaturePolicy(signer: .key(try pair.key()), requiresLogEntry: false)
    }

    private func reasons(_ store: MemoryStore, _ tag: String = "v1", _ policy: SignaturePolicy? = nil) throws
        -> [String]
    {
        try ImageSignatures(of: tag, repository: "r", in: store).verifySignatures(policy ?? self.policy).reasons.map(
            \.id)
    }

    private func store(payload: (ImageDigest) -> [UInt8]) throws -> (MemoryStore, ImageDigest) {
        var store = MemoryStore()
        let image = store.addImage("v1")
        let bytes = payload(image)
        store.addSignature(bytes, try pair.sign(bytes), of: image)
        return (store, image)
    }

    @Test("accepts a signed image, and not one signed by another key")
    func signed() throws {
        let (store, _) = try store { Payload.simpleSigning($0) }
        #expect(try reasons(store) == [])
        let other = SignaturePolicy(signer: .key(try TestKey.ec("P-256").key()), requiresLogEntry: false)
        #expect(try reasons(store, "v1", other) == ["signature-invalid"])
    }

    @Test("says that there is no image, and no signature")
    func nothing() throws {
        var store = MemoryStore()
        _ = store.addImage("v1")
        #expect(try reasons(store) == ["no-signatures-found"])
        do throws(VerificationError) {
            _ = try ImageSignatures(of: "v2", repository: "r", in: store)
            Issue.record("found an image that is not there")
        } catch {
            #expect(error.id == "image-not-found")
        }
    }

    @Test("refuses a signature copied from another image")
    func copied() throws {
        var store = MemoryStore()
        let (image, other) = (store.addImage("v1"), store.addImage("v2"))
        let bytes = Payload.simpleSigning(other)
        store.addSignature(bytes, try pair.sign(bytes), of: image)
        #expect(try reasons(store) == ["payload-digest-mismatch"])
    }

    @Test(
        "refuses signed payloads that two readers may understand differently",
        arguments: [
            ("duplicate", "malformed-json"), ("nested duplicate", "malformed-json"), ("trailing", "malformed-json"),
            ("mark", "malformed-json"), ("list", "malformed-payload"), ("type", "payload-kind"),
            ("no digest", "malformed-payload"), ("number", "malformed-payload"), ("null", "malformed-payload"),
            ("upper case", "malformed-payload"), ("large", "too-large"),
            ("digest in upper case", "payload-digest-mismatch"),
        ])
    func payloads(kind: String, expected: String) throws {
        let (store, _) = try store { digest in
            let good = String(decoding: Payload.simpleSigning(digest), as: UTF8.self)
            let bad: String =
                switch kind {
                case "duplicate": "{\"critical\":{}," + good.dropFirst()
                case "nested duplicate":
                    good.replacing("\"image\":{", with: "\"image\":{\"docker-manifest-digest\":\"sha256:00\",")
                case "trailing": good + "{}"
                case "mark": "\u{FEFF}" + good
                case "list": "[\(good)]"
                case "type": good.replacing("cosign container", with: "atomic container")
                case "no digest": good.replacing("docker-manifest-digest", with: "digest")
                case "number": good.replacing("\"\(digest)\"", with: "1")
                case "null": good.replacing("\"\(digest)\"", with: "null")
                case "upper case": good.replacing("\"critical\"", with: "\"Critical\"")
                case "large": String(repeating: " ", count: VerificationLimits.maximumPayloadBytes) + good
                default: good.replacing(digest.hex, with: digest.hex.uppercased())
                }
            return Array(bad.utf8)
        }
        #expect(try reasons(store) == [expected])
    }

    @Test("compares annotations with the signed payload")
    func annotations() throws {
        let (store, _) = try store { Payload.simpleSigning($0, optional: "{\"env\":\"prod\",\"n\":1}") }
        for (wanted, expected) in [
            (["env": "prod"], []), (["env": "dev"], ["annotation-mismatch"]), (["n": "1"], ["annotation-mismatch"]),
        ] {
            var policy = policy
            policy.annotations = wanted
            #expect(try reasons(store, "v1", policy) == expected)
        }
    }

    @Test("refuses bytes that are not those of their digest, and sizes that lie")
    func corruption() throws {
        var (store, image) = try store { Payload.simpleSigning($0) }
        store.corrupt(ImageDigest(of: Payload.simpleSigning(image)), Payload.simpleSigning(image) + [0x20])
        #expect(try reasons(store) == ["content-digest-mismatch"])
        var other = MemoryStore()
        image = other.addImage("v1")
        let bytes = Payload.simpleSigning(image)
        let blob = other.add(blob: bytes)
        let annotations = ["dev.cosignproject.cosign/signature": BinaryText.encodeBase64(try pair.sign(bytes))]
        other.addLayers(
            [
                other.descriptor(
                    blob, type: CosignLayer.signatureMediaType, annotations: annotations, size: bytes.count + 1),
                other.descriptor(blob, type: CosignLayer.signatureMediaType, annotations: annotations, size: 1 << 40),
                other.descriptor(blob, type: "application/json", annotations: annotations),
            ], of: image)
        #expect(try reasons(other) == ["content-digest-mismatch", "too-large", "layer-media-type"])
        let digest = image.description
        other.corrupt(image, [0x7B, 0x7D])
        #expect(throws: VerificationError.self) { try ImageSignatures(of: digest, repository: "r", in: other) }
    }

    @Test("bounds the number of signatures")
    func tooMany() throws {
        var store = MemoryStore()
        let image = store.addImage("v1")
        let blob = store.add(blob: [0])
        store.addLayers(
            [String](repeating: store.descriptor(blob, type: "x"), count: VerificationLimits.maximumSignatures + 1),
            of: image)
        #expect(try reasons(store) == ["too-many"])
    }

    @Test("takes a platform of a signed index for unsigned")
    func platforms() throws {
        var store = MemoryStore()
        let platform = store.addImage("platform")
        let type = "application/vnd.oci.image.index.v1+json"
        let index = store.add(
            manifest:
                #"{"schemaVersion":2,"mediaType":"\#(type)","manifests":[\#(store.descriptor(platform, type: MemoryStore.manifestType))]}"#,
            tag: "v1", type: type)
        let bytes = Payload.simpleSigning(index)
        store.addSignature(bytes, try pair.sign(bytes), of: index)
        #expect(try reasons(store) == [])
        #expect(try reasons(store, platform.description) == ["no-signatures-found"])
    }

    private func addBundle(_ store: inout MemoryStore, _ image: ImageDigest, _ statement: [UInt8]) throws {
        let signature = try pair.sign(Payload.signedBytes(statement))
        store.addReferrer(Array(Payload.bundle(statement, signature).utf8), of: image)
    }

    @Test("wants cosign's predicate type for a signature")
    func predicateType() throws {
        var store = MemoryStore()
        let image = store.addImage("v1")
        try addBundle(&store, image, Payload.statement(image, predicateType: "https://spdx.dev/Document"))
        #expect(try reasons(store) == ["predicate-type"])
        let found = try ImageSignatures(of: "v1", repository: "r", in: store)
        #expect(found.verifyAttestations(policy, predicateType: "https://spdx.dev/Document").isAccepted)
        try addBundle(&store, image, Payload.statement(image))
        #expect(try reasons(store) == [])
    }

    @Test("looks for cosign's tag although there are bundles")
    func bundlesHideNothing() throws {
        var (store, image) = try store { Payload.simpleSigning($0) }
        try addBundle(&store, image, Payload.statement(image, predicateType: "https://slsa.dev/provenance/v1"))
        #expect(try reasons(store) == [])
    }

    @Test("skips other referrers, and lets a malformed one not hide a good one")
    func referrers() throws {
        var store = MemoryStore()
        let (image, other) = (store.addImage("v1"), store.addImage("v2"))
        store.addReferrer([0], of: image, type: "application/spdx+json")
        #expect(try reasons(store) == ["no-signatures-found"])
        store.addReferrer(manifest: "{", of: image)
        store.addReferrer(manifest: #"{"artifactType":1}"#, of: image)
        store.addReferrer(Array("{}".utf8), of: image, subject: other)
        store.addReferrer(Array("{}".utf8), of: image, layers: 2)
        store.addReferrer(Array("{\"a\":1,\"a\":1}".utf8), of: image)
        let expected = ["malformed-json", "malformed-json", "malformed-manifest", "other-subject", "layer-count"]
        #expect(try reasons(store) == expected)
        try addBundle(&store, image, Payload.statement(image))
        #expect(try reasons(store) == [])
    }

    @Test("finds bundles whose descriptors lie, through the config's media type")
    func configMediaType() throws {
        var store = MemoryStore()
        let image = store.addImage("v1")
        let statement = Payload.statement(image)
        let bundle = Array(Payload.bundle(statement, try pair.sign(Payload.signedBytes(statement))).utf8)
        let blob = store.add(blob: bundle)
        let type = "application/vnd.dev.sigstore.bundle.v0.3+json"
        store.addReferrer(
            manifest:
                #"{"config":{"mediaType":"\#(type)"},"subject":\#(store.descriptor(image, type: MemoryStore.manifestType)),"layers":[\#(store.descriptor(blob, type: "x"))]}"#,
            of: image)
        #expect(try reasons(store) == [])
    }

    @Test("refuses a bundle about another image, of an unknown version, or without the wanted annotation")
    func bundles() throws {
        var store = MemoryStore()
        let (image, other) = (store.addImage("v1"), store.addImage("v2"))
        try addBundle(&store, image, Payload.statement(other))
        #expect(try reasons(store) == ["no-matching-subject"])
        let statement = Payload.statement(image, annotations: "{\"env\":\"prod\"}")
        let text = Payload.bundle(statement, try pair.sign(Payload.signedBytes(statement)))
        let subject = BundleSubject.image(digest: image, manifest: nil, predicateType: nil)
        func reason(_ json: String, _ policy: SignaturePolicy) -> String {
            do throws(VerificationError) {
                _ = try SigstoreBundle(json: Array(json.utf8)).verify(subject, policy)
                return "pass"
            } catch {
                return error.id
            }
        }
        #expect(reason(text, policy) == "pass")
        var wanted = policy
        wanted.annotations = ["env": "prod"]
        #expect(reason(text, wanted) == "pass")
        wanted.annotations = ["env": "dev"]
        #expect(reason(text, wanted) == "annotation-mismatch")
        wanted = policy
        wanted.requiresLogEntry = true
        #expect(reason(text, wanted) == "trusted-root-missing")
        #expect(reason(text.replacing("v0.3+json", with: "v0.4+json"), policy) == "unsupported-bundle-version")
        #expect(reason(text.replacing("\"publicKey\"", with: "\"certificate\""), policy) == "malformed-bundle")
        #expect(reason(text + "x", policy) == "malformed-json")
        #expect(reason(text.replacing("in-toto+json", with: "in-toto"), policy) == "envelope-payload-type")
        let identity = CertificateIdentity(issuer: .exact("i"), subject: .exact("s"))
        #expect(reason(text, SignaturePolicy(signer: .keyless(identity))) == "certificate-expected")
    }

    @Test("anchors patterns, and keeps them within their group")
    func patterns() throws {
        let pattern = try TextMatch.pattern("https://github\\.com/me/.*")
        #expect(pattern.accepts("https://github.com/me/app"))
        #expect(!pattern.accepts("https://evil.test/https://github.com/me/app"))
        #expect(!pattern.accepts("https://github.com/me2/app"))
        #expect(!(try TextMatch.pattern("a|b").accepts("ab")))
        #expect(!(try TextMatch.pattern("me@corp\\.test").accepts("me@corp.test\n")))
        #expect(!(try TextMatch.pattern("(?m)^me$").accepts("me\nyou")))
        for bad in ["(", "a)|(?:b", "[", "(?P<x>a)(?P<x>b)"] {
            #expect(throws: VerificationError.self) { try TextMatch.pattern(bad) }
        }
        // Composed and decomposed forms look alike and are different identities.
        #expect(!TextMatch.exact("caf\u{E9}").accepts("cafe\u{301}"))
    }

    @Test("verifies the pre-authentication encoding, not the payload")
    func preAuthentication() throws {
        var store = MemoryStore()
        let image = store.addImage("v1")
        let statement = Payload.statement(image)
        store.addReferrer(Array(Payload.bundle(statement, try pair.sign(statement)).utf8), of: image)
        #expect(try reasons(store) == ["signature-invalid"])
    }

    @Test("gives every reason an identifier of its own")
    func identifiers() {
        let identifiers = VerificationReason.allCases.map(\.rawValue)
        #expect(Set(identifiers).count == identifiers.count)
        #expect(
            identifiers.allSatisfy {
                $0.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D }
            })
    }
}
