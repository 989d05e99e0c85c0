import Foundation
import SignatureFixtures
import Testing
import Values

@testable import ImageVerification

/// Small deterministic generator, so that a failure can be repeated.
struct Mutator {
    private var state: UInt64

    /// How often each seed is broken; GUARDRAIL_MUTATIONS for a long run.
    static let rounds = ProcessInfo.processInfo.environment["GUARDRAIL_MUTATIONS"].flatMap { Int($0) } ?? 2_000
    /// GUARDRAIL_MUTATION_SEED makes other mutations.
    private static let shift =
        ProcessInfo.processInfo.environment["GUARDRAIL_MUTATION_SEED"].flatMap { UInt64($0) } ?? 0

    init(seed: UInt64) { state = (seed &+ Self.shift &* 1_000) &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(max(bound, 1)))
    }

    /// Flips, drops, doubles or swaps a few bytes.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...next(3) {
            guard !bytes.isEmpty else { return bytes }
            let at = next(bytes.count)
            switch next(6) {
            case 0: bytes[at] ^= UInt8(1 << next(8))
            case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + next(8)))
            case 2: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + next(16))], at: at)
            case 3: bytes[at] = [0, 0xFF, 0x22, 0x7B, 0x30, 0x80][next(6)]
            case 4: bytes.swapAt(at, next(bytes.count))
            default: bytes.removeLast(next(bytes.count))
            }
        }
        return bytes
    }
}

/// Every parser is fed broken versions of good input: it must answer, and never take what was changed for signed.
@Suite struct MutationTests {
    private static let rounds = Mutator.rounds

    @Test("survives broken references and texts")
    func references() {
        var mutator = Mutator(seed: 1)
        let seeds = ["ghcr.io/a/b:v1@sha256:" + String(repeating: "a", count: 64), "localhost:5000/x__y", "[::1]:80/a"]
        for round in 0..<Self.rounds {
            let text = String(decoding: mutator.mutate(Array(seeds[round % 3].utf8)), as: UTF8.self)
            if let reference = try? ImageReference(text) {
                #expect((try? ImageReference(reference.description)) == reference)
            }
            _ = InternetTime.parse(text)
            _ = try? PublicKey(pem: text)
        }
    }

