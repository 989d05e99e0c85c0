import Glibc

/// How far inside an address lies.
///
/// A server outside must not make us ask servers inside: their answers, or that they answer at all, are not its business.
package enum NetworkZone: Int, Hashable, Comparable, Sendable {
    case publicNetwork, privateNetwork, loopback
    /// One network segment; clouds serve credentials there. Other addresses at which they do count as the same.
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

    /// Of what a socket is to be connected to; nil for other families than IP's.
    init?(socketAddress: UnsafePointer<sockaddr>) {
        let raw = UnsafeRawPointer(socketAddress)
        switch Int32(socketAddress.pointee.sa_family) {
        case AF_INET:
            let address = raw.assumingMemoryBound(to: sockaddr_in.self).pointee.sin_addr
            self.init(version4: withUnsafeBytes(of: address) { Array($0) })
        case AF_INET6:
            let address = raw.assumingMemoryBound(to: sockaddr_in6.self).pointee.sin6_addr
            self.init(version6: withUnsafeBytes(of: address) { Array($0) })
        default: return nil
        }
    }

    /// Where clouds serve credentials beside 169.254.0.0/16: Azure, Alibaba, Oracle; AWS and Google over IPv6.
    private static let metadata4: Set<[UInt8]> = [[168, 63, 129, 16], [100, 100, 100, 200], [192, 0, 0, 192]]
    private static let metadata6: Set<[UInt8]> = [
        [0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54],
        [0xFD, 0x20, 0x00, 0xCE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54],
    ]

    /// RFC 6890: private use, shared address space, loopback, "this network".
    private init(version4 bytes: [UInt8]) {
        self =
            switch (bytes[0], bytes[1]) {
            case _ where Self.metadata4.contains(bytes): .linkLocal
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
        } else if isZero(0..<12) {
            // An IPv4 address in the old notation.
            self.init(version4: Array(bytes[12...]))
        } else if bytes[0] == 0x20, bytes[1] == 0x02 {
            // One that a 6to4 relay leads to.
            self.init(version4: Array(bytes[2..<6]))
        } else if Self.metadata6.contains(bytes) {
            self = .linkLocal
        } else if bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 {
            self = .linkLocal
        } else if bytes[0] & 0xFE == 0xFC || (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0xC0) {
            self = .privateNetwork
        } else {
            self = .publicNetwork
        }
    }
}
