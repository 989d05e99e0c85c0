import Foundation
import Testing

@testable import ImageVerification

/// An independent verifier agrees on what holds: `cryptography` for Python, where it is installed.
@Suite struct OracleTests {
    private struct Case: Decodable {
        let key, message, signature: String
        let holds: Bool
    }

    private static func python(_ arguments: [String]) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }

    private static let isThere = (try? python(["-c", "import cryptography"]).status) == 0

    @Test("agrees on 600 signatures, right and wrong", .enabled(if: isThere, "python3 has no package `cryptography`"))
    func agrees() throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "oracle_cases.py")
        let (status, output) = try Self.python([script.path, "600"])
        try #require(status == 0)
        var (valid, invalid) = (0, 0)
        for line in output.split(separator: UInt8(ascii: "\n")) {
            let entry = try JSONDecoder().decode(Case.self, from: line)
            let message = try #require(BinaryText.decodeBase64(entry.message.utf8))
            let signature = try #require(BinaryText.decodeBase64(entry.signature.utf8))
            let key = try PublicKey(pem: entry.key)
            #expect(key.verifiesAsCosign(signature, over: message) == entry.holds, "\(line)")
            if entry.holds { valid += 1 } else { invalid += 1 }
        }
        #expect(valid + invalid == 600)
        #expect(valid > 100)
        #expect(invalid > 100)
    }
}
