import Admission
import Diagnostics
import Documents
import ImageGathering
import ImageVerification
import PolicyEngine
import PolicyLanguages
import Values

/// What policies about images cost where all images are known.
enum ImageBenchmarks {
    struct Failure: Error, CustomStringConvertible { let description: String }

    static func load(_ path: String) throws -> PolicySet {
        var loader = PolicyLoader()
        loader.load(policyPath: path)
        guard let set = loader.finish().policies else {
            throw Failure(description: "\(path): \(loader.log.diagnostics.map(\.message))")
        }
        return set
    }

    static func pod(_ images: [String]) throws -> AdmissionRequest {
        let containers = images.enumerated().map { "{name: c\($0.offset), image: '\($0.element)'}" }
        let text =
            "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: n}, spec: {containers: ["
            + containers.joined(separator: ", ") + "]}}"
        var stream = ManifestStream(SourceFile(name: "pod", text: text))
        guard let node = try stream.next() else { throw Failure(description: "no manifest") }
        return try AdmissionRequest(manifest: node)
    }

    /// The facts about an image, after a first decision that allows it.
    private static func facts(
        _ set: PolicySet, _ request: AdmissionRequest, layout: String
    ) throws -> ImageFacts {
        let gatherer = ImageGatherer(
            source: try LayoutLocator(directory: layout), trustedRoot: nil, clock: { SystemClock.now() })
        let first = gatherer.review(assumesPinning: false) { set.review(request, images: $0) }
        guard first.isAllowed else { throw Failure(description: first.denial?.message ?? "denied") }
        return ImageFacts(cache: gatherer.cache)
    }

    /// - Parameters:
    ///   - policy: of `require-image-signatures` and its key.
    ///   - layout: holds the image.
    static func cached(policy: String, layout: String, image: String) throws {
        let set = try load(policy)
        let without = PolicySet.Builder().build()
        for (name, images) in [("one image", [image]), ("an image that the policy is not about", ["nginx"])] {
            let request = try pod(images)
            let facts = try facts(set, request, layout: layout)
            // Alternately, so that a busy machine slows both.
            var known: [Measurement] = []
            var free: [Measurement] = []
            for _ in 0..<9 {
                known.append(Measurement(rounds: 1, count: 10_000) { consume(set.review(request, images: facts)) })
                free.append(Measurement(rounds: 1, count: 10_000) { consume(without.review(request)) })
            }
            let best = (known.map(\.nanoseconds).min() ?? 0, free.map(\.nanoseconds).min() ?? 0)
            EngineBench.report([
                ("stage", "\"images\""), ("case", "\"\(name)\""),
                ("ns_cached_decision", EngineBench.number(best.0)),
                ("ns_without_policies", EngineBench.number(best.1)),
                ("ns_more", EngineBench.number(best.0 - best.1)),
                ("allocations", EngineBench.number(known[0].allocations - free[0].allocations)),
            ])
        }
    }

    /// - Parameter policy: `-` for none.
    static func repeated(policy: String, layout: String, image: String, count: Int) throws {
        let set = policy == "-" ? PolicySet.Builder().build() : try load(policy)
        let request = try pod([image])
        let facts = try facts(set, request, layout: layout)
        for _ in 0..<count { consume(set.review(request, images: facts)) }
    }
}
