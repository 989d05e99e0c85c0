import Foundation
import ImageGathering
import ImageVerification
import PolicyEngine
import Testing

enum SharedFixtures {
    static let root: URL? = {
        var parents = [ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(fileURLWithPath: $0) }]
        var parent = ImageSupport.repository
        for _ in 0..<2 {
            parent.deleteLastPathComponent()
            parents.append(parent.appendingPathComponent("shared"))
        }
        return parents.compactMap { $0?.appendingPathComponent("signatures/oci/fixtures") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }()
}

/// The signed images of the shared fixtures, each check written as an ImageValidatingPolicy.
@Suite(
    "ImageValidatingPolicy on the shared fixtures",
    .enabled(
        if: SharedFixtures.root != nil,
        "the shared signature vectors are not there; set GUARDRAIL_SHARED to their directory"))
struct ImageFixtureTests {
    private struct Policy: Decodable {
        let type, format: String
        let key, trustedRoot, issuer, subject, issuerRegExp, subjectRegExp, tlog, timestamp, predicateType: String?
        let messageSignature, level, storeType: String?
        let sct: Bool?
        let annotations, extensions: [String: String]?
        let trustStores, tsaStores, trustedIdentities: [String]?
        let predicate: Ignored?

        struct Ignored: Decodable {}

        /// Whether Kyverno's kind can say it.
        var isExpressible: Bool {
            extensions == nil && timestamp == nil && messageSignature == nil && predicate == nil
                && (type != "notation"
                    || (level ?? "strict") == "strict" && (storeType ?? "ca") == "ca"
                        && (trustedIdentities ?? ["*"]) == ["*"])
        }
    }

    private struct Check: Decodable {
        let policy: Policy
        let expect: String
        let ref: String?
    }

    private struct Case: Decodable {
        let id, image: String
        let checks: [Check]
    }

    private struct Index: Decodable { let cases: [Case] }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: try #require(SharedFixtures.root).appendingPathComponent(name), encoding: .utf8)
    }

    private func specification(_ policy: Policy) throws -> String {
        var attestor: String
        switch policy.type {
        case "key":
            attestor = "cosign:\n  key:\n    data: |\n" + ImageSupport.indented(try text(policy.key ?? ""), by: 6)
        case "keyless":
            func field(_ name: String, _ value: String?) -> String { value.map { "\(name): '\($0)', " } ?? "" }
            let identity =
                field("issuer", policy.issuer) + field("subject", policy.subject)
                + field("issuerRegExp", policy.issuerRegExp) + field("subjectRegExp", policy.subjectRegExp)
            attestor = "cosign:\n  keyless:\n    identities: [{\(identity)}]"
        default:
            let stores = try (policy.trustStores ?? []).map { try text($0) }.joined(separator: "\n")
            attestor = "notary:\n  certs:\n    value: |\n" + ImageSupport.indented(stores, by: 6)
            if let stamps = policy.tsaStores, !stamps.isEmpty {
                attestor += "\n  tsaCerts:\n    value: |\n"
                attestor += ImageSupport.indented(try stamps.map { try text($0) }.joined(separator: "\n"), by: 6)
            }
        }
        if policy.type != "notation" {
            attestor += "\n  ctlog: {insecureIgnoreTlog: \(policy.tlog != "require"), "
            attestor += "insecureIgnoreSCT: \(policy.sct != true)}"
            if let annotations = policy.annotations {
                let list = annotations.map { "'\($0.key)': '\($0.value)'" }.joined(separator: ", ")
                attestor += "\n  annotations: {\(list)}"
            }
        }
        let function =
            policy.predicateType == nil
            ? "verifyImageSignatures(i, [attestors.a])" : "verifyAttestationSignatures(i, 'p', [attestors.a])"
        return """
            \(ImageSupport.lax)
            attestors:
            - name: a
            \(ImageSupport.indented(attestor, by: 2))
            \(policy.predicateType.map { "attestations: [{name: p, intoto: {type: '\($0)'}}]" } ?? "")
            validations:
            - expression: images.containers.all(i, \(function) == 1)
            """
    }

    @Test("gives the expected verdict")
    func cases() throws {
        let root = try #require(SharedFixtures.root)
        let index = try JSONDecoder().decode(
            Index.self, from: Data(contentsOf: root.appendingPathComponent("cases.json")))
        let layout = root.appendingPathComponent("layout").path
        var gatherers: [String: ImageGatherer] = [:]
        var (count, refused) = (0, 0)
        for entry in index.cases {
            for (position, check) in entry.checks.enumerated() where check.policy.isExpressible {
                let file = check.policy.trustedRoot ?? ""
                if gatherers[file] == nil {
                    let trusted = file.isEmpty ? nil : try TrustedRoot(path: root.appendingPathComponent(file).path)
                    gatherers[file] = try ImageSupport.gatherer(layout, root: trusted)
                }
                let image = check.ref.map { "docker.io/\($0)" } ?? "docker.io/\(entry.image)"
                let verdict = try ImageSupport.verdict(
                    ImageSupport.policy(try specification(check.policy)), ImageSupport.pod(image),
                    gatherer: gatherers[file])
                #expect(
                    verdict.isAllowed == (check.expect == "pass"),
                    "\(entry.id)#\(position): \(verdict.denial?.message ?? "allowed")")
                count += 1
                if !verdict.isAllowed { refused += 1 }
            }
        }
        #expect(count > 150 && refused > 90, "\(count) checks, \(refused) refused")
    }
}
