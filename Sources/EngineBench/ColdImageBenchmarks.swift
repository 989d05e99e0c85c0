import Admission
import Foundation
import ImageGathering
import ImageRegistry
import ImageVerification
import PolicyEngine
import TestServers
import Values

/// Pods with 1, 5 and 20 images that nobody has seen yet.
enum ColdImageBenchmarks {
    /// A registry without TLS on loopback.
    ///
    /// - Parameter repository: `HOST/PATH`, to which `NUMBER:v1` is added.
    static func near(policy: String, repository: String, rounds: Int) throws {
        try measure("loopback registry", policy, rounds: rounds) { "\(repository)\($0):v1" }
    }

    /// A registry in this process that answers each request after some time, as one does that is further away.
    ///
    /// - Parameter layout: images by `HOST/bench/appNUMBER:v1`, as `make-signed-images.py --count` makes them.
    static func far(policy: String, layout: String, milliseconds: Int, rounds: Int) throws {
        let names = try imageNames(layout)
        let registry = try LayoutRegistry(layout: layout) { _ in .delay(milliseconds: milliseconds) }
        for (kind, separator) in [("tags", ":v1"), ("digests", "@")] {
            let name = "registry \(milliseconds) ms away, \(kind)"
            try measure(name, policy, rounds: rounds) { number in
                let image = names[number]
                return "\(registry.host)/\(image.repository)"
                    + (separator == "@" ? "@\(image.digest)" : separator)
            }
        }
    }

    private static func imageNames(_ layout: String) throws -> [(repository: String, digest: String)] {
        let data = try Data(contentsOf: URL(fileURLWithPath: layout + "/index.json"))
        let index = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return (index?["manifests"] as? [[String: Any]] ?? []).compactMap { entry in
            let name = (entry["annotations"] as? [String: String])?["org.opencontainers.image.ref.name"] ?? ""
            guard name.hasSuffix(":v1"), let digest = entry["digest"] as? String else { return nil }
            return (String(name.dropLast(3)), digest)
        }
    }

    private static func measure(
        _ name: String, _ policy: String, rounds: Int, _ image: (Int) -> String
    ) throws {
        let set = try ImageBenchmarks.load(policy)
        var times: [Int: [Double]] = [:]
        let client = try RegistryClient()
        for _ in 0..<rounds {
            for count in [1, 5, 20] {
                let gatherer = ImageGatherer(
                    source: RegistryLocator(client), trustedRoot: nil, clock: { SystemClock.now() })
                let request = try ImageBenchmarks.pod((0..<count).map(image))
                let start = ContinuousClock.now
                let verdict = gatherer.review(assumesPinning: true) { set.review(request, images: $0) }
                let time = ContinuousClock.now - start
                guard verdict.isAllowed else {
                    throw ImageBenchmarks.Failure(description: verdict.denial?.message ?? "denied")
                }
                times[count, default: []].append(Double(time.components.attoseconds) * 1e-15)
            }
        }
        for count in [1, 5, 20] {
            let sorted = (times[count] ?? []).sorted()
            EngineBench.report([
                ("stage", "\"images-cold\""), ("from", "\"\(name)\""), ("images", "\(count)"),
                ("median_ms", EngineBench.number(sorted[sorted.count / 2])),
                ("least_ms", EngineBench.number(sorted[0])),
            ])
        }
    }
}
