import Admission
import Diagnostics
import Documents
import Foundation
import PolicyEngine
import PolicyLanguages
import ValidatingAdmissionPolicies
import Values

/// Data that lies beside the repository; tests that need it are skipped where it is missing.
enum SharedData {
    static let root: URL? = {
        let named = ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(fileURLWithPath: $0) }
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared")
        return [named, beside].compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0.path) }
    }()

    static var isThere: Bool { root != nil }

    static func read(_ path: String) throws -> Document {
        guard let root else { throw CocoaError(.fileNoSuchFile) }
        return try JSONParser(maximumBytes: 64 << 20).parse(
            Array(Data(contentsOf: root.appendingPathComponent(path))))
    }
}

/// What a run of one case came to, in the words of the data.
struct CaseOutcome {
    var differences: [String] = []

    mutating func expect(_ what: String, _ actual: String, _ expected: String) {
        if Self.comparable(actual) != Self.comparable(expected) {
            let start = Self.firstDifference(actual, expected)
            differences.append(
                "\(what): …\(actual.dropFirst(start).prefix(300)) != …\(expected.dropFirst(start).prefix(300))")
        }
    }

    /// Where long texts part, with some of what is before.
    private static func firstDifference(_ left: String, _ right: String) -> Int {
        max(0, left.commonPrefix(with: right).count - 40)
    }

    /// Compile errors are worded by this project; only that there is one, and where, is compared.
    static func comparable(_ text: String) -> String {
        guard let range = text.range(of: "compilation failed: ") ?? text.range(of: "fails to compile: ") else {
            return text
        }
        return String(text[..<range.upperBound])
    }
}

extension Node {
    func text(_ key: String) -> String { self[key]?.string ?? "" }
}
