import Admission
import Diagnostics
import Foundation
import ImageGathering
import ImageVerification
import PolicyEngine
import Testing
import Values

@testable import KyvernoPolicies

private let registry = "registry.example.com/release"

@Suite("Kyverno's ImageValidatingPolicy")
struct ImageValidatingPolicyTests {
    private func verdict(_ spec: String, _ images: String...) throws -> Verdict {
        let pod = images.count == 1 ? ImageSupport.pod(images[0]) : ImageSupport.pod(images[0], images[1])
        return try ImageSupport.verdict(ImageSupport.policy(spec), pod)
    }

    private var spec: String { "\(ImageSupport.lax)\n\(ImageSupport.attestor)\n\(ImageSupport.signed)" }

    @Test(
        "allows what the key has signed and says why it denies the rest",
        arguments: [
            ("api:1.4.2", ""), ("web:3.1.0", ""),
            ("worker:2.0.0", "the image has no signature of this kind"),
            ("api:1.5.0-rc1", "the signature is not by this key, or the payload was changed"),
            ("tampered:1.0.0", "the signature is not by this key, or the payload was changed"),
            ("copied:1.0.0", "the signature is for `sha256:"),
            ("multi:1.0.0", "the image has no signature of this kind"),
        ])
    func signatures(image: String, reason: String) throws {
        let verdict = try verdict(spec, "\(registry)/\(image)")
        #expect(verdict.isAllowed == reason.isEmpty, "\(verdict.denial?.message ?? "")")
        guard !reason.isEmpty else { return }
        let message = verdict.denial?.message ?? ""
        #expect(verdict.denial?.evaluation == .deny)
        #expect(message.hasPrefix("not signed: image `\(registry)/\(image)` (sha256:"), "\(message)")
        #expect(message.contains("attestor `release`: \(reason)"), "\(message)")
    }

