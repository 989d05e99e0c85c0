package import Foundation

/// Signatures that others made, beside the repository; tests that need them are skipped where they are missing.
package enum SharedSignatures {
    package static let root: URL? = {
        let named = ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(fileURLWithPath: $0) }
        var repository = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { repository.deleteLastPathComponent() }
        let beside = [1, 2].map { levels in
            var parent = repository
            for _ in 0..<levels { parent.deleteLastPathComponent() }
            return parent.appendingPathComponent("shared")
        }
        return ([named].compactMap { $0 } + beside).map { $0.appendingPathComponent("signatures") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }()

    package static let missing = "the shared signature vectors are not there; set GUARDRAIL_SHARED to their directory"

    package static func bytes(_ path: String) throws -> [UInt8] {
        guard let root else { throw CocoaError(.fileNoSuchFile) }
        let url = root.appendingPathComponent(path)
        return Array(try Data(contentsOf: url))
    }

    package static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }
}

/// Expected reasons, one `name<TAB>reason` a line; a ratchet: each line must hold, and nothing may be missing.
package enum ExpectedReasons {
    package static func load(_ file: String) throws -> [String: String] {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(file)
        var reasons: [String: String] = [:]
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "\t")
            guard parts.count == 2 else { continue }
            reasons[String(parts[0])] = String(parts[1])
        }
        return reasons
    }
}
