import Foundation
import TestCertificates
import Testing

/// The built `policy-webhook` under load while things go wrong; docs/reliability.md lists what each scenario shows.
@Suite(.serialized, .enabled(if: Tool.exists("python3") && TestCertificates.isPossible, "needs python3 and openssl"))
struct SoakTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Beside the test bundle, which the same build makes.
    static func binary(_ name: String) -> String {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let candidates = [own, root.appendingPathComponent(".build/debug")].map { $0.appendingPathComponent(name).path }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? candidates[1]
    }

    @Test(
        "keeps its word",
        arguments: [
            "sigterm", "rotation", "policies", "misbehaving", "connections", "descriptors", "full-disk",
            "record-full-disk", "stuck-log", "clock-jump",
        ])
    func scenario(name: String) throws {
        let script = Self.root.appendingPathComponent("scripts/soak.py").path
        let result = try Tool.run(
            [
                "timeout", "120", "python3", script, "--binary", Self.binary("policy-webhook"), "--connections", "5000",
                name,
            ])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test("a short soak")
    func soak() throws {
        let script = Self.root.appendingPathComponent("scripts/soak.py").path
        let result = try Tool.run(
            ["timeout", "60", "python3", script, "--binary", Self.binary("policy-webhook"), "--seconds", "4", "soak"])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}
