import Foundation
import TestServers
import Testing

@Suite struct ImageVerifyTests {
    private static let images = CommandRun.root.appendingPathComponent("testdata/images").path
    private static let key = "testdata/images/cosign.pub"

    /// Lines of a report without the digests, which change with the fixtures.
    private static func plain(_ text: String) -> [String] {
        text.replacing(#/sha256:[0-9a-f]{64}/#, with: "sha256:…").split(separator: "\n").map(String.init)
    }

    @Test("a directory's images, step by step")
    func text() throws {
        let run = try CommandRun(
            [
                "image", "verify", "--signatures", Self.images, "--key", Self.key, "team/app:signed",
                "team/app:other-key",
            ])
        #expect(run.status == 1)
        #expect(run.errors == "")
        #expect(
            Self.plain(run.output) == [
                "team/app:signed", "  manifest sha256:…", "  found: 1 cosign signature, 1 cosign attestation",
                "  cosign signature 1: holds", "  has a signature that counts", "team/app:other-key",
                "  manifest sha256:…", "  found: 1 cosign signature",
                "  cosign signature 1: refused: the signature is not by this key, or the payload was changed [signature-invalid]",
                "  has no signature that counts",
            ])
    }

    @Test(
        "exit codes say which of it is",
        arguments: [
            ("signed", Int32(0)), ("bundle", 0), ("index", 0), ("unsigned", 1), ("other-key", 1), ("copied", 1),
            ("tampered", 1), ("attested-only", 1), ("missing", 2), ("Not A Reference", 2),
        ])
    func statuses(tag: String, status: Int32) throws {
        let run = try CommandRun(
            ["image", "verify", "--signatures", Self.images, "--key", Self.key, "team/app:\(tag)"])
        #expect(run.status == status, "\(run.output)")
    }

    private struct Report: Decodable {
        struct Image: Decodable {
            struct Signature: Decodable {
                let source: String
                let accepted: Bool
                let reason, predicateType: String?
            }

            struct Problem: Decodable { let reason: String }

            let reference, verdict: String
            let resolved, digest: String?
            let found: [String: Int]?
            let signatures: [Signature]
            let problems: [Problem]
        }

        let schemaVersion: Int
        let images: [Image]
    }

    @Test("JSON for programs, with all that was looked at")
    func json() throws {
        let run = try CommandRun(
            ["image", "verify", "--signatures", Self.images, "--key", Self.key, "-o", "json"]
                + ["team/app:bundle", "team/app:missing"])
        #expect(run.status == 2)
        let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
        #expect(report.schemaVersion == 1)
        #expect(report.images.map(\.verdict) == ["signed", "not-found"])
        let bundle = report.images[0]
        #expect(bundle.resolved == "docker.io/team/app:bundle@\(bundle.digest ?? "")")
        #expect(bundle.found?["sigstoreBundles"] == 2)
        #expect(bundle.signatures.map(\.accepted) == [false, true])
        #expect(bundle.signatures[0].reason == "predicate-type")
        #expect(bundle.signatures[1].predicateType == "https://sigstore.dev/cosign/sign/v1")
        #expect(report.images[1].problems.map(\.reason) == ["image-not-found"])
    }

    @Test("attestations and annotations")
    func attestations() throws {
        func status(_ arguments: [String]) throws -> Int32 {
            try CommandRun(["image", "verify", "--signatures", Self.images, "--key", Self.key] + arguments).status
        }
        let provenance = "https://slsa.dev/provenance/v1"
        #expect(try status(["--attestation", provenance, "team/app:signed"]) == 0)
        #expect(try status(["--attestation", provenance, "team/app:attested-only"]) == 0)
        #expect(try status(["--attestation", "https://spdx.dev/Document", "team/app:signed"]) == 1)
        #expect(try status(["--annotation", "team=payments", "team/app:signed"]) == 0)
        #expect(try status(["--annotation", "team=other", "team/app:signed"]) == 1)
    }

