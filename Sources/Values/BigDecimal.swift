internal import Glibc

/// A decimal number of any length: an integer and how many of its digits stand after the point.
package struct BigDecimal: Sendable {
    private static let base: UInt64 = 1_000_000_000
    private static let baseDigits = 9

    private(set) var isNegative: Bool
    /// Little-endian, in base 10^9, without leading zeros.
    private var limbs: [UInt64]
    /// May be negative: then zeros follow the digits.
    private(set) var scale: Int

    var isZero: Bool { limbs.isEmpty }
    var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    init(_ value: Int64, scale: Int = 0) {
        var rest = value.magnitude
        limbs = []
        while rest > 0 {
            limbs.append(rest % Self.base)
            rest /= Self.base
        }
        isNegative = value < 0
        self.scale = scale
    }

    /// - Parameter digits: ASCII digits only.
    init(digits: some Collection<UInt8>, isNegative: Bool, scale: Int) {
        limbs = []
        var rest = Array(digits)[...]
        while !rest.isEmpty {
            let chunk = rest.suffix(Self.baseDigits)
            limbs.append(chunk.reduce(0) { $0 * 10 + UInt64($1 &- 48) })
            rest = rest.dropLast(chunk.count)
        }
        self.isNegative = isNegative
        self.scale = scale
        normalize()
    }

    private mutating func normalize() {
        while limbs.last == 0 { limbs.removeLast() }
        if limbs.isEmpty { isNegative = false }
    }

    /// The digits of the integer, ignoring the scale; `0` for zero.
    var digits: String {
        guard let last = limbs.last else { return "0" }
        var text = String(last)
        for limb in limbs.dropLast().reversed() {
            let part = String(limb)
            text += String(repeating: "0", count: Self.baseDigits - part.count) + part
        }
        return text
    }

    /// The integer as the nearest double, ignoring the scale.
    var approximateUnscaled: Double { strtod((isNegative ? "-" : "") + digits, nil) }

    var negated: BigDecimal {
        var result = self
        result.isNegative = !isZero && !isNegative
        return result
    }

    mutating func multiply(by factor: UInt64) {
        // INVARIANT: factor is below 2^30, so that nothing overflows.
        var carry: UInt64 = 0
        for index in limbs.indices {
            let product = limbs[index] * factor + carry
            limbs[index] = product % Self.base
            carry = product / Self.base
        }
        while carry > 0 {
            limbs.append(carry % Self.base)
            carry /= Self.base
        }
    }

    /// - Returns: the remainder.
    @discardableResult
    mutating func divide(by divisor: UInt64) -> UInt64 {
        var remainder: UInt64 = 0
        for index in limbs.indices.reversed() {
            let value = remainder * Self.base + limbs[index]
            limbs[index] = value / divisor
            remainder = value % divisor
        }
        normalize()
        return remainder
    }

    /// The same number with more digits after the point, or fewer, rounded away from zero.
    ///
    /// - Returns: the number, and whether it is exactly the same.
    func rescaled(to newScale: Int) -> (number: BigDecimal, isExact: Bool) {
        var result = self
        var isExact = true
        if newScale >= scale {
            for _ in 0..<(newScale - scale) / 9 where !result.limbs.isEmpty { result.limbs.insert(0, at: 0) }
            for _ in 0..<(newScale - scale) % 9 { result.multiply(by: 10) }
        } else {
            for _ in 0..<min(scale - newScale, result.digits.utf8.count + 1) where result.divide(by: 10) != 0 {
                isExact = false
            }
            if !isExact {
                result.addMagnitude([1])
                result.isNegative = isNegative
            }
        }
        result.scale = newScale
        return (result, isExact)
    }

    private mutating func addMagnitude(_ other: [UInt64]) {
        var carry: UInt64 = 0
        for index in 0..<max(limbs.count, other.count) {
            if index == limbs.count { limbs.append(0) }
            let sum = limbs[index] + (index < other.count ? other[index] : 0) + carry
            limbs[index] = sum % Self.base
            carry = sum / Self.base
        }
        if carry > 0 { limbs.append(carry) }
    }

    private static func compareMagnitudes(_ left: [UInt64], _ right: [UInt64]) -> Int {
        if left.count != right.count { return left.count < right.count ? -1 : 1 }
        for index in left.indices.reversed() where left[index] != right[index] {
            return left[index] < right[index] ? -1 : 1
        }
        return 0
    }

    static func + (left: BigDecimal, right: BigDecimal) -> BigDecimal {
        let scale = max(left.scale, right.scale)
        var a = left.rescaled(to: scale).number
        var b = right.rescaled(to: scale).number
        if a.isNegative == b.isNegative {
            a.addMagnitude(b.limbs)
            a.normalize()
            return a
        }
        if compareMagnitudes(a.limbs, b.limbs) < 0 { swap(&a, &b) }
        var borrow: UInt64 = 0
        for index in a.limbs.indices {
            let taken = (index < b.limbs.count ? b.limbs[index] : 0) + borrow
            borrow = a.limbs[index] < taken ? 1 : 0
            a.limbs[index] = a.limbs[index] + borrow * base - taken
        }
        a.normalize()
        return a
    }

    /// -1, 0 or 1.
    static func compare(_ left: BigDecimal, _ right: BigDecimal) -> Int {
        if left.sign != right.sign { return left.sign < right.sign ? -1 : 1 }
        let scale = max(left.scale, right.scale)
        let result = compareMagnitudes(left.rescaled(to: scale).number.limbs, right.rescaled(to: scale).number.limbs)
        return left.isNegative ? -result : result
    }

    /// Takes factors out of the integer. - Returns: how often it was divisible.
    mutating func removeFactors(of divisor: UInt64) -> Int {
        var times = 0
        while !isZero {
            var quotient = self
            if quotient.divide(by: divisor) != 0 { break }
            self = quotient
            times += 1
        }
        return times
    }
}
