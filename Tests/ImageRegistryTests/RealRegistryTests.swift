import Foundation
import ImageVerification
import OutgoingHTTP
import SignatureFixtures
import Synchronization
import TestCertificates
import TestServers
import Testing

@testable import ImageRegistry

/// All signed images of the shared layout, through registries that others wrote.
@Suite struct RealRegistryTests {
    /// Runs the checks, on many threads as a webhook would; what came out other than expected.
    ///
    /// - Parameter step: takes only so many cases, where nothing but the way to them differs.
    private static func differences(
        _ host: String, _ options: ImageFetchOptions, _ client: RegistryClient, step: Int = 1
    ) throws -> [String] {
        let expected = try ExpectedReasons.load("fixture-reasons.tsv")
        let all = try SignatureCases.load().cases
        let cases = stride(from: 0, to: all.count, by: step).map { all[$0] }
        let session = client.session(host, options)
        let found = Mutex((count: 0, differences: [String]()))
        DispatchQueue.concurrentPerform(iterations: cases.count) { index in
            let entry = cases[index]
            for (position, check) in entry.checks.enumerated() {
                let name = "\(entry.id)#\(position)"
                var result: String
                do {
                    result = try SignatureCases.run(entry, check, in: session).map(\.id).joined(separator: ",")
                } catch let error as VerificationError {
                    result = error.id
                } catch {
                    result = "\(error)"
                }
                let isExpected = result.isEmpty == (check.expect == "pass") && result == expected[name] ?? ""
                found.withLock {
                    $0.count += 1
                    if !isExpected { $0.differences.append("\(name): \(result), not \(expected[name] ?? "accepted")") }
                }
            }
        }
        return found.withLock {
            #expect(step > 1 || $0.count == 194)
            return $0.differences
        }
    }

    @Test(
        "docker-registry with the shared images",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing)),
        .enabled(if: RealRegistry.isThere, "needs docker-registry"))
    func dockerRegistry() throws {
        let server = try RealRegistry.start(layout: try SignatureCases.layout())
        let differences = try Self.differences(
            "127.0.0.1:\(server.port)", TestImages.options(seconds: 120), TestImages.client())
        #expect(differences == [])
    }

    @Test("docker-registry with our own images", .enabled(if: RealRegistry.isThere, "needs docker-registry"))
    func ownImages() throws {
        let server = try RealRegistry.start(layout: TestImages.directory)
        let source = RegistryImageSource(try TestImages.client())
        for (tag, reason) in [
            ("signed", nil), ("unsigned", "no-signatures-found"), ("other-key", "signature-invalid"),
            ("copied", "payload-digest-mismatch"), ("bundle", nil), ("attested-only", "predicate-type"), ("index", nil),
        ] {
            let reference = try ImageReference("127.0.0.1:\(server.port)/team/app:\(tag)")
            let image = try source.image(reference, platform: .linuxAMD64, TestImages.options())
            let found = try source.signatures(of: image.content, image.reference, kinds: .all, TestImages.options())
            #expect(found.verifySignatures(try TestImages.policy()).reasons.first?.id == reason, "\(tag)")
        }
    }

    private static let mockPath = SharedSignatures.root?.appendingPathComponent("oci/mock_registry.py").path

    private static func mock(_ options: [String]) throws -> ServerProcess {
        let port = try ServerProcess.freePort()
        return try ServerProcess(
            ["python3", mockPath ?? "", "--layout", try SignatureCases.layout(), "--port", "\(port)"] + options,
            port: port)
    }

    @Test(
        "the mock registry in all its ways",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing)),
        .enabled(if: Tool.exists("python3"), "needs python3"),
        arguments: [
            ["--referrers", "api"], ["--referrers", "fallback"], ["--auth", "basic", "--no-digest-header"],
            ["--auth", "bearer"], ["--auth", "bearer", "--anonymous", "--referrers", "fallback"],
        ])
    func mockRegistry(arguments: [String]) throws {
        let server = try Self.mock(arguments)
        let host = "127.0.0.1:\(server.port)"
        let credentials = RegistryCredentials(host: host, .basic(user: "u", password: "p"))
        let options = TestImages.options(arguments.contains("--anonymous") ? .none : credentials, seconds: 120)
        // docker-registry has the other way of listing referrers.
        let step = arguments == ["--referrers", "api"] ? 1 : 8
        let differences = try Self.differences(host, options, TestImages.client(), step: step)
        #expect(differences == [])
    }

    @Test(
        "the mock registry behind TLS, with an authority of its own",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing)),
        .enabled(if: Tool.exists("python3") && TestCertificates.isPossible, "needs python3 and openssl"))
    func tls() throws {
        let files = try TestCertificates.shared.get()
        let server = try Self.mock(["--tls", files.certificate, files.key, "--auth", "bearer"])
        let host = "127.0.0.1:\(server.port)"
        let credentials = RegistryCredentials(host: host, .basic(user: "u", password: "p"))
        let client = try TestImages.client { $0.authorities[host] = .file(files.certificate) }
        let differences = try Self.differences(host, TestImages.options(credentials, seconds: 120), client, step: 8)
        #expect(differences == [])
        let stranger = try TestImages.client().session(host, TestImages.options(credentials))
        #expect {
            try stranger.manifest(repository: "x", reference: "y")
        } throws: {
            ($0 as? VerificationError)?.reason == .registryTLS
        }
    }

    @Test(
        "the mock registry's faults",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing)),
        .enabled(if: Tool.exists("python3"), "needs python3"))
    func faults() throws {
        let cases = try SignatureCases.load()
        let entry = try #require(
            cases.cases.first { $0.checks.first?.expect == "pass" && $0.checks.first?.policy.format == "cosign-legacy" }
        )
        let check = try #require(entry.checks.first)
        for (options, reason) in [
            (["--fail", "manifests=404"], "image-not-found"), (["--fail", "manifests=401"], "registry-unauthorized"),
            (["--fail", "manifests=429"], "registry-rate-limited"), (["--fail", "manifests=500"], "registry-failed"),
            (["--fail", "\\.sig=500"], "registry-failed"), (["--huge"], "too-large"),
            (["--latency-ms", "800"], "registry-timeout"),
            (["--rate-limit", "1", "--rate-window", "60"], "registry-rate-limited"),
            (["--rate-limit", "2", "--rate-window", "1"], ""),
        ] {
            let server = try Self.mock(options)
            let client = try TestImages.client()
            let start = ContinuousClock.now
            let session = client.session(
                "127.0.0.1:\(server.port)", TestImages.options(seconds: reason == "registry-timeout" ? 1 : 6))
            var reasons: [VerificationError]
            do {
                reasons = try SignatureCases.run(entry, check, in: session)
            } catch let error as VerificationError {
                reasons = [error]
            }
            #expect(reasons.first?.id ?? "" == reason, "\(options): \(reasons)")
            if let first = reasons.first, reason != "image-not-found" {
                #expect(first.detail.contains("`127.0.0.1:\(server.port)`"), "\(first.detail)")
            }
            #expect(start.duration(to: .now) < .seconds(7))
        }
    }
}
