import Admission
import Diagnostics
import Foundation
import ImageGathering
import ImageVerification
import PolicyEngine
import Synchronization
import Testing
import Values

@testable import KyvernoPolicies

private let registry = "registry.example.com/release"

@Suite("Verdicts on the same images")
struct ImageVerdictTests {
    /// Time that stands still until it is moved.
    private final class ManualClock: Sendable {
        private let time = Atomic<Int64>(0)

        func advance(seconds: Double) { time.add(Int64(seconds * 1e9), ordering: .relaxed) }

        var reading: @Sendable () -> Int64 { { [self] in time.load(ordering: .relaxed) } }
    }

    private static var spec: String { "\(ImageSupport.lax)\n\(ImageSupport.attestor)\n\(ImageSupport.signed)" }

    private static func load(_ text: String, context: String = "") throws -> PolicySet {
        let (set, log) = try Support.load(text, context: context)
        return try #require(set, "\(log.diagnostics.map(\.message))")
    }

    private static func policy(_ set: PolicySet) throws -> ValidatingPolicy {
        try #require(set.policies.first as? ValidatingPolicy)
    }

    /// Whether the policy need not look again.
    private func isKept(
        _ set: PolicySet, _ request: AdmissionRequest, _ cache: ImageCache, pinning: Bool = false
    ) throws -> Bool {
        let policy = try Self.policy(set)
        let context = AdmissionContext(
            request: request, cluster: set.cluster, images: ImageFacts(cache: cache, assumesPinning: pinning))
        let found = try #require(ImageExtraction.images(of: request))
        return policy.verdict(on: found, context) != nil
    }

    /// Judges with what the cache has, and looks for what it has not.
    private func verdict(
        _ set: PolicySet, _ request: AdmissionRequest, _ gatherer: ImageGatherer, pinning: Bool = false
    ) -> Verdict {
        gatherer.review(assumesPinning: pinning) { set.review(request, images: $0) }
    }

    private func pod(_ images: String...) throws -> AdmissionRequest {
        try Support.request(
            images.count == 1 ? ImageSupport.pod(images[0]) : ImageSupport.pod(images[0], images[1]))
    }

    @Test(
        "are kept where the policy looks at nothing else of a request",
        arguments: [
            (spec, true),
            ("\(spec)\nmatchConditions:\n- {name: c, expression: \"object.metadata.name != 'x'\"}", true),
            ("\(spec)\nmatchImageReferences: [{expression: \"ref.startsWith('registry')\"}]", true),
            ("\(spec)\n- expression: attestors.release != null && 'x' in images.containers.map(image, 'x')", true),
            ("\(spec)\n- expression: size(exceptions.allowedImages) == 0", true),
            ("\(spec)\n- expression: resource.Get('v1', 'configmaps', 'a', 'b').data.x == 'y'", true),
            ("\(spec)\nvariables:\n- {name: all, expression: images.containers + images.initContainers}", true),
            ("\(spec)\n- expression: has(object.spec)", false),
            ("\(spec)\n- expression: oldObject == null", false),
            ("\(spec)\n- expression: request.userInfo.username == 'me'", false),
            ("\(spec)\n- expression: namespaceObject == null", false),
            ("\(spec)\n- expression: time.now() > timestamp('2020-01-01T00:00:00Z')", false),
            ("\(spec)\n- expression: random('[a-z]') != ''", false),
            ("\(spec)\n- expression: image.GetMetadata('a') != null", false),
            ("\(spec)\n- {expression: 'true', messageExpression: 'string(object.metadata.name)'}", false),
            ("\(spec)\nvariables:\n- {name: who, expression: object.metadata.name}", false),
            ("\(spec)\nauditAnnotations:\n- {key: k, valueExpression: \"'v'\"}", false),
            ("\(spec)\nimages:\n- {name: more, expression: \"[object.metadata.name]\"}", false),
            (
                "\(ImageSupport.lax)\nattestors:\n- name: release\n  cosign:\n    key: {expression: object.metadata.name}\n"
                    + "    ctlog: {insecureIgnoreTlog: true}\n\(ImageSupport.signed)", false
            ),
        ])
    func policies(spec: String, isKept: Bool) throws {
        let set = try Self.load(ImageSupport.policy(spec))
        #expect(try (Self.policy(set).imageVerdicts != nil) == isKept)
    }

