/// Addresses as texts, for what reads them from bytes.
package enum IPAddressText {
    /// - Parameter bytes: 4 or 16; nil for any other number.
    package static func text(_ bytes: [UInt8]) -> String? {
        bytes.count == 4 || bytes.count == 16 ? IPAddress(bytes: bytes).description : nil
    }
}

/// An IPv4 or IPv6 address, after Go's net/netip.
struct IPAddress: Hashable, Sendable {
    /// 4 or 16 bytes.
    let bytes: [UInt8]

    var isV4: Bool { bytes.count == 4 }
    var bitCount: Int { bytes.count * 8 }

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Returns: nil for what is no address, and for addresses with a zone or an IPv4 tail after `::ffff:`, which
    ///   CEL's functions refuse.
    init?(_ text: String) {
        let ascii = Array(text.utf8)
        if ascii.contains(UInt8(ascii: ":")) {
            guard let bytes = Self.v6(ascii) else { return nil }
            self.bytes = bytes
            if ascii.contains(UInt8(ascii: ".")), is4In6 { return nil }
        } else {
            guard let bytes = Self.v4(ascii[...]) else { return nil }
            self.bytes = bytes
        }
    }

    private static func v4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let fields = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard fields.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for field in fields {
            guard !field.isEmpty, field.count <= 3, field.allSatisfy({ $0 >= 48 && $0 <= 57 }),
                field.count == 1 || field.first != 48
            else { return nil }
            let value = field.reduce(0) { $0 * 10 + Int($1 - 48) }
            guard let byte = UInt8(exactly: value) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func v6(_ text: [UInt8]) -> [UInt8]? {
        var rest = text[...]
        var bytes: [UInt8] = []
        var gap: Int?
        let colon = UInt8(ascii: ":")
        if rest.starts(with: [colon, colon]) {
            gap = 0
            rest = rest.dropFirst(2)
            if rest.isEmpty { return Array(repeating: 0, count: 16) }
        }
        while bytes.count < 16 {
            let field = rest.prefix { $0 != colon }
            if field.contains(UInt8(ascii: ".")) {
                guard bytes.count <= 12, field.count == rest.count, let tail = v4(field),
                    gap != nil || bytes.count == 12
                else { return nil }
                bytes += tail
                rest = []
                break
            }
            guard !field.isEmpty, field.count <= 4,
                let value = UInt16(String(decoding: field, as: UTF8.self), radix: 16), field.first != 43
            else { return nil }
            bytes += [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
            rest = rest.dropFirst(field.count)
            if rest.isEmpty { break }
            rest = rest.dropFirst()
            if rest.isEmpty { return nil }
            if rest.first == colon {
                if gap != nil { return nil }
                gap = bytes.count
                rest = rest.dropFirst()
                if rest.isEmpty { break }
            }
        }
        guard rest.isEmpty else { return nil }
        if bytes.count < 16 {
            guard let gap else { return nil }
            bytes.insert(contentsOf: Array(repeating: 0, count: 16 - bytes.count), at: gap)
        } else if gap != nil {
            return nil
        }
        return bytes
    }

    /// `::ffff:a.b.c.d`, an IPv4 address in IPv6's form.
    var is4In6: Bool { !isV4 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255 }

    var unmapped: IPAddress { is4In6 ? IPAddress(bytes: Array(bytes[12...])) : self }

    /// RFC 5952.
    var description: String {
        if isV4 { return bytes.map(String.init).joined(separator: ".") }
        if is4In6 { return "::ffff:" + unmapped.description }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var longest = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start >= 2, end - start > longest.count { longest = start..<end }
            start = max(end, start + 1)
        }
        func hex(_ groups: ArraySlice<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if longest.isEmpty { return hex(groups[...]) }
        return hex(groups[..<longest.lowerBound]) + "::" + hex(groups[longest.upperBound...])
    }

    var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }
    var isLoopback: Bool {
        let address = unmapped
        return address.isV4
            ? address.bytes[0] == 127 : address.bytes.dropLast().allSatisfy { $0 == 0 } && address.bytes[15] == 1
    }
    var isMulticast: Bool {
        let address = unmapped
        return address.isV4 ? address.bytes[0] & 0xF0 == 0xE0 : address.bytes[0] == 0xFF
    }
    var isLinkLocalMulticast: Bool {
        let bytes = unmapped.bytes
        return bytes.count == 4
            ? bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0 : bytes[0] == 0xFF && bytes[1] & 0x0F == 2
    }
    var isLinkLocalUnicast: Bool {
        let bytes = unmapped.bytes
        return bytes.count == 4
            ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
    }
    var isGlobalUnicast: Bool {
        let address = unmapped
        if address.isV4, address.isUnspecified || address.bytes.allSatisfy({ $0 == 255 }) { return false }
        return !address.isUnspecified && !address.isLoopback && !address.isMulticast && !address.isLinkLocalUnicast
    }
}

/// An address and how many of its first bits name the network.
struct IPPrefix: Hashable, Sendable {
    let address: IPAddress
    let length: Int

    init(address: IPAddress, length: Int) {
        self.address = address
        self.length = length
    }

    init?(_ text: String) {
        guard let slash = text.lastIndex(of: "/"), let address = IPAddress(String(text[..<slash])) else { return nil }
        let digits = text[text.index(after: slash)...].utf8
        guard !digits.isEmpty, digits.count <= 3, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }),
            digits.count == 1 || digits.first != 48
        else { return nil }
        let length = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        guard length <= address.bitCount else { return nil }
        self.init(address: address, length: length)
    }

    /// The network's own address: all bits after the prefix are 0.
    var masked: IPPrefix {
        var bytes = address.bytes
        for index in bytes.indices {
            let kept = min(8, max(0, length - index * 8))
            bytes[index] &= kept == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF00 >> kept)
        }
        return IPPrefix(address: IPAddress(bytes: bytes), length: length)
    }

    func contains(_ other: IPAddress) -> Bool {
        guard other.isV4 == address.isV4 else { return false }
        return IPPrefix(address: other, length: length).masked == masked
    }

    func contains(_ other: IPPrefix) -> Bool { length <= other.length && contains(other.address) }

    var description: String { "\(address.description)/\(length)" }
}
