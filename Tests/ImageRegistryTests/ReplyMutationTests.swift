import Foundation
import ImageVerification
import TestServers
import Testing

@testable import ImageRegistry

/// What registries say is fed back broken: it must be answered, and nothing unsigned become signed.
@Suite struct ReplyMutationTests {
    /// Numbers that are the same in each run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static func broken(_ text: [UInt8], _ seed: Int) -> String {
        var generator = Generator(state: UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15)
        var bytes = text
        for _ in 0...Int.random(in: 0...3, using: &generator) {
            guard !bytes.isEmpty else { break }
            let index = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0x20...0x7E, using: &generator)
            case 1: bytes.removeSubrange(index..<min(bytes.count, index + 8))
            case 2: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 16)], at: index)
            default: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func blob(_ digest: ImageDigest) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(TestImages.directory)/blobs/sha256/\(digest.hex)")))
    }

    @Test(
        "manifests of signatures, of one that counts and of one that does not",
        arguments: [("signed", true), ("copied", false)])
    func manifests(tag: String, isSigned: Bool) throws {
        let layout = try OCILayout(directory: TestImages.directory)
        let image = try #require(try layout.manifest(repository: "team/app", reference: tag))
        let manifest = try #require(try layout.manifest(repository: "team/app", reference: image.digest.tag + ".sig"))
        let counter = Counter()
        let registry = try LayoutRegistry(layout: TestImages.directory) { request in
            request.target.hasSuffix(".sig") ? .body(Self.broken(manifest.bytes, counter.next())) : nil
        }
        let client = try TestImages.client()
        var accepted = 0
        for _ in 0..<400 {
            let reasons = try TestImages.reasons(registry, "team/app:\(tag)", client: client)
            if reasons.isEmpty { accepted += 1 }
        }
        #expect(isSigned || accepted == 0)
        #expect(accepted < 400)
    }

    @Test("lists of referrers")
    func lists() throws {
        let layout = try OCILayout(directory: TestImages.directory)
        let image = try #require(try layout.manifest(repository: "team/app", reference: "attested-only"))
        let list = try #require(try layout.manifest(repository: "team/app", reference: image.digest.tag))
        let counter = Counter()
        let registry = try LayoutRegistry(layout: TestImages.directory) { request in
            request.target.hasSuffix("/manifests/\(image.digest.tag)")
                ? .body(Self.broken(list.bytes, counter.next())) : nil
        }
        let client = try TestImages.client()
        for _ in 0..<400 {
            #expect(try !TestImages.reasons(registry, "team/app:attested-only", client: client).isEmpty)
        }
    }

    @Test("credentials")
    func credentials() {
        let text = Array(
            #"{"auths":{"https://r.example/v1/":{"auth":"dTpw"},"*.example:5000/a":{"identitytoken":"t"}},"credsStore":"x"}"#
                .utf8)
        for seed in 0..<3_000 {
            let read = try? RegistryCredentials(json: Array(Self.broken(text, seed).utf8))
            _ = read?.candidates(domain: "r.example", path: "a/b")
        }
    }
}
