import ArgumentParser
import Glibc
import Webhook

/// Keeping requests for a replay.
struct RecordingOptions: ParsableArguments {
    @Option(
        name: .customLong("record"),
        help: "Keep the latest requests and answers in this directory, without the data of Secrets, for policy-check.")
    var directory: String?

    @Option(name: .customLong("record-limit"), help: "How many requests --record keeps.")
    var limit = 1000

    func validate() throws {
        guard (1...ExecutableLimits.recordings).contains(limit) else {
            throw ValidationError("--record-limit must be between 1 and \(ExecutableLimits.recordings)")
        }
    }

    /// - Throws: `StartFailure` if the directory is none, or not ours to write to.
    func recorder(log: Log, status: ServerStatus) throws -> Recorder? {
        guard let directory else { return nil }
        var attributes = stat()
        guard stat(directory, &attributes) == 0 else {
            let reason = String(cString: strerror(errno))
            throw StartFailure(exitCode: 2, text: "error: --record: cannot use `\(directory)`: \(reason)")
        }
        guard attributes.st_mode & S_IFMT == S_IFDIR else {
            throw StartFailure(exitCode: 2, text: "error: --record: `\(directory)` is not a directory")
        }
        guard access(directory, W_OK | X_OK) == 0 else {
            let reason = String(cString: strerror(errno))
            throw StartFailure(exitCode: 2, text: "error: --record: cannot write to `\(directory)`: \(reason)")
        }
        let recorder = Recorder(directory: directory, limit: limit, log: log)
        status.add(recorder)
        return recorder
    }
}
