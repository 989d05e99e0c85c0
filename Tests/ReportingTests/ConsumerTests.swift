import Foundation
import Testing

@testable import Reporting

/// The Python that has the packages of scripts/oracles.txt: of GUARDRAIL_ORACLES, of `make oracles`, or the system's.
enum Oracles {
    static let root: URL = {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        return root
    }()

    static let python: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/python3" }
        let given = ProcessInfo.processInfo.environment["GUARDRAIL_ORACLES"].map { ["\($0)/bin/python3"] } ?? []
        let made = root.appendingPathComponent(".build/oracles/bin/python3").path
        return (given + [made] + folders).first { FileManager.default.isExecutableFile(atPath: $0) }
    }()
}

/// Every format as its consumers read it (scripts/check-reports.py).
@Suite struct ConsumerTests {
    @Test(
        "libraries that consume the format read it, and its rules are kept", .enabled(if: Oracles.python != nil),
        arguments: ReportFormat.allCases, ["", "-empty"])
    func consumers(_ format: ReportFormat, _ suffix: String) throws {
        let file = Oracles.root.appendingPathComponent("testdata/snapshots/reports/\(format.rawValue)\(suffix).txt")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Oracles.python ?? "")
        process.arguments = [
            Oracles.root.appendingPathComponent("scripts/check-reports.py").path, "\(format.rawValue)=\(file.path)",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // Libraries may have words of their own in front.
        let said = output.split(separator: "\n").last.map(String.init) ?? ""
        // A package that is not there says so.
        if said.hasPrefix("skip") { print(said) }
        #expect(process.terminationStatus == 0 && (said.hasPrefix("ok") || said.hasPrefix("skip")), "\(said)")
    }
}