    @Test("hold for the same images in the same lists, and for no others")
    func same() throws {
        let set = try Self.load(ImageSupport.policy(Self.spec))
        let gatherer = try ImageSupport.gatherer()
        let request = try pod("\(registry)/api:1.4.2", "\(registry)/web:3.1.0")
        #expect(try !isKept(set, request, gatherer.cache))
        #expect(verdict(set, request, gatherer).isAllowed)
        #expect(try isKept(set, request, gatherer.cache))
        let before = gatherer.cache.lookups.hits
        let second = verdict(set, request, gatherer)
        #expect(second.isAllowed && second.decisions.map(\.evaluation) == [.admit])
        #expect(gatherer.cache.lookups.hits == before + 2, "they count as answers of the cache")
        for other in [
            ImageSupport.pod("\(registry)/web:3.1.0", "\(registry)/api:1.4.2"),
            ImageSupport.pod("\(registry)/api:1.4.2"),
            ImageSupport.pod("\(registry)/api:1.4.2", initContainers: ["\(registry)/web:3.1.0"]),
            ImageSupport.pod("\(registry)/api:1.4.2", volume: "\(registry)/web:3.1.0"),
        ] {
            #expect(try !isKept(set, try Support.request(other), gatherer.cache))
        }
        // Another set of the same text is another policy.
        #expect(try !isKept(try Self.load(ImageSupport.policy(Self.spec)), request, gatherer.cache))
    }

    @Test("are never about what was refused or is not known")
    func refusals() throws {
        let set = try Self.load(ImageSupport.policy(Self.spec))
        let gatherer = try ImageSupport.gatherer()
        for images in ["worker:2.0.0", "copied:1.0.0", "missing:1"] {
            let request = try pod("\(registry)/\(images)")
            #expect(!verdict(set, request, gatherer).isAllowed)
            #expect(try !isKept(set, request, gatherer.cache))
            #expect(!verdict(set, request, gatherer).isAllowed)
        }
        let request = try pod("\(registry)/api:1.4.2")
        _ = set.review(request)
        #expect(set.review(request).denial?.missing != nil, "nobody can look")
    }

