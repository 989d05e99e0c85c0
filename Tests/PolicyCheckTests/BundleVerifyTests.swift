import Foundation
import SignatureFixtures
import Testing

/// The command through which sigstore's conformance suite drives a client.
@Suite struct BundleVerifyTests {
    private struct Answer: Decodable {
        let verified: Bool
        let reason: String?
    }

    private static func arguments(_ entry: ConformanceCases.Case, byDigest: Bool = false) -> [String] {
        var arguments = [
            "--bundle", ConformanceCases.path(entry.bundle), "--trusted-root", ConformanceCases.path(entry.trustedRoot),
        ]
        if let key = entry.key {
            arguments += ["--key", ConformanceCases.path(key)]
        } else {
            arguments += [
                "--certificate-identity", entry.identity ?? "", "--certificate-oidc-issuer", entry.issuer ?? "",
            ]
        }
        return arguments + [byDigest ? entry.artifactDigest : ConformanceCases.path(entry.artifact)]
    }

    @Test(
        "all bundles of the suite",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing)))
    func conformance() throws {
        let cases = try ConformanceCases.load().cases
        #expect(cases.count == 70)
        let reasons = try ExpectedReasons.load("conformance-reasons.tsv")
        for entry in cases {
            let run = try CommandRun(["bundle-verify", "-o", "json"] + Self.arguments(entry))
            // A key or a trust root that is none: wrong arguments, and no verdict.
            if run.status == 2 {
                #expect(["malformed-key", "malformed-trusted-root"].contains(reasons[entry.name]), "\(run.errors)")
                continue
            }
            let answer = try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8))
            #expect(run.status == (entry.expect == "pass" ? 0 : 1), "\(entry.name): \(run.output)")
            #expect(answer.verified == (entry.expect == "pass"))
            #expect(answer.reason == reasons[entry.name], "\(entry.name)")
        }
    }

    @Test(
        "a digest stands for the file, and the suite's own name for the command",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing)))
    func digest() throws {
        let entry = try #require(
            try ConformanceCases.load().cases.first { $0.expect == "pass" && $0.key == nil })
        let run = try CommandRun(["verify-bundle"] + Self.arguments(entry, byDigest: true))
        #expect(run.status == 0)
        #expect(run.output.contains("verifies by `\(entry.identity ?? "")`, existed at "), "\(run.output)")
        var wrong = Self.arguments(entry, byDigest: true)
        wrong[wrong.count - 1] = "sha256:" + String(repeating: "0", count: 64)
        #expect(try CommandRun(["bundle-verify"] + wrong).status == 1)
    }

    @Test(
        "what is missing is said",
        arguments: [
            ["--key", "testdata/images/cosign.pub", "--bundle", "README.md", "README.md"],
            ["--bundle", "README.md", "--trusted-root", "README.md", "README.md"],
            [
                "--bundle", "README.md", "--trusted-root", "README.md", "--key", "testdata/images/cosign.pub",
                "README.md",
            ],
            ["--trusted-root", "README.md", "--key", "testdata/images/cosign.pub", "README.md"],
        ])
    func arguments(arguments: [String]) throws {
        let run = try CommandRun(["bundle-verify"] + arguments)
        #expect(run.status == 2)
        #expect(!run.errors.isEmpty)
    }
}
