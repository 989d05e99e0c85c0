import Foundation

/// One run of the built `policy-check`, with both streams drained before its exit is awaited.
struct CommandRun {
    let status: Int32
    let output: String
    let errors: String

    static let root: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url
    }()

    /// Beside the test bundle, which the same build makes.
    static let binary: URL = {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let candidates = [own.deletingLastPathComponent(), root.appendingPathComponent(".build/debug")]
        return candidates.map { $0.appendingPathComponent("policy-check") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? candidates[1]
    }()

    /// - Parameters:
    ///   - directory: where it runs; paths in the output are relative to it.
    ///   - program: what runs in place of the command, such as a script around it.
    init(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], in directory: URL = root,
        program: URL = binary
    ) throws {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = directory
        var variables = ProcessInfo.processInfo.environment
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"] {
            variables[name] = nil
        }
        variables["COLUMNS"] = "100"
        process.environment = variables.merging(environment) { _, new in new }
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        let drained = DispatchGroup()
        let errors = Drain(stderr.fileHandleForReading, drained)
        let output = Drain(stdout.fileHandleForReading, drained)
        DispatchQueue.global().async(group: drained) {
            // The process may end without having read its input.
            signal(SIGPIPE, SIG_IGN)
            try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try? stdin.fileHandleForWriting.close()
        }
        drained.wait()
        process.waitUntilExit()
        status = process.terminationStatus
        self.output = String(decoding: output.data, as: UTF8.self)
        self.errors = String(decoding: errors.data, as: UTF8.self)
    }
}

/// Reads a pipe to its end on a queue of its own.
private final class Drain: @unchecked Sendable {
    // SAFETY: written once on the queue, read after the group has ended.
    private(set) var data = Data()

    init(_ handle: FileHandle, _ group: DispatchGroup) {
        DispatchQueue.global().async(group: group) { self.data = handle.readDataToEndOfFile() }
    }
}

/// A directory that is gone after the test.
final class TemporaryDirectory {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("policy-check-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return name
    }
}
