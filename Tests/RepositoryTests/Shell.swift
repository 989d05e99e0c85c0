import Dispatch
import Foundation
import Glibc

/// A command line run by bash in the repository's root, with this build's executables first on the PATH.
struct Shell {
    struct Result {
        var status: Int32
        /// Standard output and standard error, as they came.
        var output: String
    }

    /// Added to the environment, or put in place of what is there.
    var environment: [String: String] = [:]

    func run(_ command: String) throws -> Result {
        let running = try start(command)
        return running.wait()
    }

    func start(_ command: String) throws -> Running {
        // A file instead of a pipe: nobody has to drain it, however much is written.
        let log = FileManager.default.temporaryDirectory.appending(path: "guardrail-\(UUID().uuidString).log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let output = try FileHandle(forWritingTo: log)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = Repository.root
        process.environment = ProcessInfo.processInfo.environment
            .merging(["PATH": path]) { $1 }
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try Self.withoutBlockedSignals { try process.run() }
        try output.close()
        return Running(process: process, ended: ended, log: log)
    }

    /// The threads that tests run on block signals, and a child would inherit that: SIGTERM could not reach it.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_UNBLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    private var path: String {
        "\(Repository.products.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
    }

    struct Running {
        let process: Process
        let ended: DispatchSemaphore
        let log: URL

        /// Waits for the end, at most `limit` seconds; then the process is killed, and the status is 137.
        func wait(limit: Double = 60) -> Result {
            if ended.wait(timeout: .now() + limit) == .timedOut {
                kill(process.processIdentifier, SIGKILL)
            }
            process.waitUntilExit()
            let output = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            try? FileManager.default.removeItem(at: log)
            // As a shell reports it: 128 and the signal's number.
            let bySignal = process.terminationReason == .uncaughtSignal
            return Result(status: (bySignal ? 128 : 0) + process.terminationStatus, output: output)
        }

        func terminate() -> Result {
            process.terminate()
            return wait(limit: 15)
        }
    }
}
