import Foundation
import Testing

@testable import Reporting

@Suite struct RollingHashTests {
    private struct Vector: Decodable {
        let text: String
        let hashes: [String]
    }

    private static let vectors: [Vector] = {
        struct File: Decodable { let vectors: [Vector] }
        guard let url = SharedData.vectors, let data = try? Data(contentsOf: url) else { return [] }
        return (try? JSONDecoder().decode(File.self, from: data))?.vectors ?? []
    }()

    @Test(
        "gives the values of GitHub's uploader",
        .enabled(if: SharedData.vectors != nil, "no vectors beside the repository"))
    func vectors() {
        #expect(Self.vectors.count == 6)
        for vector in Self.vectors { #expect(RollingHash.fingerprints(of: vector.text) == vector.hashes) }
    }

    @Test("counts equal lines")
    func equalLines() {
        let fingerprints = RollingHash.fingerprints(of: "")
        #expect(fingerprints == ["c129715d7a2bc9a3:1"])
    }

    @Test("keeps the parts of a stable hash apart")
    func stableHash() {
        #expect(StableHash.hex(["ab", "c"]) != StableHash.hex(["a", "bc"]))
        #expect(StableHash.hex(["a"]).count == 32)
        #expect(StableHash.hex(["a"]) == StableHash.hex(["a"]))
    }
}

/// Data beside the repository that tests use where it is there.
enum SharedData {
    static let vectors = file("research/sarif-fingerprint-vectors.json")

    private static func file(_ name: String) -> URL? {
        let environment = ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(fileURLWithPath: $0) }
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return [environment, root.appendingPathComponent("shared")].compactMap { $0?.appendingPathComponent(name) }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }
}