    @Test("never takes a changed payload, envelope or signature for a signed one")
    func signed() throws {
        let pair = try TestKey.ec("P-256")
        let policy = SignaturePolicy(signer: .key(try pair.key()), requiresLogEntry: false)
        let image = ImageDigest(of: [1, 2, 3])
        let payload = Payload.simpleSigning(image)
        let signature = try pair.sign(payload)
        let statement = Payload.statement(image)
        let bundle = Array(Payload.bundle(statement, try pair.sign(Payload.signedBytes(statement))).utf8)
        let subject = BundleSubject.image(digest: image, manifest: nil, predicateType: nil)
        func accepts(_ payload: [UInt8], _ signature: [UInt8]) -> Bool {
            let layer = CosignLayer(
                mediaType: CosignLayer.signatureMediaType,
                annotations: ["dev.cosignproject.cosign/signature": BinaryText.encodeBase64(signature)],
                content: .success(payload))
            return (try? layer.verifySignature(of: image, policy)) != nil
        }
        #expect(accepts(payload, signature))
        #expect((try? SigstoreBundle(json: bundle).verify(subject, policy)) != nil)
        var mutator = Mutator(seed: 2)
        for _ in 0..<Self.rounds {
            let changed = mutator.mutate(payload)
            if changed != payload { #expect(!accepts(changed, signature)) }
            let forged = mutator.mutate(signature)
            if forged != signature { #expect(!accepts(payload, forged)) }
            let broken = mutator.mutate(bundle)
            // Where a bundle still holds, what it says must be what was signed.
            if let found = try? SigstoreBundle(json: broken).verify(subject, policy) {
                #expect(found.statement?.predicateType == Statement.imageSignaturePredicateType)
            }
        }
    }

    @Test(
        "survives broken certificates, envelopes and trust roots",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing)))
    func vectors() throws {
        let index = "sigstore-conformance/bundle-verify/"
        let bundles = try [
            "happy-path-v0.1", "happy-path-v0.3", "rekor2-happy-path", "intoto-with-custom-trust-root",
            "rekor2-dsse-happy-path",
        ]
        .map { try SharedSignatures.bytes(index + $0 + "/bundle.sigstore.json") }
        let rootBytes = try SharedSignatures.bytes("sigstore-conformance/trusted_root.production.json")
        let root = try TrustedRoot(json: rootBytes)
        let artifact = try SharedSignatures.bytes(index + "a.txt")
        let subject = BundleSubject.artifact(digest: ImageDigest(of: artifact), bytes: artifact)
        let any = try TextMatch.pattern("(?s).*")
        let policy = SignaturePolicy(
            signer: .keyless(CertificateIdentity(issuer: any, subject: any)), trustedRoot: root)
        let parsed = try bundles.map { try SigstoreBundle(json: $0) }
        var mutator = Mutator(seed: 3)
        for round in 0..<Self.rounds {
            let which = round % bundles.count
            _ = try? SigstoreBundle(json: mutator.mutate(bundles[which])).verify(subject, policy)
            if let leaf = parsed[which].certificate, let broken = try? Certificate(der: mutator.mutate(leaf.der)) {
                _ = try? CertificateClaims(broken)
                _ = try? CertificateTimestamps.verify(broken, issuer: leaf, logs: root.certificateLogs)
                let forged = try? root.certificateAuthorities.issuer(of: broken, at: leaf.notBefore)
                if broken.der != leaf.der { #expect(forged == nil) }
            }
            if let entry = parsed[which].entries.first, let proof = entry.proof {
                let note = String(decoding: mutator.mutate(Array(proof.checkpoint.utf8)), as: UTF8.self)
                if let log = try? entry.log(in: root) {
                    try? Checkpoint(note).requireSignature(by: log, namesLog: false)
                }
            }
            for timestamp in parsed[which].timestamps {
                _ = try? root.time(ofResponse: mutator.mutate(timestamp), over: [1])
            }
            if round % 20 == 0 { _ = try? TrustedRoot(json: mutator.mutate(rootBytes)) }
        }
    }

    @Test(
        "survives broken Notary Project envelopes",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing))
    )
    func notations() throws {
        let root = try #require(SharedSignatures.root)
        let layout = try OCILayout(directory: root.appendingPathComponent("oci/fixtures/layout").path)
        let certificates = try Certificate.all(pem: SharedSignatures.text("oci/fixtures/trust/notation-ca.pem"))
        let policy = NotationPolicy(level: .audit, trustedCertificates: certificates, trustedIdentities: ["*"])
        let now = Timestamp(seconds: 1_795_219_200, nanoseconds: 0)
        var mutator = Mutator(seed: 4)
        for name in ["jws-es256", "cose-es256", "jws-ps256", "cose-ps256", "jws-tsa"] {
            let found = try ImageSignatures(of: "v1", repository: "fix/notation-\(name)", in: layout)
            let layer = try #require(found.notations.first)
            let bytes = try layer.content.get()
            for _ in 0..<Self.rounds / 4 {
                let broken = NotationLayer(mediaType: layer.mediaType, content: .success(mutator.mutate(bytes)))
                _ = try? broken.verify(of: found.image, policy, now: now)
            }
        }
    }

    @Test("survives broken log entries of all kinds, names and lists of bundles")
    func logForms() throws {
        let (signer, log) = (try TestKey.ec("P-256"), try TestKey.ec("P-256"))
        let (bundle, key) = (try TestBundle(log: log), try signer.key())
        let artifact = Array("an artifact".utf8)
        let payload = Payload.statement(ImageDigest(of: artifact))
        let signature = try signer.sign(Payload.signedBytes(payload))
        let object = try JSONObject.read(
            Array(Payload.envelope(payload, signature).utf8), what: "envelope", reason: .malformedEnvelope)
        let envelope = try Envelope(object, .standard)
        let details = "PKIX_ECDSA_P256_SHA_256"
        let bodies = [
            ("hashedrekord", "0.0.1", TestBundle.record(envelope.signedBytes, signature, pem: signer.publicPEM)),
            (
                "hashedrekord", "0.0.2",
                TestBundle.secondRecord(envelope.signedBytes, signature, key: key, details: details, .sha256)
            ),
            ("dsse", "0.0.1", TestBundle.envelopeEntry(payload, [(signature: signature, pem: signer.publicPEM)])),
            ("dsse", "0.0.2", TestBundle.secondEnvelope(payload, signature, key: key, details: details)),
            ("intoto", "0.0.1", TestBundle.firstStatementEntry([7], payload, pem: signer.publicPEM)),
            ("intoto", "0.0.2", TestBundle.statementEntry(payload, signature, pem: signer.publicPEM)),
        ]
        func match(_ kind: String, _ version: String, _ body: [UInt8]) -> Bool {
            let entry = LogEntry(
                logID: [], index: 0, kind: kind, version: version, integratedTime: 0, promise: nil, proof: nil,
                body: body)
            let read = LogEntryBody(
                entry: entry, content: .envelope(envelope), signature: signature, signer: .key(key), stored: [7])
            return (try? read.requireMatch()) != nil
        }
        var mutator = Mutator(seed: 6)
        for (kind, version, body) in bodies {
            #expect(match(kind, version, Array(body.utf8)))
            for _ in 0..<Self.rounds / 2 { _ = match(kind, version, mutator.mutate(Array(body.utf8))) }
        }
        let list = bundle.json("\"dsseEnvelope\":\(Payload.envelope(payload, signature))", entries: [])
        let lists = [
            list + [0x0A] + list, Array("{\"attestations\":[{\"bundle\":".utf8) + list + Array("}]}".utf8),
        ]
        let name = Array("C=US, ST=WA, O=Acme\\, Inc.+OU=a\\C3\\A9".utf8)
        for round in 0..<Self.rounds {
            _ = try? SigstoreBundle.all(in: mutator.mutate(lists[round % 2]))
            let text = String(decoding: mutator.mutate(name), as: UTF8.self)
            if let found = DistinguishedName(text) { #expect(!found.attributes.isEmpty) }
            _ = KeyReference.refusal(String(decoding: mutator.mutate(Array("awskms:///alias/a".utf8)), as: UTF8.self))
        }
    }

    @Test("survives broken timestamp tokens, with and without their response")
    func timestamps() throws {
        let stamper = try TestStamper()
        let response = try stamper.response(over: [1, 2, 3])
        // The token is what follows the status in the response.
        let whole = try #require(DERReader.single(response[...], 0x30))
        var fields = DERReader(whole)
        _ = fields.next()
        let second = fields.next()
        let token = Array(try #require(second).whole)
        _ = try TimestampToken(token: token)
        let root = try TestBundle(log: TestKey.ec("P-256")).root(stampers: [stamper.chain])
        #expect(throws: Never.self) { try root.time(ofResponse: response, over: [1, 2, 3]) }
        var mutator = Mutator(seed: 7)
        for _ in 0..<Self.rounds {
            let broken = mutator.mutate(response)
            _ = try? root.time(ofResponse: broken, over: [1, 2, 3])
            guard let found = try? TimestampToken(token: mutator.mutate(token)) else { continue }
            try? found.requireImprint(of: [1, 2, 3])
            _ = found.isSigned(anchors: stamper.chain, untrusted: stamper.chain, signer: nil)
        }
    }

    @Test("survives broken binary items")
    func binary() {
        var mutator = Mutator(seed: 5)
        let seed: [UInt8] = [
            0xD2, 0x84, 0x43, 0xA1, 0x01, 0x26, 0xA1, 0x18, 0x21, 0x81, 0x41, 0x00, 0x42, 1, 2, 0x41, 3,
        ]
        for _ in 0..<Self.rounds * 5 {
            _ = CBORItem.read(mutator.mutate(seed))
            var reader = DERReader(
                mutator.mutate([0x30, 0x82, 0x01, 0x00, 0x04, 0x81, 0x80, 0x02, 0x01, 0x05, 0xA0, 0x00]))
            while reader.next() != nil {}
            _ = BinaryText.decodeBase64(mutator.mutate(Array("Zm9vYmFyZm9v".utf8)), .protobuf)
        }
    }
}
