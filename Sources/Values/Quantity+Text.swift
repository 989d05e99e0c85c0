/// Reading and writing quantities, after `ParseQuantity` and `CanonicalizeBytes` of the API machinery.
extension Quantity {
    private static let suffixes: [(text: String, base: Int, exponent: Int)] = [
        ("", 10, 0), ("n", 10, -9), ("u", 10, -6), ("m", 10, -3), ("k", 10, 3), ("M", 10, 6), ("G", 10, 9),
        ("T", 10, 12), ("P", 10, 15), ("E", 10, 18), ("Ki", 2, 10), ("Mi", 2, 20), ("Gi", 2, 30), ("Ti", 2, 40),
        ("Pi", 2, 50), ("Ei", 2, 60),
    ]

    package init(parsing text: String) throws(ParseError) {
        if text.isEmpty { throw .format }
        self.init(0)
        if text == "0" {
            self.text = text
            return
        }
        guard text.utf8.count <= Self.maximumDigits else { throw .tooLarge }
        let parts = try Parts(text)
        let (exponent, format) = try Self.interpret(parts.suffix)
        if let value = Self.smallValue(parts, exponent, format) {
            amount = value
            self.format = format
            self.text = parts.fraction.isEmpty ? text : nil
            return
        }
        var number = BigDecimal(
            digits: parts.whole + parts.fraction, isNegative: parts.isNegative, scale: parts.fraction.count)
        if format == .binarySI {
            for _ in 0..<exponent / 10 { number.multiply(by: 1024) }
        } else {
            number = BigDecimal(
                digits: parts.whole + parts.fraction, isNegative: parts.isNegative,
                scale: parts.fraction.count - exponent)
        }
        // Anything below a nano becomes a nano: who asks for some shall get some.
        if !number.isZero { number = number.rescaled(to: 9).number }
        self.format = format
        if format == .binarySI {
            let magnitude = number.isNegative ? number.negated : number
            let maximum = BigDecimal(.max)
            if BigDecimal.compare(magnitude, maximum) > 0 { number = number.isNegative ? maximum.negated : maximum }
            if !number.isZero, BigDecimal.compare(magnitude, BigDecimal(1)) < 0 { self.format = .decimalSI }
        }
        amount = .decimal(number)
    }

    /// The fast form, for numbers that surely fit.
    private static func smallValue(_ parts: Parts, _ exponent: Int, _ format: Format) -> Amount? {
        var factor: Int64 = 1
        var scale = 0
        var precision: Int
        switch format {
        case .decimalExponent, .decimalSI:
            scale = exponent
            precision = 18 - (parts.whole.count + parts.fraction.count)
        case .binarySI:
            guard parts.fraction.isEmpty else { return nil }
            factor = 1 << exponent
            precision = 15 - parts.whole.count - Int(Float(exponent) * 3 / 10) - 1
        }
        scale -= parts.fraction.count
        guard precision >= 0, scale >= -9,
            let value = Int64(String(decoding: parts.whole + parts.fraction, as: UTF8.self))
        else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: factor)
        return overflow ? nil : .integer(value: parts.isNegative ? -product : product, scale: scale)
    }

    private static func interpret(_ suffix: [UInt8]) throws(ParseError) -> (exponent: Int, format: Format) {
        let text = String(decoding: suffix, as: UTF8.self)
        if let known = suffixes.first(where: { $0.text == text }) {
            return (known.exponent, known.base == 2 ? .binarySI : .decimalSI)
        }
        guard suffix.count > 1, suffix[0] | 0x20 == UInt8(ascii: "e"), let exponent = Int(text.dropFirst()) else {
            throw .suffix
        }
        // Not `abs`: the smallest integer has none.
        guard (-maximumExponent...maximumExponent).contains(exponent) else { throw .tooLarge }
        return (exponent, .decimalExponent)
    }

    /// A quantity's text, taken apart.
    private struct Parts {
        var isNegative = false
        /// Without leading zeros, but `0` if there is nothing else.
        var whole: [UInt8] = []
        var fraction: [UInt8] = []
        var suffix: [UInt8] = []

        init(_ text: String) throws(ParseError) {
            var rest = Array(text.utf8)[...]
            func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
            func isSign(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") }
            if isSign(rest.first) { isNegative = rest.removeFirst() == UInt8(ascii: "-") }
            rest = rest.drop { $0 == UInt8(ascii: "0") }
            whole = Array(rest.prefix(while: isDigit))
            rest = rest.dropFirst(whole.count)
            if whole.isEmpty { whole = [UInt8(ascii: "0")] }
            if rest.first == UInt8(ascii: ".") {
                rest.removeFirst()
                fraction = Array(rest.prefix(while: isDigit))
                rest = rest.dropFirst(fraction.count)
            }
            suffix = Array(rest)
            rest = rest.drop { "eEinumkKMGTP".utf8.contains($0) }
            if isSign(rest.first) { rest.removeFirst() }
            guard rest.allSatisfy(isDigit) else { throw .format }
        }
    }

    /// As Kubernetes shows it: `1.5Gi` as `1536Mi`, `0.5` as `500m`.
    package var description: String {
        if let text { return text }
        guard sign != 0 else { return "0" }
        var number = decimal
        let thousand = BigDecimal(1024)
        let magnitude = number.isNegative ? number.negated : number
        if format == .binarySI, BigDecimal.compare(magnitude, thousand) >= 0 {
            let (whole, isExact) = number.rescaled(to: 0)
            if isExact {
                number = whole
                let times = number.removeFactors(of: 1024)
                return Self.written(number)
                    + (Self.suffixes.first { $0.base == 2 && $0.exponent == times * 10 }?.text ?? "")
            }
        }
        var exponent = number.removeFactors(of: 10) - number.scale
        while exponent % 3 != 0 {
            number.multiply(by: 10)
            exponent -= 1
        }
        if format == .decimalExponent { return Self.written(number) + (exponent == 0 ? "" : "e\(exponent)") }
        return Self.written(number) + (Self.suffixes.first { $0.base == 10 && $0.exponent == exponent }?.text ?? "")
    }

    private static func written(_ number: BigDecimal) -> String { (number.isNegative ? "-" : "") + number.digits }
}

extension Quantity {
    /// The text that the API server gives the quantity, whatever it was written like: `1024Mi` is `1Gi`.
    ///
    /// - Parameter roundedUpToMilli: as in resource lists, which have no finer parts.
    package func canonicalText(roundedUpToMilli: Bool = false) -> String {
        var quantity = self
        quantity.text = nil
        if roundedUpToMilli, decimal.scale > 3 { quantity.amount = .decimal(decimal.rescaled(to: 3).number) }
        return quantity.description
    }
}
