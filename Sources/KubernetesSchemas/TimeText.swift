/// Times as RFC 3339 writes them, as far as Go's reader of them insists.
enum TimeText {
    static func isValid(_ text: String) -> Bool {
        var scanner = Scanner(rest: Array(text.utf8)[...])
        guard let year = scanner.number(digits: 4), scanner.take("-"), let month = scanner.number(digits: 2),
            scanner.take("-"), let day = scanner.number(digits: 2), scanner.take("T"),
            let hour = scanner.number(digits: 2), scanner.take(":"), let minute = scanner.number(digits: 2),
            scanner.take(":"), let second = scanner.number(digits: 2)
        else { return false }
        guard (1...12).contains(month), (1...days(of: month, in: year)).contains(day), hour < 24, minute < 60,
            second < 60
        else { return false }
        if scanner.take(".") || scanner.take(",") {
            guard scanner.number(digits: 1) != nil else { return false }
            while scanner.number(digits: 1) != nil {}
        }
        if scanner.take("Z") { return scanner.rest.isEmpty }
        guard scanner.take("+") || scanner.take("-"), let zoneHour = scanner.number(digits: 2), scanner.take(":"),
            let zoneMinute = scanner.number(digits: 2)
        else { return false }
        return scanner.rest.isEmpty && zoneHour <= 24 && zoneMinute < 60
    }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private struct Scanner {
        var rest: ArraySlice<UInt8>

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func number(digits: Int) -> Int? {
            let text = rest.prefix(digits)
            guard text.count == digits, text.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
            rest = rest.dropFirst(digits)
            return text.reduce(0) { $0 * 10 + Int($1 - 48) }
        }
    }
}
