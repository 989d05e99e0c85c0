import Glibc
import NIOCore

/// One log entry: a JSON object on one line, `time`, `level` and `message` first.
package struct LogLine {
    package enum Level: String, Sendable, CaseIterable, Comparable {
        case debug
        case info
        case warning
        case error

        package static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    package let level: Level

    private var buffer = ByteBuffer()

    package init(_ level: Level, _ message: String) {
        self.level = level
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

    package mutating func add(_ name: String, _ value: Bool) {
        addName(name)
        buffer.writeStaticString(value ? "true" : "false")
    }

    /// The whole line with its line end.
    consuming func finished() -> ByteBuffer {
        buffer.writeStaticString("}\n")
        return buffer
    }

    private mutating func addName(_ name: String) {
        buffer.writeInteger(UInt8(ascii: ","))
        buffer.writeJSONString(name)
        buffer.writeInteger(UInt8(ascii: ":"))
    }

    private static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return timestamp(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    /// RFC 3339 in UTC with milliseconds; `seconds` since 1970.
    package static func timestamp(seconds: Int, milliseconds: Int = 0) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let clock = [Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)]
        return date.map { digits($0, 2) }.joined(separator: "-") + "T"
            + clock.map { digits($0, 2) }.joined(separator: ":") + "." + digits(milliseconds, 3) + "Z"
    }
}
