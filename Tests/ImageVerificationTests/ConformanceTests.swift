import Foundation
import SignatureFixtures
import Testing

@testable import ImageVerification

/// The bundles of sigstore's conformance suite, with the reason for each refusal.
@Suite struct ConformanceTests {
    @Test(
        "gives the expected verdict and reason",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing)))
    func bundles() throws {
        let index = try ConformanceCases.load()
        let reasons = try ExpectedReasons.load("conformance-reasons.tsv")
        #expect(index.cases.count == 70)
        var seen = Set<String>()
        for entry in index.cases {
            seen.insert(entry.name)
            let found: String
            do throws(VerificationError) {
                try Self.verify(entry)
                found = "pass"
            } catch {
                found = error.id
            }
            #expect((found == "pass") == (entry.expect == "pass"), "\(entry.name): \(found)")
            if found != "pass" { #expect(found == reasons[entry.name], "\(entry.name)\t\(found)") }
        }
        #expect(Set(reasons.keys).subtracting(seen).isEmpty)
    }

    static func verify(_ entry: ConformanceCases.Case) throws(VerificationError) {
        func read(_ path: String) -> [UInt8] { (try? SharedSignatures.bytes("sigstore-conformance/" + path)) ?? [] }
        let root = try TrustedRoot(json: read(entry.trustedRoot))
        let signer: SignaturePolicy.Signer
        if let key = entry.key {
            signer = .key(try PublicKey(pem: String(decoding: read(key), as: UTF8.self)))
        } else {
            signer = .keyless(
                CertificateIdentity(issuer: .exact(entry.issuer ?? ""), subject: .exact(entry.identity ?? "")))
        }
        let bundle = try SigstoreBundle(json: read(entry.bundle))
        let digest = try ImageDigest(entry.artifactDigest)
        _ = try bundle.verify(
            .artifact(digest: digest, bytes: read(entry.artifact)), SignaturePolicy(signer: signer, trustedRoot: root))
    }
}
