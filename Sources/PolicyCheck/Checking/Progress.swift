import Glibc
import Reporting

/// One line on standard error that says how far a long run is; only on a terminal, and only after a while.
final class Progress {
    private let total: Int
    private let isShown: Bool
    private let started = Progress.now
    private var done = 0
    private var last: Double = 0
    private var isDrawn = false

    /// Seconds before the first line, and between two.
    private static let delay = 0.5
    private static let interval = 0.1

    init(total: Int, isQuiet: Bool) {
        self.total = total
        isShown = !isQuiet && isatty(STDERR_FILENO) == 1 && Environment.variable("TERM") != "dumb"
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Takes the line away before anything else is written.
    func clear() {
        guard isDrawn else { return }
        isDrawn = false
        write("\r\u{1B}[K")
    }

    func advance(_ summary: Summary) {
        done += 1
        guard isShown else { return }
        let elapsed = Self.now - started
        guard elapsed > Self.delay, elapsed - last > Self.interval else { return }
        last = elapsed
        isDrawn = true
        let rate = Int(Double(done) / elapsed)
        write("\(done)/\(total) files, \(rate)/s, \(summary.findingsText)")
    }

    private func write(_ text: String) {
        // Nobody misses a line that cannot be written.
        _ = text.utf8CString.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count - 1) }
    }
}
