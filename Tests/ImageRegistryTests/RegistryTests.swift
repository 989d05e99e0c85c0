import ImageVerification
import TestServers
import Testing

@testable import ImageRegistry

@Suite struct RegistryTests {
    private static let verdicts: [(String, [String])] = [
        ("signed", []), ("unsigned", ["no-signatures-found"]), ("other-key", ["signature-invalid"]),
        ("copied", ["payload-digest-mismatch"]), ("tampered", ["signature-invalid"]), ("bundle", []),
        ("attested-only", ["predicate-type"]), ("index", []), ("missing", ["image-not-found"]),
    ]

    @Test(
        "the whole way, however a registry lists referrers",
        arguments: [LayoutRegistry.Referrers.api(page: 1), .api(page: 100), .fallback])
    func verdicts(referrers: LayoutRegistry.Referrers) throws {
        let registry = try LayoutRegistry(layout: TestImages.directory, referrers: referrers)
        let client = try TestImages.client()
        for (tag, expected) in Self.verdicts {
            let reasons = try TestImages.reasons(registry, "team/app:\(tag)", client: client)
            // A bundle of another kind does not hide the one that counts, and is a reason where there is no other.
            #expect(reasons.map(\.id) == expected, "\(tag): \(reasons)")
        }
        #expect(registry.connections <= 2)
    }

    @Test("a directory gives the same verdicts")
    func layout() throws {
        let source = LayoutImageSource(try OCILayout(directory: TestImages.directory))
        for (tag, expected) in Self.verdicts {
            var reasons: [VerificationError] = []
            do throws(VerificationError) {
                let reference = try ImageReference("registry.example/team/app:\(tag)")
                let image = try source.image(reference, platform: nil, TestImages.options())
                let found = try source.signatures(
                    of: image.content, image.reference, kinds: .all, TestImages.options())
                reasons = found.verifySignatures(try TestImages.policyOrFail()).reasons
            } catch {
                reasons = [error]
            }
            #expect(reasons.map(\.id) == expected, "\(tag): \(reasons)")
        }
    }

    @Test("a tag of a digest that stands for the image itself is no list of referrers")
    func digestTags() throws {
        let registry = try LayoutRegistry(layout: TestImages.directory, referrers: .digestTags)
        let look = try TestImages.look(registry, "team/app:index")
        #expect(look.bundles.isEmpty && look.problems.isEmpty)
        #expect(try TestImages.reasons(registry, "team/app:index") == [])
    }

    @Test("an index is what is signed, not what lies below it")
    func platforms() throws {
        let registry = try LayoutRegistry(layout: TestImages.directory)
        let client = try TestImages.client()
        let source = RegistryImageSource(client)
        let reference = try ImageReference("\(registry.host)/team/app:index")
        let image = try source.image(
            reference, platform: ImagePlatform(os: "linux", architecture: "arm64"), TestImages.options())
        #expect(image.index?.digest == image.digest)
        let manifest = try #require(image.manifest)
        #expect(manifest.digest != image.digest)
        #expect(image.configuration.map { String(decoding: $0, as: UTF8.self) }?.contains("arm64") == true)
        #expect(image.reference.description == "\(registry.host)/team/app:index@\(image.digest)")
        let below = try TestImages.reasons(registry, "team/app@\(manifest.digest)", client: client)
        #expect(below.map(\.id) == ["no-signatures-found"])
        let none = try source.image(reference, platform: ImagePlatform("plan9/mips"), TestImages.options())
        #expect(none.manifest == nil && none.configuration == nil && none.index != nil)
    }

    @Test("a tag's digest costs one request without a body, and a digest none")
    func digests() throws {
        let registry = try LayoutRegistry(layout: TestImages.directory)
        let source = RegistryImageSource(try TestImages.client())
        let reference = try ImageReference("\(registry.host)/team/app:signed")
        let digest = try source.digest(of: reference, TestImages.options())
        #expect(registry.requests.last?.method == "HEAD")
        let image = try source.image(reference, platform: .linuxAMD64, TestImages.options())
        #expect(image.digest == digest)
        let before = registry.requests.count
        #expect(try source.digest(of: image.reference, TestImages.options()) == digest)
        #expect(registry.requests.count == before)
        #expect(throws: VerificationError.self) {
            try source.digest(of: ImageReference("\(registry.host)/team/app:missing"), TestImages.options())
        }
    }

    @Test("only what is asked for is fetched")
    func kinds() throws {
        let registry = try LayoutRegistry(layout: TestImages.directory)
        let source = RegistryImageSource(try TestImages.client())
        let reference = try ImageReference("\(registry.host)/team/app:signed")
        let image = try source.image(reference, platform: nil, TestImages.options())
        let before = registry.requests.count
        let found = try source.signatures(
            of: image.content, image.reference, kinds: .cosignSignatures, TestImages.options())
        #expect(found.signatures.count == 1 && found.attestations.isEmpty)
        #expect(registry.requests.count == before + 2)
    }

    @Test("signatures may lie in another repository")
    func otherRepository() throws {
        let images = try LayoutRegistry(layout: TestImages.directory, prefix: "copy/")
        let registry = try LayoutRegistry(layout: TestImages.directory)
        let source = RegistryImageSource(try TestImages.client())
        let image = try source.image(
            ImageReference("\(images.host)/copy/team/app:signed"), platform: nil, TestImages.options())
        var options = TestImages.options()
        options.signatureRepository = try ImageReference("\(registry.host)/team/app")
        let found = try source.signatures(of: image.content, image.reference, kinds: .all, options)
        #expect(found.verifySignatures(try TestImages.policy()).isAccepted)
    }

    @Test("mirrors come first, and the registry has the last word")
    func mirrors() throws {
        let registry = try LayoutRegistry(layout: TestImages.directory)
        let mirror = try LayoutRegistry(layout: TestImages.directory, prefix: "proxy/") { request in
            // It has the images and not their signatures.
            request.target.contains(".sig") ? .status(404, headers: [:]) : nil
        }
        let broken = try LayoutRegistry(layout: TestImages.directory) { _ in .status(503, headers: [:]) }
        let client = try TestImages.client {
            $0.retry.attempts = 1
            $0.mirrors[registry.host] = [.init(broken.host), .init("\(mirror.host)/proxy")]
        }
        #expect(try TestImages.reasons(registry, client: client) == [])
        #expect(mirror.targets.contains("/v2/proxy/team/app/manifests/signed"))
        #expect(!registry.targets.contains { $0.hasSuffix("/manifests/signed") })
        #expect(registry.targets.contains { $0.hasSuffix(".sig") })
    }

    @Test("many threads ask at once")
    func parallel() async throws {
        let registry = try LayoutRegistry(
            layout: TestImages.directory, authentication: .bearer(user: nil, password: ""))
        let client = try TestImages.client()
        let reasons = try await withThrowingTaskGroup(of: [VerificationError].self) { group in
            for number in 0..<40 {
                group.addTask {
                    try TestImages.reasons(
                        registry, number.isMultiple(of: 2) ? "team/app:signed" : "team/app:unsigned", client: client)
                }
            }
            return try await group.reduce(into: [String: Int]()) { $0[$1.first?.id ?? "", default: 0] += 1 }
        }
        #expect(reasons == ["": 20, "no-signatures-found": 20])
    }
}

extension TestImages {
    /// For closures that throw nothing else.
    static func policyOrFail() throws(VerificationError) -> SignaturePolicy {
        do { return try policy() } catch { throw VerificationError(.malformedKey, "\(error)") }
    }
}
