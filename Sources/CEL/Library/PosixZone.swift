internal import Values

/// The rule after a zone file's last transition, such as `EST5EDT,M3.2.0,M11.1.0`.
struct PosixZone: Sendable {
    private enum Day {
        /// Day of the year without leap day, from 1.
        case julian(Int64)
        /// Day of the year from 0.
        case zeroBased(Int64)
        case monthly(month: Int64, week: Int64, weekday: Int64)
    }

    private struct Change {
        var day: Day
        /// Local wall-clock seconds after midnight.
        var time: Int64
    }

    private let standard: Int64
    private var summer: (offset: Int64, start: Change, end: Change)?

    init?(_ text: String) {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard reader.name(), let west = reader.time() else { return nil }
        standard = -west
        if reader.rest.isEmpty { return }
        guard reader.name() else { return nil }
        var offset = standard + 3_600
        if let byte = reader.rest.first, byte != UInt8(ascii: ",") {
            guard let west = reader.time() else { return nil }
            offset = -west
        }
        guard let start = reader.change(), let end = reader.change(), reader.rest.isEmpty else { return nil }
        summer = (offset, start, end)
    }

    func offset(at seconds: Int64) -> Int64 {
        guard let summer else { return standard }
        let year = CivilTime(Timestamp(seconds: seconds, nanoseconds: 0), offset: standard).year
        let start = Self.seconds(summer.start, year) - standard
        let end = Self.seconds(summer.end, year) - summer.offset
        let isSummer = start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end
        return isSummer ? summer.offset : standard
    }

    private static func seconds(_ change: Change, _ year: Int64) -> Int64 {
        let newYear = CivilTime.daysSinceEpoch(year: year, month: 1, day: 1)
        let day: Int64
        switch change.day {
        case .zeroBased(let value): day = newYear + value
        case .julian(let value): day = newYear + value - 1 + (CivilTime.isLeap(year) && value >= 60 ? 1 : 0)
        case .monthly(let month, let week, let weekday):
            let first = CivilTime.daysSinceEpoch(year: year, month: month, day: 1)
            var date = CivilTime.floorModulo(weekday - (first + 4), 7) + (week - 1) * 7
            if date >= CivilTime.days(inMonth: month, of: year) { date -= 7 }
            day = first + date
        }
        return day * 86_400 + change.time
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func name() -> Bool {
            if take("<") {
                guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
                rest = rest[(end + 1)...]
                return true
            }
            let letters = rest.prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3
        }

        mutating func number() -> Int64? {
            let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            guard !digits.isEmpty, digits.count <= 4 else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time() -> Int64? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard let hours = number() else { return nil }
            var seconds = hours * 3_600
            if take(":") {
                guard let minutes = number() else { return nil }
                seconds += minutes * 60
                if take(":") {
                    guard let rest = number() else { return nil }
                    seconds += rest
                }
            }
            return isNegative ? -seconds : seconds
        }

        mutating func change() -> Change? {
            guard take(",") else { return nil }
            let day: Day
            if take("M") {
                guard let month = number(), take("."), let week = number(), take("."), let weekday = number(),
                    (1...12).contains(month), (1...5).contains(week), weekday < 7
                else { return nil }
                day = .monthly(month: month, week: week, weekday: weekday)
            } else if take("J") {
                guard let value = number() else { return nil }
                day = .julian(value)
            } else {
                guard let value = number() else { return nil }
                day = .zeroBased(value)
            }
            if take("/") {
                guard let time = time() else { return nil }
                return Change(day: day, time: time)
            }
            return Change(day: day, time: 7_200)
        }
    }
}
