import Admission
import Diagnostics
import Documents
import Foundation
import ImageGathering
import ImageRegistry
import ImageVerification
import PolicyEngine
import PolicyLanguages
import Values

/// What policies about images cost: a decision that is known, a check, and looking at a registry.
enum ImageBenchmarks {
    private struct Failure: Error, CustomStringConvertible { let description: String }

    private static func load(_ path: String) throws -> PolicySet {
        var loader = PolicyLoader()
        loader.load(policyPath: path)
        guard let set = loader.finish().policies else {
            throw Failure(description: "\(path): \(loader.log.diagnostics.map(\.message))")
        }
        return set
    }

    private static func pod(_ images: [String]) throws -> AdmissionRequest {
        let containers = images.enumerated().map { "{name: c\($0.offset), image: '\($0.element)'}" }
        let text =
            "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: n}, spec: {containers: ["
            + containers.joined(separator: ", ") + "]}}"
        var stream = ManifestStream(SourceFile(name: "pod", text: text))
        guard let node = try stream.next() else { throw Failure(description: "no manifest") }
        return try AdmissionRequest(manifest: node)
    }

    /// - Parameters:
    ///   - policy: of `require-image-signatures` and its key.
    ///   - layout: holds the image.
    static func cached(policy: String, layout: String, image: String) throws {
        let set = try load(policy)
        let without = PolicySet.Builder().build()
        let gatherer = ImageGatherer(
            source: try LayoutLocator(directory: layout), trustedRoot: nil, clock: { SystemClock.now() })
        let facts = ImageFacts(cache: gatherer.cache)
        for (name, images) in [("one image", [image]), ("an image that the policy is not about", ["nginx"])] {
            let request = try pod(images)
            let first = gatherer.review(assumesPinning: false) { set.review(request, images: $0) }
            guard first.isAllowed else { throw Failure(description: first.denial?.message ?? "denied") }
            let known = Measurement(count: 20_000) { consume(set.review(request, images: facts)) }
            let free = Measurement(count: 20_000) { consume(without.review(request)) }
            EngineBench.report([
                ("stage", "\"images\""), ("case", "\"\(name)\""),
                ("ns_cached_decision", EngineBench.number(known.nanoseconds)),
                ("ns_without_policies", EngineBench.number(free.nanoseconds)),
                ("allocations", EngineBench.number(known.allocations - free.allocations)),
            ])
        }
    }

    /// Pods with 1, 5 and 20 images that nobody has seen yet, from a registry without TLS on loopback.
    ///
    /// - Parameter repository: `HOST/PATH`, to which `NUMBER:v1` is added.
    static func cold(policy: String, repository: String, rounds: Int) throws {
        let set = try load(policy)
        var times: [Int: [Double]] = [:]
        let client = try RegistryClient()
        for _ in 0..<rounds {
            for count in [1, 5, 20] {
                let gatherer = ImageGatherer(
                    source: RegistryLocator(client), trustedRoot: nil, clock: { SystemClock.now() })
                let request = try pod((0..<count).map { "\(repository)\($0):v1" })
                let start = ContinuousClock.now
                let verdict = gatherer.review(assumesPinning: true) { set.review(request, images: $0) }
                let time = ContinuousClock.now - start
                guard verdict.isAllowed else { throw Failure(description: verdict.denial?.message ?? "denied") }
                times[count, default: []].append(Double(time.components.attoseconds) * 1e-15)
            }
        }
        for count in [1, 5, 20] {
            let sorted = (times[count] ?? []).sorted()
            EngineBench.report([
                ("stage", "\"images-cold\""), ("images", "\(count)"),
                ("median_ms", EngineBench.number(sorted[sorted.count / 2])),
                ("least_ms", EngineBench.number(sorted[0])),
            ])
        }
    }
}
