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
        "all bundles of the suite through its client, as the suite's runner calls it",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing)))
    func client() throws {
        let root = ConformanceCases.path("trusted_root.production.json")
        let environment = [
            "POLICY_CHECK": CommandRun.binary.path, "SIGSTORE_TRUSTED_ROOT": root,
            "SIGSTORE_STAGING_TRUSTED_ROOT": ConformanceCases.path("trusted_root.staging.json"),
        ]
        for entry in try ConformanceCases.load().cases {
            // The suite names a trust root only where a case has one of its own.
            let names = ConformanceCases.path(entry.trustedRoot) != root
            for byDigest in [false, true] {
                let words = ["verify-bundle"] + Self.suiteArguments(entry, namesRoot: names, byDigest: byDigest)
                let run = try CommandRun(words, environment: environment, program: Self.script)
                #expect((run.status == 0) == (entry.expect == "pass"), "\(entry.name): \(run.output)\(run.errors)")
            }
        }
        // Production's bundles are not staging's.
        let entry = try #require(try ConformanceCases.load().cases.first { $0.name == "happy-path-v0.3" })
        let staging = ["verify-bundle", "--staging"] + Self.suiteArguments(entry, namesRoot: false)
        #expect(try CommandRun(staging, environment: environment, program: Self.script).status == 1)
        #expect(try CommandRun(["sign-bundle"], environment: environment, program: Self.script).status == 2)
        let rootless = ["verify-bundle"] + Self.suiteArguments(entry, namesRoot: false)
        #expect(
            try CommandRun(
                rootless, environment: ["POLICY_CHECK": CommandRun.binary.path], program: Self.script
            ).status == 2)
    }

    private static let script = CommandRun.root.appendingPathComponent("scripts/sigstore-conformance.sh")

    /// In the order in which the suite gives them.
    private static func suiteArguments(
        _ entry: ConformanceCases.Case, namesRoot: Bool, byDigest: Bool = false
    ) -> [String] {
        var words = ["--bundle", ConformanceCases.path(entry.bundle)]
        if let key = entry.key {
            words += ["--key", ConformanceCases.path(key)]
        } else {
            words += ["--certificate-identity", entry.identity ?? "", "--certificate-oidc-issuer", entry.issuer ?? ""]
        }
        if namesRoot { words += ["--trusted-root", ConformanceCases.path(entry.trustedRoot)] }
        return words + [byDigest ? entry.artifactDigest : ConformanceCases.path(entry.artifact)]
    }

    @Test(
        "several bundles in a file",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing)))
    func several() throws {
        let cases = try ConformanceCases.load().cases
        let good = try #require(cases.first { $0.name == "happy-path-v0.3" })
        let bad = try #require(cases.first { $0.name == "signature-mismatch_fail" })
        func line(_ entry: ConformanceCases.Case) throws -> String {
            let data = try Data(contentsOf: URL(fileURLWithPath: ConformanceCases.path(entry.bundle)))
            let object = try JSONSerialization.jsonObject(with: data)
            return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
        }
        let (first, second) = (try line(bad), try line(good))
        let directory = try TemporaryDirectory()
        for (text, status) in [
            ("\(first)\n\(second)\n", Int32(0)), ("\(second)\r\n\(first)", 0), ("\(first)\n\(first)\n", 1),
            (#"{"attestations":[{"bundle":\#(first)},{"predicateType":"x","bundle":\#(second)}]}"#, 0),
            (#"{"attestations":[{"bundle":\#(first)}]}"#, 1), (#"{"attestations":[]}"#, 1), ("", 1),
        ] {
            try directory.write(text, to: "bundles.jsonl")
            var arguments = Self.arguments(good)
            arguments[1] = directory.url.appendingPathComponent("bundles.jsonl").path
            let run = try CommandRun(["bundle-verify"] + arguments)
            #expect(run.status == status, "\(run.output)\(run.errors)")
        }
    }

    @Test(
        "what lies elsewhere is not fetched, and it is said what to do",
        arguments: [
            (["--key", "awskms:///alias/release", "--trusted-root", "README.md"], "export its public half"),
            (["--key", "k8s://a/b", "--trusted-root", "README.md"], "export its public half"),
            (
                ["--key", "testdata/images/cosign.pub", "--trusted-root", "https://tuf-repo-cdn.sigstore.dev"],
                "no TUF client"
            ),
        ])
    func elsewhere(arguments: [String], words: String) throws {
        let run = try CommandRun(["bundle-verify", "--bundle", "README.md"] + arguments + ["README.md"])
        #expect(run.status == 2)
        #expect(run.errors.contains(words), "\(run.errors)")
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
