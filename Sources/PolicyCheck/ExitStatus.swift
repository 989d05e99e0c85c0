/// What the process exits with. Where several apply the highest counts: what could not be judged is never hidden behind
/// what could.
enum ExitStatus: Int32, Comparable, Sendable {
    case clean = 0
    case violations = 1
    /// Wrong arguments, unreadable input, unwritable output, or nothing checked.
    case input = 2
    /// A policy is invalid, or a check could not be evaluated or decided.
    case policy = 3

    static func < (left: ExitStatus, right: ExitStatus) -> Bool { left.rawValue < right.rawValue }
}

/// Ends the run at once with a message on standard error.
struct RunFailure: Error {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}
