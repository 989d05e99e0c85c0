import Foundation
import Testing

/// Runs the commands of pages in docs and compares what they print; `RECORD_SNAPSHOTS=1` rewrites the pages.
@Suite struct DocumentationTests {
    static let pages = ["docs/policy-check.md", "docs/testing.md", "docs/image-signatures.md"]

    /// The page with each `$ command` in a console block followed by what it prints now.
    private static func rewritten(_ text: String) throws -> String {
        var out: [String] = []
        var isConsole = false
        var isFirst = true
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("```") {
                isConsole = line == "```console"
                isFirst = true
                out.append(line)
            } else if !isConsole {
                out.append(line)
            } else if line.hasPrefix("$ ") {
                if !isFirst { out.append("") }
                isFirst = false
                out.append(line)
                out += try printed(by: String(line.dropFirst(2)))
            }
        }
        return out.joined(separator: "\n")
    }

    private static func printed(by command: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "exec 2>&1; \(command)"]
        process.currentDirectoryURL = CommandRun.root
        let folder = CommandRun.binary.deletingLastPathComponent().path
        var variables = ProcessInfo.processInfo.environment
        variables["PATH"] = "\(folder):\(variables["PATH"] ?? "/usr/bin:/bin")"
        for name in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"] { variables[name] = nil }
        variables["NO_COLOR"] = "1"
        variables["COLUMNS"] = "100"
        process.environment = variables
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        var lines = output.components(separatedBy: "\n")
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    @Test("a page shows what the commands print", arguments: pages)
    func commands(name: String) throws {
        let page = CommandRun.root.appendingPathComponent(name)
        let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
        let now = try Self.rewritten(text)
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try Data(now.utf8).write(to: page)
            Issue.record("rewrote \(name)")
        } else {
            let differing = zip(text.components(separatedBy: "\n"), now.components(separatedBy: "\n"))
                .first { $0 != $1 }
            #expect(text == now, "first difference: \(String(describing: differing))")
        }
    }
}