    @Test("a registry's images, with the credentials of a Docker configuration")
    func registry() throws {
        let registry = try LayoutRegistry(
            layout: Self.images, authentication: .bearer(user: "u", password: "p"))
        let directory = try TemporaryDirectory()
        let auth = Data("u:p".utf8).base64EncodedString()
        try #"{"auths":{"\#(registry.host)":{"auth":"\#(auth)"}}}"#.write(
            to: directory.url.appendingPathComponent("config.json"), atomically: true, encoding: .utf8)
        func run(_ environment: [String: String]) throws -> CommandRun {
            try CommandRun(
                ["image", "verify", "--key", Self.key, "\(registry.host)/team/app:signed"], environment: environment)
        }
        let allowed = try run(["DOCKER_CONFIG": directory.url.path])
        #expect(allowed.status == 0, "\(allowed.output)")
        let refused = try run(["DOCKER_CONFIG": "/nowhere"])
        #expect(refused.status == 3)
        #expect(refused.output.contains("undecided: registry `\(registry.host)` answered 401"), "\(refused.output)")
        #expect(refused.output.contains("[registry-unauthorized]"))
    }

    @Test("a registry that is slow, down, or lies is not a missing signature")
    func faults() throws {
        for (fault, reason) in [
            (LayoutRegistry.Fault.silence, "registry-timeout"), (.status(500, headers: [:]), "registry-failed"),
        ] {
            let registry = try LayoutRegistry(layout: Self.images) { $0.target.hasSuffix(".sig") ? fault : nil }
            let start = Date()
            let run = try CommandRun(
                ["image", "verify", "--timeout", "2", "--key", Self.key, "\(registry.host)/team/app:signed"])
            #expect(run.status == 3)
            #expect(run.output.contains("[\(reason)]"), "\(run.output)")
            #expect(Date().timeIntervalSince(start) < 6)
        }
    }

    @Test(
        "who must have signed has to be said, and said whole",
        arguments: [
            [], ["--certificate-identity", "me"], ["--certificate-oidc-issuer", "https://issuer.example"],
            ["--certificate-identity", "me", "--certificate-oidc-issuer", "https://issuer.example"],
            ["--key", key, "--certificate-identity", "me"], ["--key", key, "--notation-certificate", key],
            ["--key", "nowhere.pub"], ["--key", "README.md"], ["--key", key, "--annotation", "x"],
            ["--key", key, "--timeout", "0"], ["--key", key, "--registry-mirror", "x"],
            ["--notation-identity", "*", "--key", key], ["--key", key, "--trusted-root", "README.md"],
            ["--key", key, "--registry-config", "README.md"], ["--key", key, "--signatures", "nowhere"],
        ])
    func arguments(arguments: [String]) throws {
        let run = try CommandRun(["image", "verify", "127.0.0.1:1/a"] + arguments)
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(!run.errors.isEmpty)
    }

    @Test("credentials come from the helper that the configuration names")
    func helpers() throws {
        let registry = try LayoutRegistry(
            layout: Self.images, authentication: .basic(user: "u", password: "p"))
        let directory = try TemporaryDirectory()
        try directory.write(#"{"credHelpers":{"\#(registry.host)":"test"}}"#, to: "config.json")
        func run(_ script: String) throws -> CommandRun {
            try directory.write("#!/bin/sh\n\(script)\n", to: "docker-credential-test")
            let program = directory.url.appendingPathComponent("docker-credential-test")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            return try CommandRun(
                ["image", "verify", "--key", Self.key, "\(registry.host)/team/app:signed"],
                environment: ["DOCKER_CONFIG": directory.url.path, "PATH": directory.url.path + ":" + path])
        }
        let host = registry.host
        let good = try run(
            #"read -r host; [ "$1 $host" = "get \#(host)" ] && echo '{"ServerURL":"x","Username":"u","Secret":"p"}'"#)
        #expect(good.status == 0, "\(good.output)")
        let none = try run("cat >/dev/null; echo 'credentials not found in native keychain'; exit 1")
        #expect(none.status == 3)
        #expect(none.output.contains("no credentials were given for it"), "\(none.output)")
        for (script, words) in [
            ("exit 5", "failed with status 5"), ("echo secret", "gave no JSON with credentials"),
            ("exec cat /dev/zero", "gave more than"),
        ] {
            let failed = try run(script)
            #expect(failed.status == 3)
            #expect(failed.output.contains("`docker-credential-test` \(words)"), "\(failed.output)")
            #expect(!failed.output.contains("secret"))
        }
    }
}
