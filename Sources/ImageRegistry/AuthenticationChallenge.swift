import OutgoingHTTP

/// What a registry wants to be shown: one challenge of a `WWW-Authenticate` header (RFC 9110, 11.6.1).
struct AuthenticationChallenge: Hashable, Sendable {
    /// Lower case.
    let scheme: String
    /// Names in lower case.
    let parameters: [String: String]

    /// All challenges of a response; what is malformed ends a line's reading.
    static func all(in head: HTTPResponseHead) -> [AuthenticationChallenge] {
        Array(head.all("www-authenticate").flatMap { parse($0) }.prefix(RegistryLimits.maximumChallenges))
    }

    static func parse(_ text: String) -> [AuthenticationChallenge] {
        var reader = ChallengeReader(bytes: Array(text.utf8)[...])
        var found: [AuthenticationChallenge] = []
        var scheme: String?
        var parameters: [String: String] = [:]
        while found.count < RegistryLimits.maximumChallenges, let word = reader.token() {
            if let value = reader.value() {
                parameters[word.lowercased()] = value
                continue
            }
            if let scheme { found.append(AuthenticationChallenge(scheme: scheme, parameters: parameters)) }
            scheme = word.lowercased()
            parameters = [:]
        }
        if let scheme { found.append(AuthenticationChallenge(scheme: scheme, parameters: parameters)) }
        return found
    }
}

private struct ChallengeReader {
    var bytes: ArraySlice<UInt8>

    private mutating func skip(commas: Bool) {
        bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 || (commas && $0 == UInt8(ascii: ",")) }
    }

    mutating func token() -> String? {
        skip(commas: true)
        let word = bytes.prefix { $0 > 0x20 && $0 < 0x7F && !Array(",=\"".utf8).contains($0) }
        guard !word.isEmpty else { return nil }
        bytes = bytes.dropFirst(word.count)
        return String(decoding: word, as: UTF8.self)
    }

    /// What stands behind an equals sign; nil where there is none.
    mutating func value() -> String? {
        let before = bytes
        skip(commas: false)
        guard bytes.first == UInt8(ascii: "=") else {
            bytes = before
            return nil
        }
        bytes = bytes.dropFirst()
        skip(commas: false)
        guard bytes.first == UInt8(ascii: "\"") else {
            let word = bytes.prefix { $0 != UInt8(ascii: ",") && $0 > 0x20 }
            bytes = bytes.dropFirst(word.count)
            return String(decoding: word, as: UTF8.self)
        }
        bytes = bytes.dropFirst()
        var text: [UInt8] = []
        while let byte = bytes.popFirst(), byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\"), let escaped = bytes.popFirst() {
                text.append(escaped)
            } else {
                text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
