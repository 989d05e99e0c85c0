import SignatureFixtures
import Testing

@testable import ImageVerification

/// Keys, certificates and trust roots are shared between threads.
@Suite struct ConcurrencyTests {
    @Test(
        "verifies on many threads at once",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing)))
    func threads() async throws {
        let path = "sigstore-conformance/bundle-verify/"
        let root = try TrustedRoot(json: SharedSignatures.bytes(path + "rekor2-happy-path/trusted_root.json"))
        let bundle = try SigstoreBundle(json: SharedSignatures.bytes(path + "rekor2-happy-path/bundle.sigstore.json"))
        let artifact = try SharedSignatures.bytes(path + "a.txt")
        let any = try TextMatch.pattern(".*")
        let policy = SignaturePolicy(
            signer: .keyless(CertificateIdentity(issuer: any, subject: any)), trustedRoot: root)
        let verified = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<20).reduce(into: 0) { count, _ in
                        let subject = BundleSubject.artifact(digest: ImageDigest(of: artifact), bytes: artifact)
                        if (try? bundle.verify(subject, policy)) != nil { count += 1 }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(verified == 160)
    }
}
