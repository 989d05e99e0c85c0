import RegularExpressions
import Values

/// The formats of texts that the API server checks in custom resources; other names say nothing.
enum CustomFormat: String, Sendable {
    case dateTime = "date-time"
    case date, duration, byte, ipv4, ipv6, cidr, mac, uuid, uuid3, uuid4, uuid5, email, hostname, uri, hexcolor,
        rgbcolor
    case bsonObjectID = "bsonobjectid"
    case shortName = "k8s-short-name"
    case longName = "k8s-long-name"

    func accepts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        switch self {
        case .dateTime: TimeText.isValid(String(decoding: text, as: UTF8.self))
        case .date: Self.isDate(text)
        case .byte: Base64.isValid(text)
        case .ipv6: text.contains(UInt8(ascii: ":")) && Self.isAddress(text[...], hasSix: true)
        case .ipv4: Self.isAddress(text[...], hasSix: false)
        case .cidr: Self.isNetwork(text)
        case .shortName: NameFormat.label(Array(text)).isEmpty
        case .longName: NameFormat.subdomain(Array(text)).isEmpty
        default: Self.patterns[self]?.matches(text) ?? true
        }
    }

    private static let patterns: [CustomFormat: RegularExpression] = {
        let texts: [CustomFormat: String] = [
            .duration:
                #"^([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*(ns|nano|us|µs|μs|micro|ms|milli|s|sec|m|min|h|hr|hour|d|day|w|wk|week)s?(([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*(ns|us|µs|μs|ms|s|m|h))*$|^[-+]?0$|^[-+]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$"#,
            .mac: "^([0-9A-Fa-f]{2}[:-]){5,7}[0-9A-Fa-f]{2}$|^([0-9A-Fa-f]{4}\\.){2,3}[0-9A-Fa-f]{4}$",
            .uuid: "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$",
            .uuid3: "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$",
            .uuid4: "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$",
            .uuid5: "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$",
            .email: #"^([^\s<>@]+|[^<>@]*<[^\s<>@]+)@[^\s<>@]+>?$"#,
            .hostname:
                "^([a-zA-Z0-9\\p{S}\\p{L}]((-?[a-zA-Z0-9\\p{S}\\p{L}]{0,62})?)|([a-zA-Z0-9\\p{S}\\p{L}](([a-zA-Z0-9-\\p{S}\\p{L}]{0,61}[a-zA-Z0-9\\p{S}\\p{L}])?)(\\.)){1,}([a-zA-Z\\p{L}]){2,63})$",
            .uri: "^([a-zA-Z][a-zA-Z0-9+.-]*:[^\\s]*|/[^\\s]*)$",
            .hexcolor: "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$",
            .rgbcolor:
                #"^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)$"#,
            .bsonObjectID: "^[0-9a-fA-F]{24}$",
        ]
        return texts.compactMapValues { try? RegularExpression(pattern: $0) }
    }()

    private static func isDate(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count == 10 && TimeText.isValid(String(decoding: text, as: UTF8.self) + "T00:00:00Z")
    }

    private static func isNetwork(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let slash = text.lastIndex(of: UInt8(ascii: "/")) else { return false }
        let bits = text[(slash + 1)...]
        let hasSix = text.contains(UInt8(ascii: ":"))
        guard (1...3).contains(bits.count), bits.allSatisfy({ (48...57).contains($0) }),
            bits.count == 1 || bits.first != UInt8(ascii: "0"),
            let count = Int(String(decoding: bits, as: UTF8.self)), count <= (hasSix ? 128 : 32)
        else { return false }
        return isAddress(text[..<slash], hasSix: hasSix)
    }

    /// An address of IPv4 (four decimal numbers), or of IPv6 (eight groups, `::` for zeros, perhaps IPv4 at the end).
    private static func isAddress(_ text: Slice<UnsafeBufferPointer<UInt8>>, hasSix: Bool) -> Bool {
        let words = String(decoding: text, as: UTF8.self)
        guard hasSix else {
            let parts = words.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 4
                && parts.allSatisfy { part in
                    (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
                        && (part.utf8.count == 1 || part.utf8.first != UInt8(ascii: "0")) && (Int(part) ?? 256) < 256
                }
        }
        let halves = words.replacing("::", with: "|").split(separator: "|", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, part) in parts.enumerated() {
                if part.contains("."), index == halves.count - 1, position == parts.count - 1 {
                    let isValid = Array(part.utf8).withUnsafeBufferPointer { isAddress($0[...], hasSix: false) }
                    if !isValid { return false }
                    groups += 2
                } else {
                    guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit) else { return false }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups < 8 : groups == 8
    }
}
