import Foundation
package import ImageVerification
import Values

/// The signed images of the shared OCI layout, and what is to be found of each.
package struct SignatureCases: Decodable, Sendable {
    package let cases: [Case]

    package static func load() throws -> SignatureCases {
        try JSONDecoder().decode(
            SignatureCases.self, from: Data(try SharedSignatures.bytes("oci/fixtures/cases.json")))
    }

    /// Directory of the layout with the images.
    package static func layout() throws -> String {
        guard let root = SharedSignatures.root else { throw CocoaError(.fileNoSuchFile) }
        return root.appendingPathComponent("oci/fixtures/layout").path
    }

    package struct Predicate: Decodable, Sendable {
        package let path: String
        package let equals: Scalar
    }

    package enum Scalar: Decodable, Equatable, Sendable {
        case text(String), number(Int64)

        package init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    package struct Policy: Decodable, Sendable {
        package let type, format: String
        package let key, trustedRoot, issuer, subject, issuerRegExp, subjectRegExp, tlog, timestamp,
            predicateType: String?
        package let messageSignature, level, storeType: String?
        package let sct: Bool?
        package let annotations, extensions: [String: String]?
        package let predicate: Predicate?
        package let trustStores, tsaStores, trustedIdentities: [String]?
    }

    package struct Check: Decodable, Sendable {
        package let policy: Policy
        package let expect: String
        package let ref: String?
    }

    package struct Case: Decodable, Sendable {
        package let id, image: String
        package let checks: [Check]
    }

    /// The reasons against the image; empty where it is accepted.
    package static func run(_ entry: Case, _ check: Check, in store: some OCIStore) throws -> [VerificationError] {
        let parts = entry.image.split(separator: ":")
        let reference = check.ref.map { String($0.split(separator: "@")[1]) } ?? String(parts[1])
        let signatures = try ImageSignatures(of: reference, repository: String(parts[0]), in: store)
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
                let pattern = try need(pattern)
                // Unanchored patterns of the file mean a prefix; ours match the whole text.
                return try .pattern(pattern.hasSuffix("$") ? pattern : pattern + ".*")
            }
            var extensions: [Int: TextMatch] = [:]
            for (number, value) in policy.extensions ?? [:] { extensions[try need(Int(number))] = .exact(value) }
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
            level: try need(NotationPolicy.Level(rawValue: policy.level ?? "")),
            storeType: try need(NotationPolicy.StoreType(rawValue: policy.storeType ?? "ca")),
            trustedCertificates: try certificates(policy.trustStores),
            trustedIdentities: policy.trustedIdentities ?? [],
            timestampCertificates: try certificates(policy.tsaStores))
    }

    private static func need<Found>(_ found: Found?) throws -> Found {
        guard let found else { throw CocoaError(.coderValueNotFound) }
        return found
    }
}
