/// Reading and writing of numbers, shared by all formats.
enum Numbers {
    /// Powers of ten that a double holds exactly.
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    enum Integer: Equatable {
        case signed(Int64)
        /// Above `Int64.max`.
        case unsigned(UInt64)
    }

    /// The value of a hexadecimal (or decimal…) digit.
    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte & 15
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// An optional sign and digits of the radix, or nil if they are not that or fit neither 64-bit type.
    static func integer(_ text: some Collection<UInt8>, radix: UInt64 = 10) -> Integer? {
        var rest = text[...]
        let sign = rest.first
        let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
        if isSigned { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var magnitude: UInt64 = 0
        for byte in rest {
            guard let digit = digit(byte), digit < radix else { return nil }
            let (product, overflows) = magnitude.multipliedReportingOverflow(by: radix)
            let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
            if overflows || carries { return nil }
            magnitude = sum
        }
        if sign == UInt8(ascii: "-") {
            return magnitude <= 1 << 63 ? .signed(Int64(truncatingIfNeeded: 0 &- magnitude)) : nil
        }
        return magnitude <= Int64.max ? .signed(Int64(magnitude)) : .unsigned(magnitude)
    }

    /// The double nearest to a decimal number; nil if it is too large for one.
    ///
    /// - Parameter text: an optional sign, digits with at most one point, an optional exponent; checked by the caller.
    static func double(_ text: some Collection<UInt8>) -> Double? {
        var mantissa: UInt64 = 0
        var digits = 0
        var exponent = 0
        var isNegative = false
        var pastPoint = false
        var isShort = true
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "+"): break
            case UInt8(ascii: "."): pastPoint = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                if digits > 18 { isShort = false } else { mantissa = mantissa * 10 + UInt64(byte & 15) }
                if pastPoint { exponent -= 1 }
            default: isShort = false
            }
            if !isShort { break }
        }
        // Exact: one rounding of two exact operands (Clinger's fast path).
        if isShort, mantissa < 1 << 53, exponent >= -22 {
            let value = Double(mantissa) / powers[-exponent]
            return isNegative ? -value : value
        }
        // A long exponent needs no more digits to be zero or infinite, and the standard library caps nothing.
        guard let value = Double(String(decoding: text, as: UTF8.self)) else { return nil }
        return value.isFinite ? value : nil
    }

    /// The double's shortest digits that read back as the same number, and the power of ten of the first one.
    ///
    /// - Precondition: finite, not zero.
    static func shortestDigits(_ description: String) -> (digits: [UInt8], exponent: Int) {
        var digits: [UInt8] = []
        var exponent = 0
        var pointAt: Int?
        var rest = description.utf8[...]
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        if let mark = rest.firstIndex(of: UInt8(ascii: "e")) {
            exponent = Int(String(decoding: rest[rest.index(after: mark)...], as: UTF8.self)) ?? 0
            rest = rest[..<mark]
        }
        for byte in rest {
            if byte == UInt8(ascii: ".") { pointAt = digits.count } else { digits.append(byte) }
        }
        exponent += (pointAt ?? digits.count) - 1
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(min(zeros, digits.count - 1))
        exponent -= zeros
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, exponent)
    }

    /// What a finite double becomes on its way from YAML through JSON text: without a fraction it is printed without a
    /// point, from its shortest digits, and read back as an integer where that fits.
    static func integerInJSON(_ value: Double) -> Int64? {
        guard value == value.rounded(.towardZero), value.magnitude < 1e19 else { return nil }
        if value.magnitude < 9_007_199_254_740_992 { return Int64(value) }
        var text: [UInt8] = []
        append(value, to: &text)
        guard case .signed(let integer) = integer(text) else { return nil }
        return integer
    }

    /// Appends a finite double as Go's encoding/json prints it: plain from 1e-6 up to 1e21, else with an exponent.
    static func append(_ value: Double, to out: inout [UInt8]) {
        if let integer = Int64(exactly: value), integer.magnitude < 1 << 53, value.sign == .plus || integer != 0 {
            append(integer, to: &out)
            return
        }
        append(
            value.description, isZero: value == 0, isNegative: value.sign == .minus, plain: -6..<21, padded: false,
            to: &out)
    }

    /// A double as the YAML library prints it where a number is a map's key: like C's `%g` in single precision.
    static func keyText(_ value: Double) -> [UInt8] {
        if value.isNaN { return Array(".nan".utf8) }
        let single = Float(value)
        if single.isInfinite { return Array((single < 0 ? "-.inf" : ".inf").utf8) }
        var out: [UInt8] = []
        append(
            single.description, isZero: single == 0, isNegative: single.sign == .minus, plain: -4..<6, padded: true,
            to: &out)
        return out
    }

    static func append(_ value: Int64, to out: inout [UInt8]) {
        if value < 0 { out.append(UInt8(ascii: "-")) }
        append(value.magnitude, to: &out)
    }

    static func append(_ value: UInt64, to out: inout [UInt8]) {
        let start = out.count
        var rest = value
        repeat {
            out.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest != 0
        out[start...].reverse()
    }

    /// - Parameters:
    ///   - plain: exponents that are written without one.
    ///   - padded: whether an exponent has at least two digits.
    private static func append(
        _ description: String, isZero: Bool, isNegative: Bool, plain: Range<Int>, padded: Bool, to out: inout [UInt8]
    ) {
        if isNegative { out.append(UInt8(ascii: "-")) }
        if isZero { return out.append(UInt8(ascii: "0")) }
        let (digits, exponent) = shortestDigits(description)
        if plain.contains(exponent) {
            if exponent < 0 {
                out += Array("0.".utf8) + [UInt8](repeating: UInt8(ascii: "0"), count: -exponent - 1) + digits
            } else if digits.count <= exponent + 1 {
                out += digits + [UInt8](repeating: UInt8(ascii: "0"), count: exponent + 1 - digits.count)
            } else {
                out += digits[...exponent] + [UInt8(ascii: ".")] + digits[(exponent + 1)...]
            }
            return
        }
        out.append(digits[0])
        if digits.count > 1 { out += [UInt8(ascii: ".")] + digits[1...] }
        out += Array((exponent < 0 ? "e-" : "e+").utf8)
        if padded, abs(exponent) < 10 { out.append(UInt8(ascii: "0")) }
        append(UInt64(abs(exponent)), to: &out)
    }
}
