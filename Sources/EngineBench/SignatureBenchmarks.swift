import Documents
import Foundation
import ImageVerification

/// What one signature costs in processor time, everything fetched before.
enum SignatureBenchmarks {
    /// Images of a layout with a key.
    static func keys(layout directory: String) throws {
        let layout = try OCILayout(directory: directory)
        let key = try PublicKey(pem: String(contentsOfFile: directory + "/cosign.pub", encoding: .utf8))
        let policy = SignaturePolicy(signer: .key(key), requiresLogEntry: false)
        for (name, tag) in [("cosign signature, key", "signed"), ("sigstore bundle, key", "bundle")] {
            let found = try ImageSignatures(of: tag, repository: "team/app", in: layout)
            guard found.verifySignatures(policy).isAccepted else {
                throw PolicyBenchmarks.Failure(description: "`\(tag)` is not accepted")
            }
            report(name, Measurement(count: 500) { consume(found.verifySignatures(policy)) })
        }
    }

    /// A keyless bundle of sigstore's conformance suite, below its directory.
    static func keyless(suite: String) throws {
        struct Index: Decodable {
            struct Case: Decodable {
                let name, bundle, trustedRoot, artifact, expect: String
                let identity, issuer, key: String?
            }

            let cases: [Case]
        }

        func read(_ path: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(suite)/\(path)")))
        }
        let cases = try JSONDecoder().decode(Index.self, from: Data(try read("index.json"))).cases
        for entry in cases where entry.expect == "pass" && entry.key == nil {
            let root = try TrustedRoot(json: try read(entry.trustedRoot))
            let (bundle, artifact) = (try read(entry.bundle), try read(entry.artifact))
            let policy = SignaturePolicy(
                signer: .keyless(
                    CertificateIdentity(issuer: .exact(entry.issuer ?? ""), subject: .exact(entry.identity ?? ""))),
                trustedRoot: root)
            let subject = BundleSubject.artifact(digest: ImageDigest(of: artifact), bytes: artifact)
            _ = try SigstoreBundle(json: bundle).verify(subject, policy)
            report(
                "keyless, \(entry.name)",
                Measurement(count: 100) { consume(try? SigstoreBundle(json: bundle).verify(subject, policy)) })
        }
    }

    private static func report(_ name: String, _ measured: Measurement) {
        EngineBench.report([
            ("stage", "\"verify\""), ("name", "\"\(name)\""),
            ("us_per_image", EngineBench.number(measured.nanoseconds / 1_000)),
            ("allocations", EngineBench.number(measured.allocations)),
        ])
    }
}
