import Foundation

/// The bundles of sigstore's conformance suite.
package struct ConformanceCases: Decodable, Sendable {
    package struct Case: Decodable, Sendable {
        /// Paths are below the suite's directory.
        package let name, bundle, trustedRoot, artifact, artifactDigest, expect: String
        package let identity, issuer, key: String?
    }

    package let cases: [Case]

    package static func load() throws -> ConformanceCases {
        try JSONDecoder().decode(
            ConformanceCases.self, from: Data(try SharedSignatures.bytes("sigstore-conformance/index.json")))
    }

    /// The file behind a path of a case.
    package static func path(_ path: String) -> String {
        (SharedSignatures.root?.appendingPathComponent("sigstore-conformance/" + path).path) ?? path
    }
}
