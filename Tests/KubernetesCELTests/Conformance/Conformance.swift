import CEL
import Documents
import Foundation
import KubernetesCEL
import Values

/// The conformance data beside the repository; tests that need it are skipped where it is missing.
enum Conformance {
    static let folder: URL? = {
        let environment = ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(fileURLWithPath: $0) }
        var beside = URL(fileURLWithPath: #filePath)
        for _ in 0..<5 { beside.deleteLastPathComponent() }
        return [environment, beside.appendingPathComponent("shared")]
            .compactMap { $0?.appendingPathComponent("conformance") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }()

    static var isPresent: Bool { folder != nil }

    static func json(_ name: String) -> Any {
        guard let folder, let data = try? Data(contentsOf: folder.appendingPathComponent(name)) else { return [:] }
        return (try? JSONSerialization.jsonObject(with: data)) ?? [:]
    }

    static func document(_ name: String) -> Document? {
        guard let folder, let data = try? Data(contentsOf: folder.appendingPathComponent(name)) else { return nil }
        return try? JSONParser().parse(Array(data))
    }

    /// Known failures: test name to reason. A listed test that passes fails the run.
    static let skips: [String: String] = {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let file = root.appendingPathComponent("testdata/conformance-skips.json")
        guard let data = try? Data(contentsOf: file),
            let groups = try? JSONSerialization.jsonObject(with: data) as? [String: [String]]
        else { return [:] }
        return Dictionary(
            groups.flatMap { reason, names in names.map { ($0, reason) } }, uniquingKeysWith: { first, _ in first })
    }()
}

/// What one case came out as, and what it should have.
struct Outcome {
    var name: String
    /// nil if it passed.
    var failure: String?
}

/// Counts by file, and every surprise.
struct Tally {
    private(set) var passed = 0
    private(set) var skipped = 0
    private(set) var failures: [String] = []
    private(set) var wronglySkipped: [String] = []

    mutating func add(_ outcome: Outcome) {
        if Conformance.skips[outcome.name] != nil {
            if outcome.failure == nil { wronglySkipped.append(outcome.name) } else { skipped += 1 }
        } else if let failure = outcome.failure {
            failures.append("\(outcome.name): \(failure)")
        } else {
            passed += 1
        }
    }

    mutating func skip() { skipped += 1 }

    func report(_ file: String) {
        print("\(file): \(passed) passed / \(failures.count) failed / \(skipped) skipped")
        let limit = Int(ProcessInfo.processInfo.environment["CONFORMANCE_FAILURES"] ?? "") ?? 20
        for failure in failures.prefix(limit) { print("    \(failure)") }
        for name in wronglySkipped { print("    listed as failing, but passes: \(name)") }
    }
}
