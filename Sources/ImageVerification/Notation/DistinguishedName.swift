/// A subject's name as trust policies write it: `C=US, ST=WA, O=Example\, Inc.` (RFC 4514).
struct DistinguishedName {
    /// Types by their short names; each type at most once.
    private(set) var attributes: [(type: String, value: String)] = []

    /// Nil for what is no such name, and for types that occur twice.
    init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)[...]
        var isComplete = false
        while !isComplete {
            guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")),
                let name = String(validating: Self.trimmed(bytes[..<equals]), as: UTF8.self), !name.isEmpty,
                name.utf8.allSatisfy(Self.isTypeByte)
            else { return nil }
            bytes = bytes[(equals + 1)...]
            guard let value = Self.value(&bytes, &isComplete) else { return nil }
            let type = Self.shortName(name)
            guard !attributes.contains(where: { $0.type == type }) else { return nil }
            attributes.append((type, value))
        }
    }

    private static func isTypeByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "-")
    }

    /// Up to the next separator, or the end, with escapes undone.
    private static func value(_ bytes: inout ArraySlice<UInt8>, _ isComplete: inout Bool) -> String? {
        var value: [UInt8] = []
        // Blanks at the end count only where they are escaped.
        var kept = 0
        isComplete = true
        bytes = bytes.drop { $0 == UInt8(ascii: " ") }
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "+") {
                isComplete = false
                break
            }
            guard byte == UInt8(ascii: "\\") else {
                value.append(byte)
                if byte != UInt8(ascii: " ") { kept = value.count }
                continue
            }
            if let pair = BinaryText.decodeHex(String(decoding: bytes.prefix(2), as: UTF8.self).lowercased().utf8),
                pair.count == 1
            {
                bytes = bytes.dropFirst(2)
                value += pair
            } else {
                guard let escaped = bytes.popFirst() else { return nil }
                value.append(escaped)
            }
            kept = value.count
        }
        return kept > 0 ? String(validating: value[..<kept], as: UTF8.self) : nil
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop { $0 == UInt8(ascii: " ") }
        while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        return bytes
    }

    /// As OpenSSL names the types; other tools know other names for some.
    private static func shortName(_ name: String) -> String {
        switch name.uppercased() {
        case "S", "ST": "ST"
        case "C", "O", "OU", "CN", "L", "DC", "UID", "SN", "GN": name.uppercased()
        case "STREET": "street"
        case "POSTALCODE": "postalCode"
        case "SERIALNUMBER": "serialNumber"
        case "E", "EMAIL", "EMAILADDRESS": "emailAddress"
        default: name
        }
    }
}
