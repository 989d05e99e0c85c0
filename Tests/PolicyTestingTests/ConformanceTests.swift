import Diagnostics
import Documents
import Foundation
import PolicyTesting
import Testing
import Values

@Suite("Kyverno's own tests of its CEL policies", .enabled(if: SharedTests.isThere))
struct ConformanceTests {
    /// Tests that hold only since Kyverno's runner passes what it did not compare, by name with the quirk.
    static let quirks: [String: CheckOutcome.Quirk] = ["require-department-annotation-test": .unknownRule]

    @Test("hold, except for those that need what is not supported")
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
            switch outcome.status {
            case .passed: #expect(Self.quirks[outcome.name] == nil, "\(outcome.name) holds now: take it off the list")
            case .skipped: Issue.record("\(outcome.name) was skipped")
            case .unsupported: #expect(Self.isUnsupported(outcome), "\(outcome.name): \(outcome.reason)")
            case .invalid:
                Issue.record("\(outcome.name) (\(outcome.file)): \(outcome.diagnostics.map(\.message))")
            case .failed:
                let found = Set(outcome.failures.map(\.quirk))
                #expect(
                    Self.quirks[outcome.name].map { found == [$0] } ?? false,
                    "\(outcome.name) (\(outcome.file)): \(outcome.failures.map { "\($0.resource): \($0.failure ?? "")" })"
                )
            }
        }
        #expect(suite.tests.count >= 120)
        // A ratchet: more may pass, never fewer.
        #expect(counts[.passed, default: 0] >= 80, "\(counts)")
        #expect(checks >= 800, "\(checks)")
    }

    /// Only what has to do with mutation or with other servers' requests may be left out.
    private static func isUnsupported(_ outcome: TestOutcome) -> Bool {
        ["Mutating", "mutation", "Envoy", "HTTP"].contains { outcome.reason.contains($0) }
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
