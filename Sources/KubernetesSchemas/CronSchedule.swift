/// A CronJob's schedule: five fields, or a word such as `@daily`.
enum CronSchedule {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    private static let words = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]

    /// What is wrong with it, or nil.
    static func problem(_ text: String) -> String? {
        if text.hasPrefix("@") {
            return words.contains(text) || text.hasPrefix("@every ") ? nil : "unrecognized descriptor: \(text)"
        }
        var fields = text.split(whereSeparator: \.isWhitespace)
        if let first = fields.first, first.hasPrefix("TZ=") || first.hasPrefix("CRON_TZ=") { fields.removeFirst() }
        guard fields.count == 5 else { return "expected exactly 5 fields, found \(fields.count)" }
        let bounds: [(ClosedRange<Int>, [String])] = [
            (0...59, []), (0...23, []), (1...31, []), (1...12, months), (0...6, days),
        ]
        for (field, (range, names)) in zip(fields, bounds) {
            for part in field.split(separator: ",", omittingEmptySubsequences: false)
            where !isValid(part, range, names) {
                return "failed to parse `\(part)` of the schedule"
            }
        }
        return nil
    }

    private static func isValid(_ part: Substring, _ range: ClosedRange<Int>, _ names: [String]) -> Bool {
        let steps = part.split(separator: "/", omittingEmptySubsequences: false)
        guard steps.count <= 2, let span = steps.first else { return false }
        if steps.count == 2 {
            guard let step = Int(steps[1]), step > 0 else { return false }
        }
        if span == "*" || span == "?" { return true }
        let ends = span.split(separator: "-", omittingEmptySubsequences: false).map { number($0, range, names) }
        guard ends.count <= 2, let first = ends.first, let low = first else { return false }
        if ends.count == 1 { return range.contains(low) }
        guard let high = ends[1] else { return false }
        return low <= high && range.contains(low) && range.contains(high)
    }

    private static func number(_ text: Substring, _ range: ClosedRange<Int>, _ names: [String]) -> Int? {
        if let index = names.firstIndex(of: text.lowercased()) { return index + range.lowerBound }
        return text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }
}
