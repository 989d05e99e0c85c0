import Foundation
import ImageRegistry
import ImageVerification
import Synchronization
import TestServers
import Testing
import Values

@testable import ImageGathering

/// What looking at images asks of their registry: how much, how often, and what at the same time.
@Suite struct GatheringRequestTests {
    private static let directory: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appendingPathComponent("testdata/images").path
    }()

    /// Lets no request of a kind through before there are so many of them.
    private final class Gate: @unchecked Sendable {
        // SAFETY: guarded by the condition.
        private let condition = NSCondition()
        private var arrived = 0
        private(set) var isOpen = false
        let count: Int

        init(_ count: Int) { self.count = count }

        /// Waits for the others, but not for good: a test that would wait so fails by `isOpen`.
        func pass() {
            condition.lock()
            defer { condition.unlock() }
            arrived += 1
            if arrived >= count {
                isOpen = true
                condition.broadcast()
            }
            let end = Date(timeIntervalSinceNow: 5)
            while !isOpen, condition.wait(until: end) {}
        }
    }

    private func check(_ key: String = "k", subject: ImageCheckSubject = .image) throws -> ImageCheck {
        let pem = try String(contentsOfFile: "\(Self.directory)/cosign.pub", encoding: .utf8)
        let policy = SignaturePolicy(signer: .key(try PublicKey(pem: pem)), requiresLogEntry: false)
        return ImageCheck(
            name: "a", key: key, subject: subject, location: SignatureLocation(),
            attestor: .sigstore([policy], trust: nil))
    }

    private func gatherer(threads: Int = 64) throws -> ImageGatherer {
        ImageGatherer(
            source: RegistryLocator(try RegistryClient()), trustedRoot: nil, threads: threads,
            clock: { Timestamp(seconds: 1_795_219_200, nanoseconds: 0) })
    }

    /// Whether the images are accepted; nil for one of which nothing is known.
    private func look(
        _ images: [String], _ checks: [ImageCheck], _ registry: LayoutRegistry, _ gatherer: ImageGatherer
    ) -> [Bool?] {
        gatherer.review(patience: 10, assumesPinning: false) { facts in
            images.map { image -> Bool? in
                let name = "\(registry.host)/\(image)"
                guard case .known(let record) = facts.answer(name, try? ImageReference(name), checks: checks) else {
                    return nil
                }
                return checks.allSatisfy { record.result(of: $0, at: nil)?.isAccepted == true }
            }
        }
    }

    /// What was asked for, without the repository's path.
    private func asked(_ registry: LayoutRegistry, from start: Int = 0) -> [String] {
        registry.targets.dropFirst(start).map { target in
            let parts = target.split(separator: "/").map(String.init)
            guard parts.count > 2 else { return target }
            let name = parts[parts.count - 1]
            let kind = name.hasSuffix(".sig") ? ".sig" : name.hasPrefix("sha256-") ? "tag of the digest" : nil
            return kind ?? parts[parts.count - 2]
        }
    }

    @Test("a cosign signature takes three requests, and nobody asks for other ones then")
    func cosign() throws {
        let registry = try LayoutRegistry(layout: Self.directory)
        #expect(look(["team/app:signed"], [try check()], registry, try gatherer()) == [true])
        #expect(asked(registry) == ["/v2/", "manifests", ".sig", "blobs"])
    }

    @Test("where no signature counts, all places are asked, each once")
    func unsigned() throws {
        let registry = try LayoutRegistry(layout: Self.directory)
        let gatherer = try gatherer()
        #expect(look(["team/app:unsigned"], [try check()], registry, gatherer) == [false])
        #expect(asked(registry) == ["/v2/", "manifests", ".sig", "referrers", "tag of the digest"])
        // What the registry does not have is asked for last from then on, but it is.
        let start = registry.targets.count
        #expect(look(["team/app:other-key"], [try check()], registry, gatherer) == [false])
        #expect(
            asked(registry, from: start) == ["manifests", ".sig", "blobs", "tag of the digest", "referrers"])
    }

    @Test("a list in another place does not hide a signature that counts")
    func otherKinds() throws {
        let registry = try LayoutRegistry(layout: Self.directory, referrers: .api(page: 10))
        let gatherer = try gatherer()
        let images = ["attested-only", "bundle", "signed", "index", "copied", "tampered"].map { "team/app:\($0)" }
        let expected: [Bool?] = [false, true, true, true, false, false]
        // In any order of what was seen before.
        for round in 0..<3 {
            for (image, isAccepted) in zip(images, expected) {
                #expect(look([image], [try check("\(round)")], registry, gatherer) == [isAccepted], "\(image)")
            }
        }
    }

    @Test("what signed the last image is looked for first")
    func habits() throws {
        let registry = try LayoutRegistry(layout: Self.directory, referrers: .api(page: 10))
        let gatherer = try gatherer()
        #expect(look(["team/app:bundle"], [try check("1")], registry, gatherer) == [true])
        #expect(asked(registry).prefix(4) == ["/v2/", "manifests", ".sig", "referrers"])
        let start = registry.targets.count
        #expect(look(["team/app:bundle"], [try check("2")], registry, gatherer) == [true])
        #expect(asked(registry, from: start).prefix(2) == ["manifests", "referrers"])
        #expect(!asked(registry, from: start).contains(".sig"))
        #expect(look(["team/app:signed"], [try check("3")], registry, gatherer) == [true])
        let last = registry.targets.count
        #expect(look(["team/app:signed"], [try check("4")], registry, gatherer) == [true])
        #expect(asked(registry, from: last) == ["manifests", ".sig", "blobs"])
    }

    @Test("of attestations all are seen, since the last one counts")
    func attestations() throws {
        let registry = try LayoutRegistry(layout: Self.directory)
        let subject = ImageCheckSubject.statement(predicateType: "https://slsa.dev/provenance/v1")
        _ = look(["team/app:signed"], [try check(subject: subject)], registry, try gatherer())
        #expect(asked(registry).contains("referrers"))
    }

    @Test("with a digest, the signature is asked for along with the image")
    func pinned() throws {
        let gate = Gate(2)
        let registry = try LayoutRegistry(layout: Self.directory) { request in
            if request.target.contains("/manifests/") { gate.pass() }
            return nil
        }
        let digest = "sha256:f7b7c16a324f0dbe14d8fb4001a95576e9864e066092c2e049a265092abb8e37"
        #expect(look(["team/app@\(digest)"], [try check()], registry, try gatherer()) == [true])
        #expect(gate.isOpen)
        #expect(asked(registry).sorted() == [".sig", "/v2/", "blobs", "manifests"])
    }

    @Test("all manifests that refer to an image are asked for at once, and so is what is in them")
    func referrers() throws {
        let (manifests, blobs) = (Gate(2), Gate(2))
        let registry = try LayoutRegistry(layout: Self.directory, referrers: .api(page: 10)) { request in
            if request.target.contains("/manifests/sha256:") { manifests.pass() }
            if request.target.contains("/blobs/") { blobs.pass() }
            return nil
        }
        #expect(look(["team/app:bundle"], [try check()], registry, try gatherer()) == [true])
        #expect(manifests.isOpen && blobs.isOpen)
    }

    @Test("with one thread, everything is asked one after the other")
    func oneThread() throws {
        let registry = try LayoutRegistry(layout: Self.directory, referrers: .api(page: 10))
        #expect(look(["team/app:bundle"], [try check()], registry, try gatherer(threads: 1)) == [true])
        #expect(registry.connections == 1)
    }

    @Test("twenty images are asked for at once; the way in is looked for once")
    func parallel() throws {
        let gate = Gate(20)
        let registry = try LayoutRegistry(
            layout: Self.directory, authentication: .bearer(user: nil, password: "")
        ) { request in
            if request.target.contains("/manifests/missing"), request.headers["authorization"] != nil { gate.pass() }
            return nil
        }
        let images = (0..<20).map { "team/app:missing\($0)" }
        #expect(look(images, [try check()], registry, try gatherer()).allSatisfy { $0 == nil })
        #expect(gate.isOpen)
        #expect(registry.targets.count { $0 == "/v2/" } == 1)
        #expect(registry.targets.count { $0.hasPrefix("/token") } == 1)
        #expect(registry.connections <= 20)
    }
}
