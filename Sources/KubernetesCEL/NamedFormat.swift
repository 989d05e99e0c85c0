internal import CEL
internal import Values

/// The named string formats of Kubernetes' API validation, with its messages.
enum NamedFormat: String, CaseIterable, Sendable {
    case dns1123Label, dns1123LabelPrefix, dns1123Subdomain, dns1123SubdomainPrefix, dns1035Label, dns1035LabelPrefix
    case qualifiedName, labelValue, uri, uuid, byte, date, datetime

    /// As Kubernetes names it inside: `DNS1123Label`, `uuid`.
    var displayName: String {
        switch self {
        case .uri: "URI"
        case .uuid, .byte, .date, .datetime: rawValue
        case .qualifiedName: "QualifiedName"
        case .labelValue: "LabelValue"
        default: "DNS" + rawValue.dropFirst(3)
        }
    }

    /// What the pattern behind it costs per ten characters.
    var patternCost: UInt64 {
        switch self {
        case .dns1123Label, .dns1123LabelPrefix, .dns1035Label, .dns1035LabelPrefix: 8
        case .dns1123Subdomain, .dns1123SubdomainPrefix, .qualifiedName: 15
        case .labelValue: 10
        case .uri: 276
        case .byte: 21
        case .uuid, .date, .datetime: 18
        }
    }

    /// - Returns: what is wrong with the text; empty if nothing is.
    func problems(_ text: String) -> [String] {
        switch self {
        case .dns1123Label: return NameFormat.label(Array(text.utf8))
        case .dns1035LabelPrefix: return NameFormat.oldLabel(Self.withoutTrailingDash(text))
        case .dns1123LabelPrefix: return NameFormat.label(Self.withoutTrailingDash(text))
        case .dns1123Subdomain: return NameFormat.subdomain(Array(text.utf8))
        case .dns1123SubdomainPrefix: return NameFormat.subdomain(Self.withoutTrailingDash(text))
        case .dns1035Label: return NameFormat.oldLabel(Array(text.utf8))
        case .qualifiedName: return NameFormat.qualifiedName(Array(text.utf8))
        case .labelValue: return NameFormat.labelValue(Array(text.utf8))
        case .uri:
            do throws(UniformResourceLocator.ParseError) {
                _ = try UniformResourceLocator(parsing: text)
                return []
            } catch {
                return [error.message]
            }
        case .uuid: return Self.isUUID(Array(text.utf8)) ? [] : ["does not match the UUID format"]
        case .byte: return Self.isBase64(text) ? [] : ["invalid base64"]
        case .date: return Self.isDate(text[...]) ? [] : ["invalid date"]
        case .datetime: return Self.isDateTime(text) ? [] : ["invalid datetime"]
        }
    }

    // MARK: Names

    /// A name that something will be appended to may end in a dash.
    private static func withoutTrailingDash(_ text: String) -> [UInt8] {
        let name = Array(text.utf8)
        return name.count > 1 && name.last == UInt8(ascii: "-") ? name.dropLast(2) + [UInt8(ascii: "a")] : name
    }

    // MARK: Other formats

    private static func isUUID(_ text: [UInt8]) -> Bool {
        guard text.count == 36 else { return false }
        return text.indices.allSatisfy { index in
            switch index {
            case 8, 13, 18, 23: text[index] == UInt8(ascii: "-")
            default: (48...57).contains(text[index]) || (text[index] | 0x20) >= 97 && (text[index] | 0x20) <= 102
            }
        }
    }

    private static func isBase64(_ text: String) -> Bool {
        !text.isEmpty && !text.utf8.contains { $0 == 10 || $0 == 13 } && Base64.decode(text, padded: true) != nil
    }

    private static func isDate(_ text: Substring) -> Bool {
        // Year 0 is a date here, but no timestamp: any leap year does instead.
        let year = text.hasPrefix("0000") ? "2000" + text.dropFirst(4) : String(text)
        return text.utf8.count == 10 && Timestamps.parse(year + "T00:00:00Z") != nil
    }

    private static func isDateTime(_ text: String) -> Bool {
        let parts = text.lowercased().split(separator: "t", omittingEmptySubsequences: false)
        guard parts.count >= 2, isDate(parts[0]) else { return false }
        var rest = Array(parts[1].unicodeScalars)[...]
        func number() -> Int? {
            guard rest.count >= 2, let value = Int(String(String.UnicodeScalarView(rest.prefix(2)))),
                rest.prefix(2).allSatisfy({ $0 >= "0" && $0 <= "9" })
            else { return nil }
            rest = rest.dropFirst(2)
            return value
        }
        func take(_ scalar: Unicode.Scalar) -> Bool {
            guard rest.first == scalar else { return false }
            rest.removeFirst()
            return true
        }
        guard let hour = number(), take(":"), let minute = number(), take(":"), let second = number(), hour <= 23,
            minute <= 59, second <= 59
        else { return false }
        // The fraction's separator may be any character: Kubernetes' pattern has an unescaped dot.
        if rest.count > 1, let digit = rest.dropFirst().first, digit >= "0", digit <= "9", rest.first != "+",
            rest.first != "-" || rest.count > 6
        {
            rest = rest.dropFirst().drop { $0 >= "0" && $0 <= "9" }
        }
        if rest.elementsEqual(["z"]) { return true }
        return (take("+") || take("-")) && number() != nil && take(":") && number() != nil && rest.isEmpty
    }
}
