internal import Glibc

/// `resource.Quantity` of Kubernetes' API machinery: a number with a suffix such as `500m` or `1.5Gi`.
///
/// Two forms as there: a 64-bit integer with a power of ten, or a big decimal. Which one a quantity has can be seen:
/// only the first kind is ever an integer.
package struct Quantity: Sendable {
    package enum Format: Sendable {
        case decimalExponent, binarySI, decimalSI
    }

    package enum Amount: Sendable {
        /// `value * 10^scale`.
        case integer(value: Int64, scale: Int)
        case decimal(BigDecimal)
    }

    package enum ParseError: Error, Sendable {
        case format, suffix, numeric, tooLarge

        package var message: String {
            switch self {
            case .format:
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            case .suffix: "unable to parse quantity's suffix"
            case .numeric: "unable to parse numeric part of quantity"
            case .tooLarge: "quantity's exponent is too large"
            }
        }
    }

    /// Exponents beyond this are refused; Kubernetes would work on them for minutes.
    static let maximumExponent = 5_000
    /// Digits of a quantity's text.
    static let maximumDigits = 10_000

    package var amount: Amount
    package var format: Format
    /// The text it was read from, if Kubernetes shows it unchanged.
    package var text: String?

    package init(_ value: Int64) {
        amount = .integer(value: value, scale: 0)
        format = .decimalSI
    }

    package var decimal: BigDecimal {
        switch amount {
        case .integer(let value, let scale): BigDecimal(value, scale: -scale)
        case .decimal(let decimal): decimal
        }
    }

    package var sign: Int {
        switch amount {
        case .integer(let value, _): Int(value.signum())
        case .decimal(let decimal): decimal.sign
        }
    }

    /// The whole number, if the quantity is one in the integer form.
    package var integer: Int64? {
        guard case .integer(let value, let scale) = amount, scale >= 0 else { return nil }
        return Self.scaled(value, by: scale)
    }

    package var approximateDouble: Double {
        let base: Double
        let exponent: Int
        switch amount {
        case .integer(let value, let scale): (base, exponent) = (Double(value), scale)
        case .decimal(let decimal): (base, exponent) = (decimal.approximateUnscaled, -decimal.scale)
        }
        return exponent == 0 ? base : base * Self.powerOfTen(exponent)
    }

    /// Go's `math.Pow10`, which is a product of two table entries.
    private static func powerOfTen(_ exponent: Int) -> Double {
        if exponent < -323 { return 0 }
        if exponent > 308 { return .infinity }
        let large = strtod("1e\(exponent / 32 * 32)", nil)
        let small = strtod("1e\(abs(exponent) % 32)", nil)
        return exponent >= 0 ? large * small : large / small
    }

    /// `value * 10^scale`, or nil if that overflows.
    private static func scaled(_ value: Int64, by scale: Int) -> Int64? {
        if value == 0 { return 0 }
        var result = value
        for _ in 0..<min(scale, 20) {
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            result = product
        }
        return scale > 20 ? nil : result
    }

    /// -1, 0 or 1.
    package static func compare(_ left: Quantity, _ right: Quantity) -> Int {
        if case .integer(let a, let aScale) = left.amount, case .integer(let b, let bScale) = right.amount,
            let a = scaled(a, by: max(aScale - bScale, 0)), let b = scaled(b, by: max(bScale - aScale, 0))
        {
            return a < b ? -1 : a > b ? 1 : 0
        }
        return BigDecimal.compare(left.decimal, right.decimal)
    }

    package static func + (left: Quantity, right: Quantity) -> Quantity {
        var result = left
        result.text = nil
        if left.sign == 0 { result.format = right.format }
        if case .integer(let a, let aScale) = left.amount, case .integer(let b, let bScale) = right.amount {
            if b == 0 { return result }
            if a == 0 {
                result.amount = right.amount
                return result
            }
            let scale = min(aScale, bScale)
            if let a = scaled(a, by: aScale - scale), let b = scaled(b, by: bScale - scale) {
                let (sum, overflow) = a.addingReportingOverflow(b)
                if !overflow {
                    result.amount = .integer(value: sum, scale: scale)
                    return result
                }
            }
        }
        result.amount = .decimal(left.decimal + right.decimal)
        return result
    }

    package static func - (left: Quantity, right: Quantity) -> Quantity {
        var negated = right
        switch right.amount {
        case .integer(let value, let scale):
            // The smallest integer stays as it is, as in Go.
            negated.amount = .integer(value: 0 &- value, scale: scale)
        case .decimal(let decimal): negated.amount = .decimal(decimal.negated)
        }
        return left + negated
    }
}
