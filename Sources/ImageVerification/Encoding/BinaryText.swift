/// Base64 and hexadecimal, strict: no byte is skipped that the caller did not allow.
package enum BinaryText {
    package enum Alphabet {
        /// RFC 4648 section 4 with padding.
        case standard
        /// The same; line ends are skipped, as `base64` writes them and Go's decoder reads them.
        case wrapped
        /// RFC 4648 section 5 without padding, as JWS has it.
        case urlUnpadded
        /// What protobuf's JSON mapping takes: either alphabet, padding optional; line ends are skipped, as Go does.
        case protobuf
    }

    package static func decodeBase64(
        _ text: some Collection<UInt8>, _ alphabet: Alphabet = .standard
    ) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 3)
        var (bits, bitCount, digits, padding): (UInt32, Int, Int, Int) = (0, 0, 0, 0)
        for byte in text {
            if alphabet == .protobuf || alphabet == .wrapped, byte == 0x0A || byte == 0x0D { continue }
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let digit = digit(byte, alphabet) else { return nil }
            bits = bits << 6 | UInt32(digit)
            bitCount += 6
            digits += 1
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
                bits &= (1 << UInt32(bitCount)) - 1
            }
        }
        // One digit over makes no byte; bits left over must be zero, or two texts would mean the same bytes.
        guard digits % 4 != 1, bits == 0 else { return nil }
        let needed = (4 - digits % 4) % 4
        switch alphabet {
        case .standard, .wrapped: guard padding == needed else { return nil }
        case .urlUnpadded: guard padding == 0 else { return nil }
        case .protobuf: guard padding == 0 || padding == needed else { return nil }
        }
        return bytes
    }

    private static func digit(_ byte: UInt8, _ alphabet: Alphabet) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+") where alphabet != .urlUnpadded: 62
        case UInt8(ascii: "/") where alphabet != .urlUnpadded: 63
        case UInt8(ascii: "-") where alphabet == .urlUnpadded || alphabet == .protobuf: 62
        case UInt8(ascii: "_") where alphabet == .urlUnpadded || alphabet == .protobuf: 63
        default: nil
        }
    }

    /// Standard alphabet, padded.
    static func encodeBase64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var group = UInt32(bytes[index]) << 16
            if count > 1 { group |= UInt32(bytes[index + 1]) << 8 }
            if count > 2 { group |= UInt32(bytes[index + 2]) }
            for position in 0..<4 {
                text.append(
                    position <= count ? digits[Int(group >> UInt32(18 - 6 * position)) & 63] : UInt8(ascii: "="))
            }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Lower case.
    static func encodeHex(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Lower case only, as digests are written.
    static func decodeHex(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for byte in text {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }
}
