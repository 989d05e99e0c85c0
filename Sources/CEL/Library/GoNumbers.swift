internal import Glibc

/// Numbers read and written as Go's strconv does; CEL's conversions are defined by it.
package enum GoNumbers {
    /// `strconv.ParseInt(text, 10, 64)`; nil for bad syntax and overflow.
    static func int(_ utf8: UnsafeBufferPointer<UInt8>) -> Int64? {
        var index = 0
        var isNegative = false
        if utf8.count > 0, utf8[0] == UInt8(ascii: "+") || utf8[0] == UInt8(ascii: "-") {
            isNegative = utf8[0] == UInt8(ascii: "-")
            index = 1
        }
        guard let magnitude = digits(utf8, from: index) else { return nil }
        if isNegative { return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int64(exactly: magnitude)
    }

    /// `strconv.ParseUint(text, 10, 64)`: no sign at all.
    static func uint(_ utf8: UnsafeBufferPointer<UInt8>) -> UInt64? { digits(utf8, from: 0) }

    private static func digits(_ utf8: UnsafeBufferPointer<UInt8>, from start: Int) -> UInt64? {
        guard start < utf8.count else { return nil }
        var value: UInt64 = 0
        for byte in utf8[start...] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    /// `strconv.ParseFloat(text, 64)`: decimal and hexadecimal, infinities, NaN; nil for bad syntax and overflow.
    static func double(_ utf8: UnsafeBufferPointer<UInt8>) -> Double? {
        var text = Array(utf8)
        if let special = special(text) { return special }
        guard isFloat(&text) else { return nil }
        text.append(0)
        let value = text.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { chars in chars.baseAddress.map { strtod($0, nil) } ?? .nan }
        }
        return value.isInfinite ? nil : value
    }

    private static func special(_ text: [UInt8]) -> Double? {
        var word = String(decoding: text, as: UTF8.self).lowercased()[...]
        if word == "nan" { return .nan }
        let isNegative = word.hasPrefix("-")
        if isNegative || word.hasPrefix("+") { word = word.dropFirst() }
        guard word == "inf" || word == "infinity" else { return nil }
        return isNegative ? -.infinity : .infinity
    }

    /// Checks Go's syntax and takes the underscores out, which C does not know.
    private static func isFloat(_ text: inout [UInt8]) -> Bool {
        var index = 0
        let count = text.count
        if index < count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") { index += 1 }
        var isHex = false
        var previousAllowsUnderscore = false
        if index + 1 < count, text[index] == UInt8(ascii: "0"), text[index + 1] | 0x20 == UInt8(ascii: "x") {
            isHex = true
            index += 2
            previousAllowsUnderscore = true
        }
        var digits = 0
        var seenDot = false
        scan: while index < count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "_"):
                guard previousAllowsUnderscore, index + 1 < count, isDigit(text[index + 1], hex: isHex) else {
                    return false
                }
                previousAllowsUnderscore = false
            case UInt8(ascii: "."):
                if seenDot { return false }
                seenDot = true
                previousAllowsUnderscore = false
            default:
                guard isDigit(byte, hex: isHex) else { break scan }
                digits += 1
                previousAllowsUnderscore = true
            }
            index += 1
        }
        guard digits > 0 else { return false }
        let marker = isHex ? UInt8(ascii: "p") : UInt8(ascii: "e")
        if index < count, text[index] | 0x20 == marker {
            index += 1
            if index < count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") { index += 1 }
            let start = index
            while index < count, isDigit(text[index], hex: false) || (text[index] == UInt8(ascii: "_") && index > start)
            {
                index += 1
            }
            if index == start || text[index - 1] == UInt8(ascii: "_") { return false }
        } else if isHex {
            return false
        }
        guard index == count else { return false }
        text.removeAll { $0 == UInt8(ascii: "_") }
        return true
    }

    private static func isDigit(_ byte: UInt8, hex: Bool) -> Bool {
        if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { return true }
        let lower = byte | 0x20
        return hex && lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "f")
    }

    /// `strconv.ParseBool`.
    static func bool(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }

    /// `strconv.FormatFloat(value, 'g', -1, 64)`: the shortest text that reads back the same.
    package static func shortest(_ value: Double) -> String {
        guard value.isFinite else { return nonFinite(value) }
        let (digits, point) = shortestDigits(value.magnitude)
        let sign = value.sign == .minus ? "-" : ""
        let exponent = point - 1
        if exponent >= -4, exponent < 6 { return sign + positional(digits, point) }
        let fraction = digits.count > 1 ? "." + String(decoding: digits.dropFirst(), as: UTF8.self) : ""
        let power = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
        return "\(sign)\(Character(UnicodeScalar(digits[0])))\(fraction)e\(exponent < 0 ? "-" : "+")\(power)"
    }

    /// `strconv.FormatFloat(value, 'f', -1, 64)`: the same without an exponent.
    package static func shortestFixed(_ value: Double) -> String {
        guard value.isFinite else { return nonFinite(value) }
        let (digits, point) = shortestDigits(value.magnitude)
        return (value.sign == .minus ? "-" : "") + positional(digits, point)
    }

    private static func nonFinite(_ value: Double) -> String {
        value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf"
    }

    private static func positional(_ digits: [UInt8], _ point: Int) -> String {
        var text: [UInt8] = []
        if point <= 0 {
            text = [UInt8(ascii: "0")]
        } else {
            for index in 0..<point { text.append(index < digits.count ? digits[index] : UInt8(ascii: "0")) }
        }
        if digits.count > point, digits != [UInt8(ascii: "0")] {
            text.append(UInt8(ascii: "."))
            if point < 0 { text += Array(repeating: UInt8(ascii: "0"), count: -point) }
            text += digits[max(point, 0)...]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The shortest digits that read back as `value`, and where the decimal point stands among them.
    ///
    /// Swift's own description has these digits, only laid out otherwise.
    private static func shortestDigits(_ value: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var text = Array(value.description.utf8)[...]
        while let byte = text.popFirst() {
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte | 0x20 == UInt8(ascii: "e") {
                exponent = Int(String(decoding: text, as: UTF8.self)) ?? 0
                break
            } else {
                digits.append(byte)
            }
        }
        var position = (point ?? digits.count) + exponent
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        position -= leading
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return digits.isEmpty ? ([UInt8(ascii: "0")], 1) : (digits, position)
    }

    /// C's `%.*f` or `%.*e`, which round the exact binary value, as Go does.
    package static func formatted(_ value: Double, precision: Int, scientific: Bool = false) -> String {
        let format = scientific ? "%.*e" : "%.*f"
        return withVaList([Int32(clamping: precision), value]) { arguments in
            var buffer = [CChar](repeating: 0, count: 330 + precision)
            let written = vsnprintf(&buffer, buffer.count, format, arguments)
            let bytes = buffer.prefix(max(0, min(Int(written), buffer.count - 1))).map { UInt8(bitPattern: $0) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
