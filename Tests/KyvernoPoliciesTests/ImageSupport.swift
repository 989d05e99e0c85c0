import Admission
import Diagnostics
import Foundation
import ImageGathering
import ImageVerification
import PolicyEngine
import Testing
import Values

/// Images of testdata/image-policies/signatures and policies about them.
enum ImageSupport {
    static let repository: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url
    }()

    static let layout = repository.appendingPathComponent("testdata/image-policies/signatures").path

    static func gatherer(
        _ directory: String = layout, root: TrustedRoot? = nil, cache: ImageCache = ImageCache()
    ) throws -> ImageGatherer {
        ImageGatherer(
            source: try LayoutLocator(directory: directory), trustedRoot: root, cache: cache,
            // The shared fixtures' certificates and expiry times are set around it.
            clock: { Timestamp(seconds: 1_795_219_200, nanoseconds: 0) })
    }

    /// The key that signed the images, from the policy that ships.
    static let key: String = {
        let text =
            (try? String(contentsOfFile: "\(repository.path)/policies/require-image-signatures.yaml", encoding: .utf8))
            ?? ""
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let start = lines.firstIndex(of: "-----BEGIN PUBLIC KEY-----"),
            let end = lines.firstIndex(of: "-----END PUBLIC KEY-----")
        else { return "" }
        return lines[start...end].joined(separator: "\n")
    }()

    static func indented(_ text: String, by count: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
    }

    /// An attestor `release` with the key of the images.
    static var attestor: String {
        """
        attestors:
        - name: release
          cosign:
            ctlog: {insecureIgnoreTlog: true}
            key:
              data: |
        \(indented(key, by: 8))
        """
    }

    static let signed = """
        validations:
        - expression: images.containers.map(image, verifyImageSignatures(image, [attestors.release])).all(n, n > 0)
          message: not signed
        """

    static let lax = "validationConfigurations: {verifyDigest: false, required: false}"

    static func policy(_ spec: String, name: String = "p", kind: String = "ImageValidatingPolicy") -> String {
        Support.policy(spec, name: name, kind: kind)
    }

    static func pod(_ images: String..., initContainers: [String] = [], volume: String = "") -> String {
        let containers = images.enumerated().map { "  - {name: c\($0.offset), image: '\($0.element)'}" }
        let first = initContainers.enumerated().map { "  - {name: i\($0.offset), image: '\($0.element)'}" }
        return """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
            \(containers.map { "  \($0)" }.joined(separator: "\n"))
            \(first.isEmpty ? "" : "  initContainers:\n" + first.map { "  \($0)" }.joined(separator: "\n"))
            \(volume.isEmpty ? "" : "  volumes:\n    - {name: v, image: {reference: '\(volume)'}}")
            """
    }

    /// The verdict after everything was gathered.
    static func verdict(
        _ policies: String, _ manifest: String, gatherer: ImageGatherer? = nil, pinning: Bool = false,
        context: String = ""
    ) throws -> Verdict {
        let (set, log) = try Support.load(policies, context: context)
        let policies = try #require(set, "\(log.diagnostics)")
        let request = try Support.request(manifest)
        return try (gatherer ?? self.gatherer()).review(assumesPinning: pinning) { facts in
            policies.review(request, images: facts)
        }
    }
}
