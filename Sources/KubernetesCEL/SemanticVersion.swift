/// A semantic version, read as the Go library that Kubernetes uses reads it.
struct SemanticVersion: Sendable {
    enum Identifier: Equatable, Sendable {
        case number(UInt64)
        case text([UInt8])
    }

    struct ParseError: Error, Sendable {
        let message: String
    }

    let major: UInt64
    let minor: UInt64
    let patch: UInt64
    let prerelease: [Identifier]
    let build: [[UInt8]]

    /// - Parameter normalizing: take a leading `v`, leading zeros and missing parts.
    init(parsing text: String, normalizing: Bool) throws(ParseError) {
        if text.isEmpty { throw ParseError(message: "Version string empty") }
        let text = normalizing ? Self.normalized(Array(text.utf8)) : Array(text.utf8)
        let dot = UInt8(ascii: ".")
        let parts = text.split(separator: dot, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw ParseError(message: "No Major.Minor.Patch elements found") }
        major = try Self.number(parts[0], "major")
        minor = try Self.number(parts[1], "minor")
        var rest = parts[2]
        var buildPart: ArraySlice<UInt8>?
        if let plus = rest.firstIndex(of: UInt8(ascii: "+")) {
            buildPart = rest[(plus + 1)...]
            rest = rest[..<plus]
        }
        var prereleasePart: ArraySlice<UInt8>?
        if let dash = rest.firstIndex(of: UInt8(ascii: "-")) {
            prereleasePart = rest[(dash + 1)...]
            rest = rest[..<dash]
        }
        patch = try Self.number(rest, "patch")
        prerelease =
            try prereleasePart.map { part throws(ParseError) in
                try part.split(separator: dot, omittingEmptySubsequences: false).map {
                    field throws(ParseError) in try Self.identifier(field)
                }
            } ?? []
        build =
            try buildPart.map { part throws(ParseError) in
                try part.split(separator: dot, omittingEmptySubsequences: false).map { field throws(ParseError) in
                    if field.isEmpty { throw ParseError(message: "Build meta data is empty") }
                    guard field.allSatisfy(Self.isIdentifierByte) else {
                        throw Self.invalid("build meta data", field)
                    }
                    return Array(field)
                }
            } ?? []
    }

    private static func invalid(_ what: String, _ field: ArraySlice<UInt8>) -> ParseError {
        ParseError(message: "Invalid character(s) found in \(what) \"\(String(decoding: field, as: UTF8.self))\"")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return lower >= 97 && lower <= 122 || isDigit(byte) || byte == UInt8(ascii: "-")
    }

    private static func number(_ field: ArraySlice<UInt8>, _ what: String) throws(ParseError) -> UInt64 {
        guard field.allSatisfy(isDigit) else { throw invalid("\(what) number", field) }
        let text = String(decoding: field, as: UTF8.self)
        if field.count > 1, field.first == 48 {
            throw ParseError(
                message:
                    "\(what.prefix(1).uppercased() + what.dropFirst()) number must not contain leading zeroes \"\(text)\""
            )
        }
        guard let value = UInt64(text) else {
            let reason = text.isEmpty ? "invalid syntax" : "value out of range"
            throw ParseError(message: "strconv.ParseUint: parsing \"\(text)\": \(reason)")
        }
        return value
    }

    private static func identifier(_ field: ArraySlice<UInt8>) throws(ParseError) -> Identifier {
        if field.isEmpty { throw ParseError(message: "Prerelease is empty") }
        if field.allSatisfy(isDigit) {
            let text = String(decoding: field, as: UTF8.self)
            if field.count > 1, field.first == 48 {
                throw ParseError(message: "Numeric PreRelease version must not contain leading zeroes \"\(text)\"")
            }
            guard let value = UInt64(text) else {
                throw ParseError(message: "strconv.ParseUint: parsing \"\(text)\": value out of range")
            }
            return .number(value)
        }
        guard field.allSatisfy(isIdentifierByte) else { throw invalid("prerelease", field) }
        return .text(Array(field))
    }

    private static func normalized(_ text: [UInt8]) -> [UInt8] {
        var rest = text[...]
        if rest.first == UInt8(ascii: "v") { rest = rest.dropFirst() }
        let dot = UInt8(ascii: ".")
        var parts = rest.split(separator: dot, maxSplits: 2, omittingEmptySubsequences: false).map { part in
            let trimmed = part.drop { $0 == 48 }
            // A number that was all zeros keeps one.
            guard part.count > 1 else { return Array(part) }
            return trimmed.first.map(isDigit) == true ? Array(trimmed) : [48] + Array(trimmed)
        }
        if parts.count < 3 {
            if let last = parts.last, last.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) {
                return text
            }
            while parts.count < 3 { parts.append([48]) }
        }
        return Array(parts.joined(separator: [dot]))
    }

    /// -1, 0 or 1; build metadata does not count.
    static func compare(_ left: SemanticVersion, _ right: SemanticVersion) -> Int {
        func order<T: Comparable>(_ left: T, _ right: T) -> Int { left < right ? -1 : left > right ? 1 : 0 }
        for (left, right) in [(left.major, right.major), (left.minor, right.minor), (left.patch, right.patch)]
        where left != right {
            return order(left, right)
        }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return order(left.prerelease.isEmpty ? 1 : 0, right.prerelease.isEmpty ? 1 : 0)
        }
        for (left, right) in zip(left.prerelease, right.prerelease) where left != right {
            switch (left, right) {
            case (.number(let left), .number(let right)): return order(left, right)
            case (.number, .text): return -1
            case (.text, .number): return 1
            case (.text(let left), .text(let right)): return left.lexicographicallyPrecedes(right) ? -1 : 1
            }
        }
        return order(left.prerelease.count, right.prerelease.count)
    }

    var description: String {
        var text = "\(major).\(minor).\(patch)"
        if !prerelease.isEmpty {
            let parts = prerelease.map { part in
                switch part {
                case .number(let number): String(number)
                case .text(let text): String(decoding: text, as: UTF8.self)
                }
            }
            text += "-" + parts.joined(separator: ".")
        }
        if !build.isEmpty {
            text += "+" + build.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
        }
        return text
    }
}
