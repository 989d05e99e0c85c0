import ArgumentParser
import CEL
import PolicyEngine
import Values

/// `--expires`: a time from now (`12h`, `30d`, `4w`), a date (its start in UTC), or a time as RFC 3339 has it.
struct ExpiryOption: ExpressibleByArgument, Sendable {
    let text: String
    let time: Timestamp

    private static let units: [Character: Int64] = ["h": 3600, "d": 86_400, "w": 7 * 86_400]
    /// Seconds; a waiver for longer is a change of the policy.
    private static let maximum: Int64 = 10 * 366 * 86_400

    static let standard = ExpiryOption(days: 30)

    private init(days: Int64) {
        text = "\(days)d"
        time = Timestamp(seconds: SystemClock.reportTime() + days * 86_400, nanoseconds: 0)
    }

    init?(argument: String) {
        self.init(argument, now: SystemClock.reportTime())
    }

    /// - Parameter now: seconds since 1970.
    init?(_ text: String, now: Int64) {
        self.text = text
        if let unit = text.last.flatMap({ Self.units[$0] }), let count = Int64(text.dropLast()), count > 0,
            count <= Self.maximum / unit
        {
            time = Timestamp(seconds: now + count * unit, nanoseconds: 0)
        } else if let time = Timestamps.parse(text) ?? Timestamps.parse("\(text)T00:00:00Z") {
            self.time = time
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { text }
}

extension Timestamp {
    /// `2026-12-31T00:00:00Z`.
    var utcText: String { Timestamps.string(self, inUTC: true) }
}
