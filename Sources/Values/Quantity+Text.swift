/// Reading and writing quantities, after `ParseQuantity` and `CanonicalizeBytes` of the API machinery.
extension Quantity {
    private static let suffixes: [(text: StaticString, base: Int, exponent: Int)] = [
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
        var contiguous = text
        self = try contiguous.withUTF8 { bytes in
            Result { () throws(ParseError) in try Quantity(bytes, text) }
        }.get()
    }

    /// - Parameter bytes: those of `text`.
    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ text: String) throws(ParseError) {
        self.init(0)
        let parts = try Parts(bytes)
        let (exponent, format) = try Self.interpret(parts.suffix)
        self.format = format
        if let value = Self.smallValue(parts, exponent, format) {
            amount = value
            self.text = parts.fraction.isEmpty ? text : nil
            return
        }
        let digits = (parts.whole.isEmpty ? [UInt8(ascii: "0")] : Array(parts.whole)) + parts.fraction
        var number = BigDecimal(digits: digits, isNegative: parts.isNegative, scale: parts.fraction.count)
        if format == .binarySI {
            for _ in 0..<exponent / 10 { number.multiply(by: 1024) }
        } else {
            number = BigDecimal(
                digits: digits, isNegative: parts.isNegative, scale: parts.fraction.count - exponent)
        }
        // Anything below a nano becomes a nano: who asks for some shall get some.
        if !number.isZero { number = number.rescaled(to: 9).number }
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
        let wholeDigits = max(1, parts.whole.count)
        switch format {
        case .decimalExponent, .decimalSI:
            scale = exponent
            precision = 18 - (wholeDigits + parts.fraction.count)
        case .binarySI:
            guard parts.fraction.isEmpty else { return nil }
            factor = 1 << exponent
            precision = 15 - wholeDigits - Int(Float(exponent) * 3 / 10) - 1
        }
        scale -= parts.fraction.count
        guard precision >= 0, scale >= -9 else { return nil }
        // At most 18 digits: nothing overflows.
        var value: Int64 = 0
        for digit in parts.whole { value = value &* 10 &+ Int64(digit &- UInt8(ascii: "0")) }
        for digit in parts.fraction { value = value &* 10 &+ Int64(digit &- UInt8(ascii: "0")) }
        let (product, overflow) = value.multipliedReportingOverflow(by: factor)
        return overflow ? nil : .integer(value: parts.isNegative ? -product : product, scale: scale)
    }

    private static func interpret(_ suffix: Parts.Bytes) throws(ParseError) -> (exponent: Int, format: Format) {
        if suffix.isEmpty { return (0, .decimalSI) }
        if let known = suffixes.first(where: { spells($0.text, suffix) }) {
            return (known.exponent, known.base == 2 ? .binarySI : .decimalSI)
        }
        guard suffix.count > 1, suffix[suffix.startIndex] | 0x20 == UInt8(ascii: "e"),
            let exponent = Int(String(decoding: suffix.dropFirst(), as: UTF8.self))
        else {
            throw .suffix
        }
        // Not `abs`: the smallest integer has none.
        guard (-maximumExponent...maximumExponent).contains(exponent) else { throw .tooLarge }
        return (exponent, .decimalExponent)
    }

    @inline(__always)
    private static func spells(_ text: StaticString, _ bytes: Parts.Bytes) -> Bool {
        text.utf8CodeUnitCount == bytes.count && text.withUTF8Buffer { $0.elementsEqual(bytes) }
    }

    /// A quantity's text, taken apart; valid as long as its bytes are.
    private struct Parts {
        typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

        var isNegative = false
        /// Without leading zeros.
        let whole: Bytes
        let fraction: Bytes
        let suffix: Bytes

        init(_ text: UnsafeBufferPointer<UInt8>) throws(ParseError) {
            func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
            func isSign(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") }
            var rest = text[...]
            if isSign(rest.first) { isNegative = rest.removeFirst() == UInt8(ascii: "-") }
            rest = rest.drop { $0 == UInt8(ascii: "0") }
            whole = rest.prefix(while: isDigit)
            rest = rest[whole.endIndex...]
            if rest.first == UInt8(ascii: ".") {
                rest.removeFirst()
                fraction = rest.prefix(while: isDigit)
                rest = rest[fraction.endIndex...]
            } else {
                fraction = rest.prefix(0)
            }
            suffix = rest
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
                    + (Self.suffixes.first { $0.base == 2 && $0.exponent == times * 10 }?.text.description ?? "")
            }
        }
        var exponent = number.removeFactors(of: 10) - number.scale
        while exponent % 3 != 0 {
            number.multiply(by: 10)
            exponent -= 1
        }
        if format == .decimalExponent { return Self.written(number) + (exponent == 0 ? "" : "e\(exponent)") }
        return Self.written(number)
            + (Self.suffixes.first { $0.base == 10 && $0.exponent == exponent }?.text.description ?? "")
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
