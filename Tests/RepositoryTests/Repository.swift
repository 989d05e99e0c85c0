import Foundation
import Glibc

/// The checkout that the tests belong to.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Where the executables of this build lie: beside the running test bundle.
    static let products: URL = {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let directory = URL(filePath: executable).deletingLastPathComponent()
        // The toolchain's own runner loads the bundle on some hosts; then the conventional place has to do.
        let bundle = directory.appending(path: "guardrailPackageTests.xctest").path
        return FileManager.default.fileExists(atPath: bundle) ? directory : root.appending(path: ".build/debug")
    }()

    /// Whether this build has made the executables (it has, unless a single target was built).
    static var hasProducts: Bool {
        ["policy-check", "policy-webhook"].allSatisfy { access(products.appending(path: $0).path, X_OK) == 0 }
    }

    /// The data that several projects share, beside the checkout or where `GUARDRAIL_SHARED` says; nil if it is not there.
    static var shared: URL? {
        let named = ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(filePath: $0) }
        let directory = named ?? root.deletingLastPathComponent().appending(path: "shared")
        return FileManager.default.fileExists(atPath: directory.appending(path: "conformance").path) ? directory : nil
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    /// Names in a directory, sorted, without hidden ones.
    static func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: path).path)
            .filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Paths of all files below a directory that end in `suffix`, relative to the root, sorted.
    static func files(below path: String, suffix: String) -> [String] {
        let base = root.appending(path: path)
        guard let walker = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return walker.compactMap { $0 as? String }.filter { $0.hasSuffix(suffix) }.map { "\(path)/\($0)" }.sorted()
    }

    /// The rows of a table of tab-separated values, without comments.
    static func table(_ path: String) throws -> [[String]] {
        try text(path).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }

    static func hasTool(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .contains { access("\($0)/\(name)", X_OK) == 0 }
    }
}
