import Diagnostics
import Documents
import Foundation
import KubernetesSchemas
import PolicyTesting
import Testing
import Values

@Suite("Kyverno's own tests of its CEL policies", .enabled(if: SharedTests.isThere))
struct ConformanceTests {
    /// Tests that hold only through what Kyverno's runner does unlike any cluster, by directory with the quirk.
    static let quirks: [String: CheckOutcome.Quirk] = [
        "test-ruleless-policy": .unknownRule, "with-two-params": .paramsAsList,
    ]

    @Test("hold, except for those that hold through a quirk")
    func all() throws {
        var suite = TestSuite()
        suite.load(path: try #require(SharedTests.root))
        #expect(!suite.log.hasErrors, "\(suite.log.diagnostics.map(\.message))")
        let runner = TestRunner()
        var counts: [TestOutcome.Status: Int] = [:]
        var checks = 0
        for test in suite.tests {
            let outcome = runner.run(test)
            counts[outcome.status, default: 0] += 1
            if outcome.status == .passed { checks += outcome.checks.count }
            let directory = URL(fileURLWithPath: outcome.file).deletingLastPathComponent().lastPathComponent
            switch outcome.status {
            case .passed:
                #expect(Self.quirks[directory] == nil, "\(outcome.file) holds now: take it off the list")
            case .skipped: Issue.record("\(outcome.name) was skipped")
            case .unsupported: Issue.record("\(outcome.file): \(outcome.reason)")
            case .invalid:
                Issue.record("\(outcome.name) (\(outcome.file)): \(outcome.diagnostics.map(\.message))")
            case .failed:
                let found = Set(outcome.failures.map(\.quirk))
                #expect(
                    Self.quirks[directory].map { found == [$0] } ?? false,
                    "\(outcome.name) (\(outcome.file)): \(outcome.failures.map { "\($0.resource): \($0.failure ?? "")" })"
                )
            }
        }
        #expect(suite.tests.count >= 120)
        // A ratchet: more may pass, never fewer.
        #expect(counts[.passed, default: 0] >= 119, "\(counts)")
        #expect(checks >= 900, "\(checks)")
    }

    /// Tests that hold only since `kyverno test` judges objects as they are written, by name with the reason.
    static let writtenOnly = [
        "check-nvidia-gpus": "compares a quantity with a number, which the API server turns into a string"
    ]

    @Test("hold for the objects as the API server admits them too, except for those named")
    func admitted() throws {
        var suite = TestSuite()
        suite.load(path: try #require(SharedTests.root))
        let (written, admitted) = (TestRunner(), TestRunner(schemas: .builtIn))
        var different: Set<String> = []
        // Defaults are in patched objects too, where the files do not expect them.
        for test in suite.tests where !test.comparesObjects {
            let outcomes = [written, admitted].map { $0.run(test) }
            if outcomes[0].checks.map(\.actual) != outcomes[1].checks.map(\.actual) {
                different.insert(outcomes[0].name)
            }
        }
        #expect(different == Set(Self.writtenOnly.keys))
    }

    @Test("all hold with the quirks that are named")
    func quirksAreAccepted() throws {
        var suite = TestSuite()
        suite.load(path: try #require(SharedTests.root))
        let runner = TestRunner(acceptsQuirks: true)
        for test in suite.tests {
            let directory = URL(fileURLWithPath: test.path).deletingLastPathComponent().lastPathComponent
            guard Self.quirks[directory] != nil else { continue }
            #expect(runner.run(test).status == .passed, "\(directory)")
        }
    }
}

/// The tests lie beside the repository.
enum SharedTests {
    static let root: String? = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        let named = ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(fileURLWithPath: $0) }
        return [named, url.appendingPathComponent("shared")].compactMap {
            $0?.appendingPathComponent("conformance/kyverno-cel").path
        }
        .first { FileManager.default.fileExists(atPath: $0) }
    }()

    static var isThere: Bool { root != nil }
}
