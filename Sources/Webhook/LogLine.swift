import Glibc
import NIOCore

/// One log entry: a JSON object on one line, `time`, `level` and `message` first.
package struct LogLine {
    package enum Level: String, Sendable {
        case info
        case warning
        case error
    }

    private var buffer = ByteBuffer()

    package init(_ level: Level, _ message: String) {
        buffer.writeStaticString(#"{"time":"#)
        buffer.writeJSONString(Self.now())
        add("level", level.rawValue)
        add("message", message)
    }

    package mutating func add(_ name: String, _ value: String) {
        addName(name)
        buffer.writeJSONString(value)
    }

    package mutating func add(_ name: String, _ value: Int) {
        addName(name)
        buffer.writeString(String(value))
    }

    /// Writes the line to standard error in one call, so that lines of several threads do not mix.
    package consuming func write() {
        buffer.writeStaticString("}\n")
        buffer.withUnsafeReadableBytes { bytes in _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }

    private mutating func addName(_ name: String) {
        buffer.writeInteger(UInt8(ascii: ","))
        buffer.writeJSONString(name)
        buffer.writeInteger(UInt8(ascii: ":"))
    }

    /// RFC 3339 in UTC with milliseconds.
    private static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let clock = [Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)]
        return date.map { digits($0, 2) }.joined(separator: "-") + "T"
            + clock.map { digits($0, 2) }.joined(separator: ":") + "." + digits(time.tv_nsec / 1_000_000, 3) + "Z"
    }
}
