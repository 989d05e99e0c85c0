import Foundation
import Testing

@testable import ImageVerification

/// A throw-away key pair made by the openssl command.
struct TestKey {
    let directory: URL
    let publicPEM: String

    /// - Parameter options: of `openssl genpkey`.
    init(_ options: [String]) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("guardrail-key-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        _ = try Self.openssl(["genpkey"] + options + ["-out", directory.appendingPathComponent("key").path])
        publicPEM = String(
            decoding: try Self.openssl(["pkey", "-in", directory.appendingPathComponent("key").path, "-pubout"]),
            as: UTF8.self)
    }

    static func ec(_ curve: String) throws -> TestKey {
        try TestKey(["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(curve)"])
    }

    var path: String { directory.appendingPathComponent("key").path }

    func key() throws -> PublicKey { try PublicKey(pem: publicPEM) }

    /// - Parameter options: of `openssl dgst` (with the hash), or nil to sign the bytes themselves (Ed25519).
    func sign(_ message: [UInt8], _ options: [String]? = ["-sha256"]) throws -> [UInt8] {
        let file = directory.appendingPathComponent("message-\(UUID().uuidString)")
        try Data(message).write(to: file)
        if let options {
            return try Self.openssl(["dgst"] + options + ["-sign", path, file.path])
        }
        return try Self.openssl(["pkeyutl", "-sign", "-inkey", path, "-rawin", "-in", file.path])
    }

    static func openssl(_ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments.joined(separator: " "))")
        return Array(data)
    }
}
