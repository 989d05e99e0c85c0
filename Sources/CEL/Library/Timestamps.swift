package import Values

/// Timestamps as Go's time package reads and writes them, and their arithmetic.
package enum Timestamps {
    /// `time.Parse(time.RFC3339, text)` within the years 1 to 9999; nil otherwise.
    package static func parse(_ text: String) -> Timestamp? {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.digits(4), reader.take("-"),
            let month = reader.digits(2), reader.take("-"),
            let day = reader.digits(2), reader.take("T"),
            // Go's layout takes an hour of one digit too.
            let hour = reader.digits(2) ?? reader.digits(1), reader.take(":"),
            let minute = reader.digits(2), reader.take(":"),
            let second = reader.digits(2)
        else { return nil }
        let nanoseconds = reader.fraction()
        guard let offset = reader.zone(), reader.isAtEnd else { return nil }
        guard (1...12).contains(month), day >= 1, day <= CivilTime.days(inMonth: month, of: year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = CivilTime.daysSinceEpoch(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        guard seconds >= Timestamp.minimumSeconds, seconds <= Timestamp.maximumSeconds else { return nil }
        return Timestamp(
            seconds: seconds, nanoseconds: Int32(nanoseconds), offsetMinutes: Int16(offset / 60))
    }

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        var isAtEnd: Bool { index == bytes.count }

        mutating func digits(_ count: Int) -> Int64? {
            guard index + count <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[index..<index + count] {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            index += count
            return value
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        /// Fraction of a second in nanoseconds; further digits are dropped, as in Go.
        mutating func fraction() -> Int64 {
            guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: ","),
                bytes[index + 1] >= UInt8(ascii: "0"), bytes[index + 1] <= UInt8(ascii: "9")
            else { return 0 }
            index += 1
            var value: Int64 = 0
            var scale: Int64 = 100_000_000
            while let digit = digits(1) {
                value += digit * scale
                scale /= 10
            }
            return value
        }

        /// Seconds east of Greenwich.
        mutating func zone() -> Int64? {
            if take("Z") { return 0 }
            let isEast = take("+")
            guard isEast || take("-"), let hours = digits(2), take(":"), let minutes = digits(2),
                hours <= 24, minutes <= 60
            else { return nil }
            return (hours * 3_600 + minutes * 60) * (isEast ? 1 : -1)
        }
    }

    /// RFC 3339 with only as many decimals as needed.
    ///
    /// - Parameter inUTC: rather than in the zone that the timestamp was written in.
    package static func string(_ timestamp: Timestamp, inUTC: Bool = false) -> String {
        let offset = inUTC ? 0 : Int64(timestamp.offsetMinutes)
        let time = CivilTime(timestamp, offset: offset * 60)
        func padded(_ value: Int64, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        var text = "\(padded(time.year, 4))-\(padded(time.month, 2))-\(padded(time.day, 2))T"
        text += "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
        if timestamp.nanoseconds != 0 {
            var fraction = padded(Int64(timestamp.nanoseconds), 9)
            while fraction.hasSuffix("0") { fraction.removeLast() }
            text += "." + fraction
        }
        if offset == 0 { return text + "Z" }
        let minutes = Int64(offset.magnitude)
        return text + (offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2)
    }
}
