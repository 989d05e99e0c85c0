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
        case .dns1123Label: return Self.label(Array(text.utf8))
        case .dns1035LabelPrefix: return Self.oldLabel(Self.withoutTrailingDash(text))
        case .dns1123LabelPrefix: return Self.label(Self.withoutTrailingDash(text))
        case .dns1123Subdomain: return Self.subdomain(Array(text.utf8))
        case .dns1123SubdomainPrefix: return Self.subdomain(Self.withoutTrailingDash(text))
        case .dns1035Label: return Self.oldLabel(Array(text.utf8))
        case .qualifiedName: return Self.qualifiedName(Array(text.utf8))
        case .labelValue: return Self.labelValue(Array(text.utf8))
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

    private static func tooLong(_ count: Int, _ unit: String) -> String { "must be no more than \(count) \(unit)" }

    private static func isLower(_ byte: UInt8) -> Bool { byte >= 97 && byte <= 122 }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { isLower(byte | 0x20) || isDigit(byte) }

    private static func isLabel(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        func isEnd(_ byte: UInt8) -> Bool { isLower(byte) || isDigit(byte) }
        guard let first = name.first, let last = name.last, isEnd(first), isEnd(last) else { return false }
        return name.allSatisfy { isEnd($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isSubdomain(_ name: [UInt8]) -> Bool {
        name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(isLabel)
    }

    /// Letters and digits, with `-_.` between.
    private static func isName(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = name.first, let last = name.last, isLetterOrDigit(first), isLetterOrDigit(last) else {
            return false
        }
        return name.allSatisfy { isLetterOrDigit($0) || "-_.".utf8.contains($0) }
    }

    private static func label(_ name: [UInt8]) -> [String] {
        var problems: [String] = []
        if name.count > 63 { problems.append(tooLong(63, "characters")) }
        if !isLabel(name) {
            problems.append(
                isSubdomain(name)
                    ? "must not contain dots"
                    : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
                        + "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
                        + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')")
        }
        return problems
    }

    private static func subdomain(_ name: [UInt8]) -> [String] {
        var problems: [String] = []
        if name.count > 253 { problems.append(tooLong(253, "characters")) }
        if !isSubdomain(name) {
            problems.append(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
                    + "must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
                    + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")
        }
        return problems
    }

    private static func oldLabel(_ name: [UInt8]) -> [String] {
        var problems: [String] = []
        if name.count > 63 { problems.append(tooLong(63, "characters")) }
        if !isLabel(name) || !isLower(name[0]) {
            problems.append(
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
                    + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used "
                    + "for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')")
        }
        return problems
    }

    private static func qualifiedName(_ text: [UInt8]) -> [String] {
        let rule =
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
            + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
        let parts = text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count <= 2, let name = parts.last else {
            return [
                "a qualified name \(rule) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ]
        }
        var problems: [String] = []
        if parts.count == 2 {
            if parts[0].isEmpty {
                problems.append("prefix part must be non-empty")
            } else {
                problems += subdomain(Array(parts[0])).map { "prefix part \($0)" }
            }
        }
        if name.isEmpty {
            problems.append("name part must be non-empty")
        } else if name.count > 63 {
            problems.append("name part " + tooLong(63, "bytes"))
        }
        if !isName(name) { problems.append("name part \(rule)") }
        return problems
    }

    private static func labelValue(_ text: [UInt8]) -> [String] {
        var problems: [String] = []
        if text.count > 63 { problems.append(tooLong(63, "bytes")) }
        if !text.isEmpty, !isName(text) {
            problems.append(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
                    + "must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
                    + "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")
        }
        return problems
    }

    // MARK: Other formats

    private static func isUUID(_ text: [UInt8]) -> Bool {
        guard text.count == 36 else { return false }
        return text.indices.allSatisfy { index in
            switch index {
            case 8, 13, 18, 23: text[index] == UInt8(ascii: "-")
            default: isDigit(text[index]) || (text[index] | 0x20) >= 97 && (text[index] | 0x20) <= 102
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