    @Test("is undecided where nobody can see the signatures, and never passes")
    func undecided() throws {
        let (set, _) = try Support.load(ImageSupport.policy(spec))
        let request = try Support.request(ImageSupport.pod("\(registry)/api:1.4.2"))
        let blind = try #require(set).review(request)
        #expect(blind.denial?.missing == .data("the signatures of the image `\(registry)/api:1.4.2`"))
        let unseen = try verdict(spec, "ghcr.io/me/app:v1")
        #expect(unseen.denial?.evaluation == .error)
        #expect(
            unseen.denial?.message
                == "undecided: needs the signatures of the image `ghcr.io/me/app:v1`: the signature store "
                + "`\(ImageSupport.layout)` does not have it")
        let lenient = try #require(try Support.load(ImageSupport.policy("failurePolicy: Ignore\n\(spec)")).set)
        let ignored = lenient.review(request)
        #expect(ignored.isAllowed && ignored.decisions.contains { $0.missing != nil })
    }

    @Test("looks all images up at once")
    func oneRound() throws {
        let set = try #require(try Support.load(ImageSupport.policy(spec)).set)
        let request = try Support.request(
            ImageSupport.pod("\(registry)/api:1.4.2", "\(registry)/web:3.1.0", "\(registry)/worker:2.0.0"))
        let facts = ImageFacts(cache: ImageCache())
        _ = set.review(request, images: facts)
        #expect(facts.takeNeeds().count == 3)
        #expect(facts.takeNeeds().isEmpty)
    }

    @Test(
        "leaves images alone that no reference matches",
        arguments: ["glob: 'ghcr.io/*'", "expression: ref.startsWith('ghcr.io/')"])
    func references(reference: String) throws {
        let spec = "matchImageReferences:\n- \(reference)\n\(spec)"
        #expect(try verdict(spec, "\(registry)/worker:2.0.0").isAllowed)
        #expect(try !verdict(spec, "ghcr.io/me/app:v1").isAllowed)
        #expect(try !verdict(spec, "\(registry)/worker:2.0.0", "ghcr.io/me/app:v1").isAllowed)
    }

    @Test("takes an image by its full name too, so that a short one does not slip through")
    func shortNames() throws {
        let spec = "matchImageReferences:\n- glob: docker.io/**\n\(spec)"
        #expect(try !verdict(spec, "nginx").isAllowed)
        #expect(try verdict(spec, "\(registry)/worker:2.0.0").isAllowed)
    }

    @Test("demands that every matching image be verified by some policy")
    func required() throws {
        let lax = "validationConfigurations: {verifyDigest: false}\n\(ImageSupport.attestor)"
        let careless = "\(lax)\nvalidations:\n- expression: 'true'"
        let image = "\(registry)/api:1.4.2"
        #expect(
            try verdict(careless, image).denial?.message
                == "image `\(image)` is not verified: no policy checked its signatures or attestations")
        let tolerant =
            "\(lax)\nvalidations:\n- expression: verifyImageSignatures(images.containers[0], [attestors.release]) >= 0"
        #expect(
            try verdict(tolerant, "\(registry)/worker:2.0.0").denial?.message
                == "image `\(registry)/worker:2.0.0` is not signed as required: no check of it succeeded")
        // The other policy comes later, and has verified it all the same.
        let two = ImageSupport.policy(careless) + "---\n" + ImageSupport.policy(spec, name: "q")
        #expect(try ImageSupport.verdict(two, ImageSupport.pod(image)).isAllowed)
        // An init container that the validation forgets is no loophole.
        let forgetful = "\(lax)\n\(ImageSupport.signed)"
        let pod = ImageSupport.pod(image, initContainers: ["\(registry)/worker:2.0.0"])
        #expect(try !ImageSupport.verdict(ImageSupport.policy(forgetful), pod).isAllowed)
        let volume = ImageSupport.pod(image, volume: "\(registry)/worker:2.0.0")
        #expect(try !ImageSupport.verdict(ImageSupport.policy(forgetful), volume).isAllowed)
    }

    @Test("demands digests, but not of manifests whose tags will be pinned")
    func digests() throws {
        let strict = "\(ImageSupport.attestor)\n\(ImageSupport.signed)"
        let pod = ImageSupport.pod("\(registry)/api:1.4.2")
        let denied = try ImageSupport.verdict(ImageSupport.policy(strict), pod)
        #expect(
            denied.denial?.message
                == "image `\(registry)/api:1.4.2` has no digest; the mutating webhook pins tags to digests")
        #expect(try ImageSupport.verdict(ImageSupport.policy(strict), pod, pinning: true).isAllowed)
        let unpinned = "validationConfigurations: {mutateDigest: false}\n\(strict)"
        #expect(try !ImageSupport.verdict(ImageSupport.policy(unpinned), pod, pinning: true).isAllowed)
    }

    @Test("pins tags to digests in the object, and nothing else")
    func pinning() throws {
        let text = ImageSupport.policy(
            "matchImageReferences:\n- glob: '\(registry)/*'\n\(ImageSupport.attestor)\n\(ImageSupport.signed)")
        let set = try #require(try Support.load(text).set)
        let request = try Support.request(
            ImageSupport.pod("\(registry)/api:1.4.2", "nginx", initContainers: ["\(registry)/worker:2.0.0"]))
        let verdict = try ImageSupport.gatherer().review(assumesPinning: false) { facts in
            set.mutate(request, images: facts)
        }
        #expect(verdict.isAllowed)
        let specification = try #require(verdict.object?["spec"])
        let image = try #require(specification["containers"]?.element(at: 0)?["image"]?.string)
        #expect(image.hasPrefix("\(registry)/api:1.4.2@sha256:"))
        #expect(specification["containers"]?.element(at: 1)?["image"]?.string == "nginx")
        #expect(specification["initContainers"]?.element(at: 0)?["image"]?.string?.contains("@sha256:") == true)
        #expect(verdict.patch().operations.count == 2)
        // What is pinned is allowed, and stays as it is.
        let pinned = try ImageSupport.gatherer().review(assumesPinning: false) {
            set.mutate(verdict.request, images: $0)
        }
        #expect(pinned.isAllowed && !pinned.isChanged)
    }

    @Test("denies what it cannot pin")
    func unpinnable() throws {
        let text = ImageSupport.policy("\(ImageSupport.attestor)\n\(ImageSupport.signed)")
        let set = try #require(try Support.load(text).set)
        let request = try Support.request(ImageSupport.pod("ghcr.io/me/app:v1"))
        let verdict = try ImageSupport.gatherer().review(assumesPinning: false) { set.mutate(request, images: $0) }
        #expect(!verdict.isAllowed)
        #expect(verdict.denial?.message.contains("ghcr.io/me/app:v1") == true)
    }

    @Test("reads attestations that were verified, and no others")
    func attestations() throws {
        let attestation = """
            \(ImageSupport.lax)
            \(ImageSupport.attestor)
            attestations:
            - {name: sbom, intoto: {type: cyclonedx}}
            - {name: provenance, intoto: {type: 'https://slsa.dev/provenance/v1'}}
            validations:
            """
        let good = """
            \(attestation)
            - expression: images.containers.all(i, verifyAttestationSignatures(i, attestations.sbom, [attestors.release]) > 0)
            - expression: images.containers.all(i, extractPayload(i, attestations.sbom).predicate.bomFormat == 'CycloneDX')
            - expression: images.containers.all(i, verifyAttestationSignatures(i, attestations.provenance, [attestors.release]) == 1)
            - expression: >-
                images.containers.all(i, extractPayload(i, attestations.provenance).predicate.runDetails.builder.id ==
                'https://builder.example.com')
            """
        let verdict = try verdict(good, "\(registry)/web:3.1.0")
        #expect(verdict.isAllowed, "\(verdict.denial?.message ?? "")")
        #expect(try !self.verdict(good, "\(registry)/api:1.4.2").isAllowed)
        let early =
            "\(attestation)\n- expression: extractPayload(images.containers[0], attestations.sbom).predicate != null"
        #expect(
            try self.verdict(early, "\(registry)/web:3.1.0").denial?.message.contains("was not verified") == true)
        let unknown =
            "\(attestation)\n- expression: verifyAttestationSignatures(images.containers[0], 'nope', [attestors.release]) > 0"
        #expect(
            try self.verdict(unknown, "\(registry)/web:3.1.0").denial?.message
                .contains("attestation not found in policy: nope") == true)
    }

    @Test("knows what images are made of")
    func metadata() throws {
        let image = "\(registry)/api:1.4.2"
        let spec = """
            \(ImageSupport.lax)
            \(ImageSupport.attestor)
            variables:
            - {name: data, expression: 'getImageData(images.containers[0])'}
            validations:
            - expression: variables.data.config.config.User == '65532' && variables.data.registry == 'registry.example.com'
            - expression: variables.data.digest.startsWith('sha256:') && variables.data.tag == '1.4.2'
            - expression: image.GetMetadata(images.containers[0]).resolvedImage.contains('@sha256:')
            """
        let verdict = try verdict(spec, image)
        #expect(verdict.isAllowed, "\(verdict.denial?.message ?? "")")
        #expect(try self.verdict(spec, "ghcr.io/me/app:v1").denial?.missing != nil)
    }

    @Test("judges workloads by their templates, without the policy saying so")
    func autogen() throws {
        let deployment = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers: [{name: c, image: '\(registry)/worker:2.0.0'}]
            """
        let policy = ImageSupport.policy(spec)
        #expect(try !ImageSupport.verdict(policy, deployment).isAllowed)
        #expect(
            try ImageSupport.verdict(policy, deployment.replacing("worker:2.0.0", with: "api:1.4.2")).isAllowed)
    }

    @Test("finds images of custom resources where the policy says they are")
    func extractors() throws {
        let policy = """
            apiVersion: policies.kyverno.io/v1beta1
            kind: ImageValidatingPolicy
            metadata: {name: p}
            spec:
              matchConstraints:
                resourceRules:
                - {apiGroups: [example.com], apiVersions: [v1], operations: [CREATE], resources: [tasks]}
              images:
              - {name: steps, expression: 'object.spec.steps.map(s, s.image)'}
            \(ImageSupport.indented(ImageSupport.lax, by: 2))
            \(ImageSupport.indented(ImageSupport.attestor, by: 2))
              validations:
              - expression: images.steps.all(i, verifyImageSignatures(i, [attestors.release]) > 0)
            """
        func task(_ image: String) -> String {
            "apiVersion: example.com/v1\nkind: Task\nmetadata: {name: t}\nspec: {steps: [{image: '\(registry)/\(image)'}]}"
        }
        #expect(try ImageSupport.verdict(policy, task("api:1.4.2")).isAllowed)
        #expect(try !ImageSupport.verdict(policy, task("worker:2.0.0")).isAllowed)
    }

    @Test("takes keys from parameters, also new ones")
    func evaluatedKeys() throws {
        let spec = """
            \(ImageSupport.lax)
            attestors:
            - name: release
              cosign:
                ctlog: {insecureIgnoreTlog: true}
                key: {expression: "resource.Get('v1', 'configmaps', 'keys', 'signing').data.key"}
            \(ImageSupport.signed)
            """
        func keys(_ key: String) -> String {
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: signing, namespace: keys}\ndata:\n  key: |\n"
                + ImageSupport.indented(key, by: 4)
        }
        let pod = ImageSupport.pod("\(registry)/api:1.4.2")
        let policy = ImageSupport.policy(spec)
        #expect(try ImageSupport.verdict(policy, pod, context: keys(ImageSupport.key)).isAllowed)
        let broken = try ImageSupport.verdict(policy, pod, context: keys("no key"))
        #expect(broken.denial?.evaluation == .error)
        #expect(broken.denial?.message.contains("attestor `release`") == true)
        #expect(try ImageSupport.verdict(policy, pod).denial?.missing != nil)
    }

    @Test("lets exceptions excuse objects, or single images")
    func exceptions() throws {
        func exception(_ spec: String) -> String {
            "---\napiVersion: policies.kyverno.io/v1\nkind: PolicyException\nmetadata: {name: e}\nspec:\n"
                + "  policyRefs: [{name: p, kind: ImageValidatingPolicy}]\n  \(spec)\n"
        }
        let strict = "validationConfigurations: {verifyDigest: false}\n\(ImageSupport.attestor)"
        let pod = ImageSupport.pod("\(registry)/worker:2.0.0")
        let whole =
            ImageSupport.policy(spec)
            + exception("matchConditions: [{name: c, expression: \"object.metadata.name == 'web'\"}]")
        #expect(try ImageSupport.verdict(whole, pod).isAllowed)
        let one = """
            \(strict)
            validations:
            - expression: >-
                images.containers.all(i, i in exceptions.allowedImages || verifyImageSignatures(i, [attestors.release]) > 0)
            """
        #expect(try !ImageSupport.verdict(ImageSupport.policy(one), pod).isAllowed)
        let excused = ImageSupport.policy(one) + exception("images: ['\(registry)/worker:2.0.0']")
        #expect(try ImageSupport.verdict(excused, pod).isAllowed)
        let other = ImageSupport.pod("\(registry)/worker:2.0.0", "\(registry)/copied:1.0.0")
        #expect(try !ImageSupport.verdict(excused, other).isAllowed)
    }

    @Test("is confined to its namespace where it is in one")
    func namespaced() throws {
        let text = ImageSupport.policy(spec, kind: "NamespacedImageValidatingPolicy")
            .replacing("  name: p\n", with: "  name: p\n  namespace: other\n")
        #expect(try ImageSupport.verdict(text, ImageSupport.pod("\(registry)/worker:2.0.0")).isAllowed)
        let here = text.replacing("namespace: other", with: "namespace: default")
        #expect(try !ImageSupport.verdict(here, ImageSupport.pod("\(registry)/worker:2.0.0")).isAllowed)
    }

    @Test("the policy that ships")
    func shipped() throws {
        let text = try String(
            contentsOfFile: "\(ImageSupport.repository.path)/policies/require-image-signatures.yaml", encoding: .utf8)
        #expect(try ImageSupport.verdict(text, ImageSupport.pod("\(registry)/api:1.4.2"), pinning: true).isAllowed)
        #expect(try ImageSupport.verdict(text, ImageSupport.pod("nginx")).isAllowed)
        for image in ["worker:2.0.0", "api:1.5.0-rc1", "tampered:1.0.0", "copied:1.0.0", "multi:1.0.0"] {
            let verdict = try ImageSupport.verdict(text, ImageSupport.pod("\(registry)/\(image)"), pinning: true)
            #expect(verdict.denial?.evaluation == .deny, "\(image)")
        }
        #expect(try !ImageSupport.verdict(text, ImageSupport.pod("\(registry)/api:1.4.2")).isAllowed)
    }
}

@Suite("What an ImageValidatingPolicy may not say")
struct ImagePolicyErrorTests {
    struct Case: Sendable, CustomStringConvertible {
        let spec: String
        /// What the message must hold, and the text at the place it points to.
        let message: String
        let place: String

        init(_ spec: String, _ message: String, at place: String) {
            self.spec = spec
            self.message = message
            self.place = place
        }

        var description: String { message }
    }

    private static let cases = [
        Case("attestors: [{name: a}]", "`cosign` or `notary`", at: "{name: a"),
        Case("attestors: [{name: a, cosign: {}}]", "one of `key`, `keyless` and `certificate`", at: "{}"),
        Case("attestors: [{name: a, cosign: {key: {kms: 'awskms://x'}}}]", "keys are not fetched", at: "'awskms://x'"),
        Case(
            "attestors: [{name: a, cosign: {key: {data: nonsense}}}]", "spec.attestors[0].cosign.key.data",
            at: "nonsense"),
        Case(
            "attestors: [{name: a, cosign: {key: {data: x}, tuf: {mirror: m}}}]", "nothing is fetched", at: "{mirror: m"
        ),
        Case(
            "attestors: [{name: a, cosign: {keyless: {identities: [{subject: s}]}}}]",
            "`issuer` or `issuerRegExp` is required", at: "{subject: s"),
        Case(
            "attestors: [{name: a, cosign: {keyless: {identities: []}}}]",
            "spec.attestors[0].cosign.keyless.identities", at: "{identities"),
        Case(
            "attestors: [{name: a, cosign: {keyless: {identities: [{issuer: i, subjectRegExp: '('}]}}}]",
            "is not a pattern", at: "'('"),
        Case("attestors: [{name: a, notary: {}}]", "spec.attestors[0].notary.certs", at: "{}"),
        Case("attestors: [{name: a, notary: {certs: {value: x}}}]", "certificate", at: "x"),
        Case("attestors: []\nattestations: [{name: s}]", "`intoto` or `referrer`", at: "{name: s"),
        Case("attestors: []\nattestations: [{name: s, referrer: {}}]", "spec.attestations[0].referrer.type", at: "{}"),
        Case("attestors: []\nmatchImageReferences: [{}]", "`glob` or `expression`", at: "{}"),
        Case("attestors: []\nmatchImageReferences: [{glob: 'a[b'}]", "`[` has no `]`", at: "'a[b'"),
        Case("attestors: []\nmatchImageReferences: [{expression: ref}]", "must evaluate to bool", at: "ref"),
        Case(
            "attestors: []\ncredentials: {allowInsecureRegistry: true}", "cannot turn encryption off",
            at: "{allowInsecureRegistry"),
        Case("attestors: []\nvalidationConfigurations: {required: maybe}", "must be true or false", at: "maybe"),
        Case("attestors: []\nimages: [{name: a-b, expression: '[]'}]", "a name that expressions can use", at: "a-b"),
        Case("attestors: []\nimageRules: []", "unknown field", at: "imageRules"),
        Case("attestors: [{name: a, cosign: {key: {data: x, hashAlgorithm: md5}}}]", "hashAlgorithm", at: "md5"),
    ]

    @Test("is said with its place", arguments: cases)
    func place(_ entry: Case) throws {
        let text = ImageSupport.policy("\(entry.spec)\nvalidations:\n- expression: 'true'")
        let (set, log) = try Support.load(text)
        #expect(set == nil)
        let found = log.diagnostics.first { $0.message.contains(entry.message) }
        let diagnostic = try #require(found, "\(log.diagnostics.map(\.message))")
        let line = text.split(separator: "\n", omittingEmptySubsequences: false)[
            Int(try #require(diagnostic.range).start.line) - 1]
        let column = Int(try #require(diagnostic.range).start.column)
        #expect(line.dropFirst(column - 1).hasPrefix(entry.place), "\(line.dropFirst(column - 1))")
    }
}

@Suite struct ImagePatternTests {
    @Test(
        "globs match as Kyverno's do",
        arguments: [
            ("ghcr.io/*", "ghcr.io/a/b:v1", true), ("ghcr.io/**", "ghcr.io/a/b:v1", true),
            ("ghcr.io/*", "evil.test/ghcr.io/a", false), ("*", "", true), ("a?c", "abc", true), ("a?c", "ac", false),
            ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[!a-c]x", "dx", true),
            ("{ghcr.io,quay.io}/me/*", "quay.io/me/app", true), ("{ghcr.io,quay.io}/me/*", "gcr.io/me/app", false),
            ("a.b/c", "aXb/c", false), ("a\\*b", "a*b", true), ("a\\*b", "axb", false), ("a,b", "a,b", true),
            ("ghcr.io/me", "ghcr.io/me\nx", false),
        ])
    func globs(glob: String, text: String, matches: Bool) throws {
        #expect(try ImagePattern(glob: glob).matches(text) == matches)
    }

    @Test("broken globs are refused", arguments: ["[a", "{a", "a\\", "["])
    func broken(glob: String) {
        #expect(throws: (any Error).self) { try ImagePattern(glob: glob) }
    }
}
