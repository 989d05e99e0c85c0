import Values

/// A distinguished name (RFC 5280, 4.1.2.4) in the fields of Go's `pkix.Name`.
enum CertificateName {
    /// Fields that are lists of texts, by the last number of their identifier below 2.5.4.
    private static let lists: [(number: Int, field: String)] = [
        (6, "Country"), (10, "Organization"), (11, "OrganizationalUnit"), (7, "Locality"), (8, "Province"),
        (9, "StreetAddress"), (17, "PostalCode"),
    ]

    static func value(_ content: ArraySlice<UInt8>) throws(CertificateError) -> Value {
        var attributes: [(type: [Int], text: Value)] = []
        var sets = DERReader(content)
        while !sets.isAtEnd {
            guard let set = sets.next(DER.set) else { throw malformed }
            var pairs = DERReader(set.content)
            while !pairs.isAtEnd {
                guard let pair = pairs.next(DER.sequence) else { throw malformed }
                var parts = DERReader(pair.content)
                guard let type = parts.next(DER.objectIdentifier).flatMap({ DER.identifier($0.content) }),
                    let text = parts.next()
                else { throw malformed }
                attributes.append((type, DER.text(text).map { .string($0) } ?? .null))
            }
        }
        func texts(_ number: Int) -> [Value] { attributes.filter { $0.type == [2, 5, 4, number] }.map(\.text) }
        var entries: [(key: Value, value: Value)] = lists.map { number, field in
            let found = texts(number)
            return (key: Value.string(field), value: found.isEmpty ? .null : .list(found))
        }
        entries.append((.string("SerialNumber"), texts(5).last ?? .string("")))
        entries.append((.string("CommonName"), texts(3).last ?? .string("")))
        let names = attributes.map { attribute in
            Value.map(
                MapValue([
                    (key: Value.string("Type"), value: DER.list(attribute.type)),
                    (key: .string("Value"), value: attribute.text),
                ]))
        }
        entries.append((.string("Names"), names.isEmpty ? .null : .list(names)))
        entries.append((.string("ExtraNames"), .null))
        return .map(MapValue(entries))
    }

    private static let malformed = CertificateError(message: "x509: malformed name")

    /// Go's numbers of the algorithms that sign with RSA; 0 for others.
    static func signatureAlgorithm(_ content: ArraySlice<UInt8>) -> Double {
        var reader = DERReader(content)
        guard let identifier = reader.next(DER.objectIdentifier).flatMap({ DER.identifier($0.content) }),
            identifier.dropLast() == [1, 2, 840, 113_549, 1, 1]
        else { return 0 }
        let numbers = [4: 2.0, 5: 3, 11: 4, 12: 5, 13: 6]
        return identifier.last.flatMap { numbers[$0] } ?? 0
    }
}

/// What DER's octets mean.
enum DER {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let objectIdentifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31

    /// The numbers of an object identifier; nil if it is none.
    static func identifier(_ content: ArraySlice<UInt8>) -> [Int]? {
        var numbers: [Int] = []
        var number = 0
        var isComplete = true
        for octet in content {
            let (shifted, overflow) = number.multipliedReportingOverflow(by: 128)
            guard !overflow else { return nil }
            number = shifted + Int(octet & 0x7F)
            isComplete = octet & 0x80 == 0
            guard isComplete else { continue }
            if numbers.isEmpty {
                let first = min(number / 40, 2)
                numbers = [first, number - first * 40]
            } else {
                numbers.append(number)
            }
            number = 0
        }
        return isComplete && !numbers.isEmpty ? numbers : nil
    }

    static func list(_ numbers: [Int]) -> Value { .list(numbers.map { .double(Double($0)) }) }

    /// The low 64 bits of an integer of any size, as Go's `Int64` has them.
    static func truncatedInteger(_ content: ArraySlice<UInt8>) -> Double {
        let isNegative = content.first.map { $0 & 0x80 != 0 } ?? false
        let start: UInt64 = isNegative ? .max : 0
        return Double(Int64(bitPattern: content.suffix(8).reduce(start) { $0 << 8 | UInt64($1) }))
    }

    /// A positive integer of any size in decimal digits.
    static func decimal(_ content: ArraySlice<UInt8>) -> String {
        let base: UInt64 = 1_000_000_000
        // Least significant first.
        var digits: [UInt64] = [0]
        for octet in content {
            var carry = UInt64(octet)
            for index in digits.indices {
                let sum = digits[index] * 256 + carry
                digits[index] = sum % base
                carry = sum / base
            }
            if carry > 0 { digits.append(carry) }
        }
        var text = String(digits[digits.count - 1])
        for digit in digits.dropLast().reversed() {
            let part = String(digit)
            text += String(repeating: "0", count: 9 - part.utf8.count) + part
        }
        return text
    }

    /// UTCTime or GeneralizedTime as RFC 3339 writes it; certificates have whole seconds in UTC.
    static func time(_ element: DERReader.Element) -> String? {
        guard let text = String(validating: element.content, as: UTF8.self), text.hasSuffix("Z"),
            text.dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        var digits = String(text.dropLast())
        if element.tag == 0x17, digits.utf8.count == 12, let year = Int(digits.prefix(2)) {
            digits = (year >= 50 ? "19" : "20") + digits
        }
        guard element.tag == 0x17 || element.tag == 0x18, digits.utf8.count == 14 else { return nil }
        let parts = [4, 2, 2, 2, 2, 2].reduce(into: (rest: Substring(digits), parts: [Substring]())) { state, count in
            state.parts.append(state.rest.prefix(count))
            state.rest = state.rest.dropFirst(count)
        }.parts
        return "\(parts[0])-\(parts[1])-\(parts[2])T\(parts[3]):\(parts[4]):\(parts[5])Z"
    }

    /// A text of one of the types that names have.
    static func text(_ element: DERReader.Element) -> String? {
        switch element.tag {
        case 0x0C, 0x12, 0x13, 0x16: return String(validating: element.content, as: UTF8.self)
        // Latin-1, about.
        case 0x14: return String(String.UnicodeScalarView(element.content.map { Unicode.Scalar($0) }))
        case 0x1E:
            let octets = Array(element.content)
            guard octets.count % 2 == 0 else { return nil }
            let units = stride(from: 0, to: octets.count, by: 2).map {
                UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1])
            }
            return String(validating: units, as: UTF16.self)
        default: return nil
        }
    }
}
