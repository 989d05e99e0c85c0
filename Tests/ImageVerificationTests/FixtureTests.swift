import Foundation
import Testing
import Values

@testable import ImageVerification

/// The signed images of the shared OCI layout: every format, right and wrong.
@Suite struct FixtureTests {
    struct Predicate: Decodable {
        let path: String
        let equals: Scalar
    }

    enum Scalar: Decodable, Equatable {
        case text(String), number(Int64)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    struct Policy: Decodable {
        let type, format: String
        let key, trustedRoot, issuer, subject, issuerRegExp, subjectRegExp, tlog, timestamp, predicateType: String?
        let messageSignature, level, storeType: String?
        let sct: Bool?
        let annotations, extensions: [String: String]?
        let predicate: Predicate?
        let trustStores, tsaStores, trustedIdentities: [String]?
    }

    struct Check: Decodable {
        let policy: Policy
        let expect: String
        let ref: String?
    }

    struct Case: Decodable {
        let id, image: String
        let checks: [Check]
    }

    private struct Index: Decodable { let cases: [Case] }

    @Test(
        "gives the expected verdict and reasons", .enabled(if: SharedSignatures.root != nil, SharedSignatures.missing))
    func cases() throws {
        let index = try JSONDecoder().decode(
            Index.self, from: Data(try SharedSignatures.bytes("oci/fixtures/cases.json")))
        let expected = try ExpectedReasons.load("fixture-reasons.tsv")
        let root = try #require(SharedSignatures.root)
        let layout = try OCILayout(directory: root.appendingPathComponent("oci/fixtures/layout").path)
        var count = 0
        var seen = Set<String>()
        for entry in index.cases {
            for (position, check) in entry.checks.enumerated() {
                count += 1
                let name = "\(entry.id)#\(position)"
                seen.insert(name)
                let reasons = try Self.run(entry, check, layout)
                #expect(reasons.isEmpty == (check.expect == "pass"), "\(name): \(reasons)")
                if !reasons.isEmpty {
                    let text = reasons.map(\.id).joined(separator: ",")
                    #expect(text == expected[name], "\(name)\t\(text)")
                }
            }
        }
        #expect(count == 194)
        #expect(Set(expected.keys).subtracting(seen).isEmpty)
    }

    /// The reasons against the image; empty where it is accepted.
    static func run(_ entry: Case, _ check: Check, _ layout: OCILayout) throws -> [VerificationError] {
        let parts = entry.image.split(separator: ":")
        let reference = check.ref.map { String($0.split(separator: "@")[1]) } ?? String(parts[1])
        let signatures = try ImageSignatures(of: reference, repository: String(parts[0]), in: layout)
        let policy = check.policy
        if policy.format == "notation" {
            // 2026-11-21: the fixtures' certificates and expiry times are set around it.
            let outcome = signatures.verifyNotations(
                try notationPolicy(policy), now: Timestamp(seconds: 1_795_219_200, nanoseconds: 0))
            return outcome.reasons
        }
        let signaturePolicy = try Self.signaturePolicy(policy)
        if let predicateType = policy.predicateType {
            var outcome = signatures.verifyAttestations(
                signaturePolicy, predicateType: predicateType,
                formats: policy.format == "sigstore-bundle" ? .bundle : .cosign)
            if let predicate = policy.predicate {
                let before = outcome.accepted.count
                outcome.accepted.removeAll { !holds(predicate, $0.statement) }
                if outcome.accepted.count < before {
                    outcome.problems.append(VerificationError(.predicateMismatch, predicate.path))
                }
            }
            return outcome.reasons
        }
        let formats: SignatureFormats =
            switch policy.format {
            case "cosign-legacy": .cosign
            case "sigstore-bundle": .bundle
            default: [.cosign, .bundle]
            }
        return signatures.verifySignatures(signaturePolicy, formats: formats).reasons
    }

    private static func holds(_ predicate: Predicate, _ statement: Statement?) -> Bool {
        var node = statement?.predicate
        for key in predicate.path.split(separator: ".") { node = node?[String(key)] }
        return switch predicate.equals {
        case .text(let text): node?.string == text
        case .number(let number): node?.int == number
        }
    }

    private static func signaturePolicy(_ policy: Policy) throws -> SignaturePolicy {
        let root = try policy.trustedRoot.map { try TrustedRoot(json: SharedSignatures.bytes("oci/fixtures/" + $0)) }
        let signer: SignaturePolicy.Signer
        if let key = policy.key {
            signer = .key(try PublicKey(pem: SharedSignatures.text("oci/fixtures/" + key)))
        } else {
            func match(_ exact: String?, _ pattern: String?) throws -> TextMatch {
                if let exact, pattern == nil { return .exact(exact) }
                let pattern = try #require(pattern)
                // Unanchored patterns of the file mean a prefix; ours match the whole text.
                return try .pattern(pattern.hasSuffix("$") ? pattern : pattern + ".*")
            }
            var extensions: [Int: TextMatch] = [:]
            for (number, value) in policy.extensions ?? [:] { extensions[try #require(Int(number))] = .exact(value) }
            signer = .keyless(
                CertificateIdentity(
                    issuer: try match(policy.issuer, policy.issuerRegExp),
                    subject: try match(policy.subject, policy.subjectRegExp), extensions: extensions))
        }
        return SignaturePolicy(
            signer: signer, trustedRoot: root, requiresLogEntry: policy.tlog == "require",
            requiresTimestamp: policy.timestamp == "require", requiresCertificateTimestamp: policy.sct ?? true,
            annotations: policy.annotations ?? [:], allowsMessageSignatures: policy.messageSignature == "allow")
    }

    private static func notationPolicy(_ policy: Policy) throws -> NotationPolicy {
        func certificates(_ paths: [String]?) throws -> [Certificate] {
            try (paths ?? []).flatMap { try Certificate.all(pem: SharedSignatures.text("oci/fixtures/" + $0)) }
        }
        return NotationPolicy(
            level: try #require(NotationPolicy.Level(rawValue: policy.level ?? "")),
            storeType: try #require(NotationPolicy.StoreType(rawValue: policy.storeType ?? "ca")),
            trustedCertificates: try certificates(policy.trustStores),
            trustedIdentities: policy.trustedIdentities ?? [],
            timestampCertificates: try certificates(policy.tsaStores))
    }
}