    @Test("end when the first thing that they rest on expires")
    func expiry() throws {
        let set = try Self.load(ImageSupport.policy(Self.spec))
        let clock = ManualClock()
        let gatherer = try ImageSupport.gatherer(cache: ImageCache(clock: clock.reading))
        let tagged = try pod("\(registry)/api:1.4.2")
        #expect(verdict(set, tagged, gatherer).isAllowed)
        clock.advance(seconds: 29)
        #expect(try isKept(set, tagged, gatherer.cache))
        clock.advance(seconds: 1)
        #expect(try !isKept(set, tagged, gatherer.cache), "the tag may point elsewhere")
        let digest = try #require(
            gatherer.review(assumesPinning: false) { facts -> ImageDigest? in
                _ = set.review(tagged, images: facts)
                return facts.cache.digest(of: "\(registry)/api:1.4.2")
            })
        let pinned = try pod("\(registry)/api@\(digest)")
        #expect(verdict(set, pinned, gatherer).isAllowed)
        clock.advance(seconds: 3_500)
        #expect(try isKept(set, pinned, gatherer.cache))
        clock.advance(seconds: 100)
        #expect(try !isKept(set, pinned, gatherer.cache), "keys are withdrawn")
    }

    @Test("end with the data around them, with the cache, and with what the cache learns")
    func changes() throws {
        let text = try String(
            contentsOfFile: "\(ImageSupport.repository.path)/policies/require-image-signatures.yaml", encoding: .utf8)
        let set = try Self.load(text)
        let gatherer = try ImageSupport.gatherer()
        let request = try pod("\(registry)/api:1.4.2")
        #expect(verdict(set, request, gatherer, pinning: true).isAllowed)
        #expect(try isKept(set, request, gatherer.cache, pinning: true))
        // Requests that no mutating webhook has seen must name digests themselves.
        #expect(!verdict(set, request, gatherer).isAllowed)
        #expect(try isKept(set, request, gatherer.cache, pinning: true))

        var cluster = set.cluster
        let other = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: image-signing-keys, namespace: guardrail}
            data:
              release.pub: |
                -----BEGIN PUBLIC KEY-----
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8nXRh950IZbRj8Ra/N9sbqOPZrfM
                5/KAQN0/KjHcorm/J5yctVd7iEcnessRQjU917hmKO6JWVGHpDguIyakZA==
                -----END PUBLIC KEY-----
            """
        let resource = GroupVersionResource(group: "", version: "v1", resource: "configmaps")
        cluster.external.add(object: try #require(try Support.nodes(other).first), as: resource)
        let changed = set.with(cluster)
        #expect(try !isKept(changed, request, gatherer.cache, pinning: true))
        #expect(verdict(changed, request, gatherer, pinning: true).denial?.evaluation == .deny, "another key now")
        #expect(verdict(set, request, gatherer, pinning: true).isAllowed)
        #expect(try isKept(set, request, gatherer.cache, pinning: true))

        #expect(try !isKept(set, request, ImageCache(), pinning: true), "what was known may not count any more")
        let record = gatherer.cache.record(repository: "r", digest: ImageDigest(of: [1]))
        gatherer.cache.keep(record, as: "r:v1", isPinned: false)
        #expect(try !isKept(set, request, gatherer.cache, pinning: true))
        // The tag has moved to an image that nobody has signed.
        gatherer.cache.keep(record, as: "\(registry)/api:1.4.2", isPinned: false)
        let facts = ImageFacts(cache: gatherer.cache, assumesPinning: true)
        #expect(!set.review(request, images: facts).isAllowed && facts.lacksSomething)
    }

    @Test("leave conditions and exceptions to each request")
    func conditions() throws {
        let condition = "matchConditions:\n- {name: c, expression: \"object.metadata.name == 'web'\"}"
        let set = try Self.load(ImageSupport.policy("\(Self.spec)\n\(condition)"))
        let gatherer = try ImageSupport.gatherer()
        let request = try pod("\(registry)/api:1.4.2")
        #expect(verdict(set, request, gatherer).decisions.map(\.evaluation) == [.admit])
        let other = try Support.request(
            ImageSupport.pod("\(registry)/api:1.4.2").replacing("name: web", with: "name: other"))
        for _ in 0..<2 {
            #expect(Array(verdict(set, other, gatherer).decisions).isEmpty)
            #expect(verdict(set, request, gatherer).decisions.map(\.evaluation) == [.admit])
        }
    }

    @Test("are found for workloads too")
    func workloads() throws {
        let condition = "matchConditions:\n- {name: c, expression: \"object.spec.containers.size() == 1\"}"
        let set = try Self.load(
            ImageSupport.policy("\(Self.spec)\n\(condition)\nautogen: {podControllers: {controllers: [deployments]}}"))
        let gatherer = try ImageSupport.gatherer()
        func deployment(_ images: String...) throws -> AdmissionRequest {
            let containers = images.enumerated().map { "{name: c\($0.offset), image: '\($0.element)'}" }
            return try Support.request(
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {metadata: {}, spec: "
                    + "{containers: [\(containers.joined(separator: ", "))]}}}}")
        }
        let (good, bad) = (try deployment("\(registry)/api:1.4.2"), try deployment("\(registry)/worker:2.0.0"))
        let two = try deployment("\(registry)/worker:2.0.0", "\(registry)/api:1.4.2")
        for _ in 0..<2 {
            let before = gatherer.cache.lookups
            #expect(verdict(set, good, gatherer).decisions.map(\.evaluation) == [.admit])
            #expect(gatherer.cache.lookups.hits > before.hits)
            #expect(try isKept(set, good, gatherer.cache))
            #expect(!verdict(set, bad, gatherer).isAllowed)
            #expect(Array(verdict(set, two, gatherer).decisions).isEmpty)
        }
    }

    @Test("a condition that names images is an error, and no crash")
    func earlyImages() throws {
        let set = try Self.load(
            ImageSupport.policy(
                "\(Self.spec)\nmatchConditions:\n- {name: c, expression: images.containers.size() > 0}"))
        let verdict = verdict(set, try pod("\(registry)/api:1.4.2"), try ImageSupport.gatherer())
        #expect(verdict.denial?.evaluation == .error, "\(verdict.denial?.message ?? "")")
    }

    @Test("satisfy what demands that images be verified, whoever did it")
    func required() throws {
        let lax = "validationConfigurations: {verifyDigest: false}\n\(ImageSupport.attestor)"
        let careless = ImageSupport.policy("\(lax)\nvalidations:\n- expression: 'true'")
        let careful = ImageSupport.policy("\(lax)\n\(ImageSupport.signed)", name: "q")
        let request = try pod("\(registry)/api:1.4.2")
        let gatherer = try ImageSupport.gatherer()
        let (both, alone) = (try Self.load(careless + "---\n" + careful), try Self.load(careless))
        for _ in 0..<3 {
            #expect(verdict(both, request, gatherer).isAllowed)
            #expect(!verdict(alone, request, gatherer).isAllowed)
        }
    }

    @Test("of images that are nobody's business need no cache")
    func others() throws {
        let set = try Self.load(ImageSupport.policy("matchImageReferences: [{glob: 'ghcr.io/*'}]\n\(Self.spec)"))
        let request = try pod("\(registry)/worker:2.0.0")
        #expect(set.review(request).isAllowed)
        #expect(try isKept(set, request, ImageCache()))
        #expect(set.review(request).decisions.map(\.evaluation) == [.admit])
        #expect(!set.review(try pod("ghcr.io/me/app:v1")).isAllowed)
    }

    @Test("are bounded, in number and in size")
    func bounds() throws {
        let set = try Self.load(ImageSupport.policy("matchImageReferences: [{glob: 'ghcr.io/*'}]\n\(Self.spec)"))
        for number in 0..<1_000 { #expect(set.review(try pod("\(registry)/app\(number)")).isAllowed) }
        let long = try pod("\(registry)/\(String(repeating: "a", count: 200)):v1", "\(registry)/b:v1")
        #expect(set.review(long).isAllowed)
        #expect(try isKept(set, long, ImageCache()))
        let images = (0..<20).map { "\(registry)/\(String(repeating: "a", count: 200))\($0):v1" }
        let many = try Support.request(ImageSupport.pod(images[0], initContainers: Array(images.dropFirst())))
        #expect(set.review(many).isAllowed)
        #expect(try !isKept(set, many, ImageCache()))
    }
}
