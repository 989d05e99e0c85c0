/// The forms of names in Kubernetes, with the messages of its API validation; no message is no complaint.
package enum NameFormat {
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

    /// DNS-1123 label, at most 63 characters.
    package static func label(_ name: [UInt8]) -> [String] {
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

    /// DNS-1123 subdomain, at most 253 characters.
    package static func subdomain(_ name: [UInt8]) -> [String] {
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

    /// DNS-1035 label: one that starts with a letter.
    package static func oldLabel(_ name: [UInt8]) -> [String] {
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

    /// A name with an optional subdomain before a slash: the key of a label or annotation.
    package static func qualifiedName(_ text: [UInt8]) -> [String] {
        let rule =
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
            + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
        let parts = text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count <= 2, let name = parts.last else {
            return [
                "a valid label key \(rule) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
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

    /// What can stand between two slashes of a URL; empty is no complaint, and neither is length.
    package static func pathSegment(_ name: [UInt8]) -> [String] {
        for reserved in [".", ".."] where name.elementsEqual(reserved.utf8) { return ["may not be '\(reserved)'"] }
        return ["/", "%"].filter { name.contains($0.utf8.first ?? 0) }.map { "may not contain '\($0)'" }
    }

    /// The value of a label.
    package static func labelValue(_ text: [UInt8]) -> [String] {
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
}
