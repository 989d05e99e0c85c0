import Glibc

/// How far inside an address lies.
///
/// A server outside must not make us ask servers inside: their answers, or that they answer at all, are not its business.
package enum NetworkZone: Int, Hashable, Comparable, Sendable {
    case publicNetwork, privateNetwork, loopback
    /// One network segment; clouds serve credentials there.
    case linkLocal

    package static func < (left: NetworkZone, right: NetworkZone) -> Bool { left.rawValue < right.rawValue }

    /// Of a literal address, with or without brackets; nil for a name.
    package init?(address: String) {
        var text = address
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        if let percent = text.utf8.firstIndex(of: UInt8(ascii: "%")) { text = String(text[..<percent]) }
        var version4 = in_addr()
        if inet_pton(AF_INET, text, &version4) == 1 {
            self.init(version4: withUnsafeBytes(of: version4) { Array($0) })
            return
        }
        var version6 = in6_addr()
        guard inet_pton(AF_INET6, text, &version6) == 1 else { return nil }
        self.init(version6: withUnsafeBytes(of: version6) { Array($0) })
    }

    /// RFC 6890: private use, shared address space, loopback, "this network".
    private init(version4 bytes: [UInt8]) {
        self =
            switch (bytes[0], bytes[1]) {
            case (127, _), (0, _): .loopback
            case (169, 254): .linkLocal
            case (10, _), (172, 16...31), (192, 168), (100, 64...127): .privateNetwork
            default: .publicNetwork
            }
    }

    private init(version6 bytes: [UInt8]) {
        let isZero = { (range: Range<Int>) in bytes[range].allSatisfy { $0 == 0 } }
        if isZero(0..<10), bytes[10] == 0xFF, bytes[11] == 0xFF {
            self.init(version4: Array(bytes[12...]))
        } else if bytes[..<4].elementsEqual([0, 0x64, 0xFF, 0x9B]), isZero(4..<12) {
            // An IPv4 address behind a translator.
            self.init(version4: Array(bytes[12...]))
        } else if isZero(0..<15), bytes[15] <= 1 {
            self = .loopback
        } else if bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 {
            self = .linkLocal
        } else if bytes[0] & 0xFE == 0xFC || (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0xC0) {
            self = .privateNetwork
        } else {
            self = .publicNetwork
        }
    }
}
