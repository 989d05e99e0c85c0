internal import Values

/// Durations as Go's time package reads and writes them; the unit is the nanosecond.
package enum Durations {
    private static let units: [(name: String, nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// `time.ParseDuration`: `1h30m`, `-1.5s`, `0`; nil if the text is no duration or out of range.
    package static func parse(_ text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        var isNegative = false
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        if rest.elementsEqual([UInt8(ascii: "0")]) { return 0 }
        if rest.isEmpty { return nil }
        var total: UInt64 = 0
        while !rest.isEmpty {
            guard let part = part(&rest) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow || sum > 1 << 63 { return nil }
            total = sum
        }
        if isNegative { return Int64(truncatingIfNeeded: 0 &- total) }
        return Int64(exactly: total)
    }

    /// One number with its unit, in nanoseconds.
    private static func part(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var hasDigits = false
        while let digit = digit(rest.first) {
            rest = rest.dropFirst()
            hasDigits = true
            if value > (1 << 63) / 10 { return nil }
            value = value * 10 + digit
            if value > 1 << 63 { return nil }
        }
        var fraction: UInt64 = 0
        var scale = 1.0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            var isFull = false
            while let digit = digit(rest.first) {
                rest = rest.dropFirst()
                hasDigits = true
                if isFull { continue }
                // Digits beyond what fits are ignored.
                guard fraction <= (1 << 63 - 1) / 10, fraction * 10 + digit <= 1 << 63 else {
                    isFull = true
                    continue
                }
                fraction = fraction * 10 + digit
                scale *= 10
            }
        }
        guard hasDigits else { return nil }
        let name = rest.prefix { $0 != UInt8(ascii: ".") && digit($0) == nil }
        rest = rest.dropFirst(name.count)
        guard let unit = units.first(where: { name.elementsEqual($0.name.utf8) }) else { return nil }
        if value > (1 << 63) / unit.nanoseconds { return nil }
        value *= unit.nanoseconds
        if fraction > 0 {
            value += UInt64(Double(fraction) * (Double(unit.nanoseconds) / scale))
            if value > 1 << 63 { return nil }
        }
        return value
    }

    private static func digit(_ byte: UInt8?) -> UInt64? {
        guard let byte, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        return UInt64(byte - UInt8(ascii: "0"))
    }

    /// As `string(duration)` writes it: seconds with as many decimals as a double has, `5400.5s`.
    package static func string(_ nanoseconds: Int64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        let rest = nanoseconds % 1_000_000_000
        return GoNumbers.shortestFixed(Double(seconds) + Double(rest) / 1e9) + "s"
    }
}
