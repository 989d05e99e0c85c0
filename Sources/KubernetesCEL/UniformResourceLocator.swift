internal import CEL

/// An absolute URL or path, read and written as Go's net/url does.
struct UniformResourceLocator: Sendable {
    private(set) var scheme = ""
    private var opaque = ""
    /// Name and password, decoded.
    private var user: (name: [UInt8], password: [UInt8]?)?
    private(set) var host: [UInt8] = []
    private var path: [UInt8] = []
    /// The path as it was written, where that differs from how it would be encoded.
    private var rawPath: [UInt8] = []
    private var omitsHost = false
    private var forcesQuery = false
    private(set) var rawQuery: [UInt8] = []
    private var fragment: [UInt8] = []
    private var rawFragment: [UInt8] = []

    struct ParseError: Error, Sendable {
        let message: String

        init(_ text: String, _ reason: String) { message = "parse \(GoQuote.quote(text)): \(reason)" }
    }

    private struct Reason: Error {
        let text: String
    }

    /// `url.ParseRequestURI`, then `url.Parse`, as Kubernetes does it: absolute URLs and paths only.
    init(parsing text: String) throws(ParseError) {
        let bytes = Array(text.utf8)
        do throws(Reason) {
            var request = UniformResourceLocator()
            try request.parse(bytes, viaRequest: true)
        } catch {
            throw ParseError(text, error.text)
        }
        let hash = bytes.firstIndex(of: UInt8(ascii: "#")) ?? bytes.count
        do throws(Reason) {
            try parse(Array(bytes[..<hash]), viaRequest: false)
            if hash < bytes.count {
                let raw = Array(bytes[(hash + 1)...])
                fragment = try Self.unescape(raw, .fragment)
                if Self.escape(fragment, .fragment) != raw { rawFragment = raw }
            }
        } catch {
            throw ParseError(text, error.text)
        }
    }

    private init() {}

    private mutating func parse(_ text: [UInt8], viaRequest: Bool) throws(Reason) {
        if text.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw Reason(text: "net/url: invalid control character in URL")
        }
        if text.isEmpty, viaRequest { throw Reason(text: "empty url") }
        if text == [UInt8(ascii: "*")] {
            path = text
            return
        }
        var rest = try takeScheme(text)[...]
        let question = UInt8(ascii: "?")
        let slash = UInt8(ascii: "/")
        if rest.last == question, rest.count(where: { $0 == question }) == 1 {
            forcesQuery = true
            rest.removeLast()
        } else if let mark = rest.firstIndex(of: question) {
            rawQuery = Array(rest[(mark + 1)...])
            rest = rest[..<mark]
        }
        if rest.first != slash {
            if !scheme.isEmpty {
                opaque = String(decoding: rest, as: UTF8.self)
                return
            }
            if viaRequest { throw Reason(text: "invalid URI for request") }
            if rest.prefix(while: { $0 != slash }).contains(UInt8(ascii: ":")) {
                throw Reason(text: "first path segment in URL cannot contain colon")
            }
        }
        let hasAuthority = rest.starts(with: [slash, slash])
        if hasAuthority, !scheme.isEmpty || !viaRequest && !rest.starts(with: [slash, slash, slash]) {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: slash) ?? rest.endIndex
            try parseAuthority(Array(rest[..<end]))
            rest = rest[end...]
        } else if !scheme.isEmpty, rest.first == slash {
            omitsHost = true
        }
        path = try Self.unescape(Array(rest), .path)
        if Self.escape(path, .path) != Array(rest) { rawPath = Array(rest) }
    }

    /// - Returns: what follows the scheme.
    private mutating func takeScheme(_ text: [UInt8]) throws(Reason) -> [UInt8] {
        for (index, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                if index == 0 { return text }
            case UInt8(ascii: ":"):
                if index == 0 { throw Reason(text: "missing protocol scheme") }
                scheme = String(decoding: text[..<index], as: UTF8.self).lowercased()
                return Array(text[(index + 1)...])
            default: return text
            }
        }
        return text
    }

    private mutating func parseAuthority(_ authority: [UInt8]) throws(Reason) {
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else {
            host = try Self.parseHost(authority)
            return
        }
        host = try Self.parseHost(Array(authority[(at + 1)...]))
        let info = authority[..<at]
        let allowed = Array("-._:~!$&'()*+,;=%@".utf8)
        guard info.allSatisfy({ Self.isAlphanumeric($0) || allowed.contains($0) }) else {
            throw Reason(text: "net/url: invalid userinfo")
        }
        let colon = info.firstIndex(of: UInt8(ascii: ":"))
        let name = try Self.unescape(Array(info[..<(colon ?? info.endIndex)]), .user)
        var password: [UInt8]?
        if let colon { password = try Self.unescape(Array(info[(colon + 1)...]), .user) }
        user = (name, password)
    }

    private static func parseHost(_ text: [UInt8]) throws(Reason) -> [UInt8] {
        func checkPort(_ port: ArraySlice<UInt8>) throws(Reason) {
            if !isOptionalPort(port) {
                throw Reason(text: "invalid port \(GoQuote.quote(String(decoding: port, as: UTF8.self))) after host")
            }
        }
        if text.first == UInt8(ascii: "[") {
            guard let end = text.lastIndex(of: UInt8(ascii: "]")) else { throw Reason(text: "missing ']' in host") }
            try checkPort(text[(end + 1)...])
            var address = text[1..<end]
            var zone: [UInt8] = []
            if let percent = Self.find(Array("%25".utf8), in: text[..<end]) {
                zone = try unescape(Array(text[percent..<end]), .zone)
                address = text[1..<percent]
            }
            let decoded = try unescape(Array(address), .host)
            let name = String(decoding: decoded, as: UTF8.self)
            guard decoded.contains(UInt8(ascii: ":")), IPAddress(name) != nil || decoded.contains(46) else {
                throw Reason(text: "invalid host: \(GoQuote.quote(name)) is no IPv6 address")
            }
            return [UInt8(ascii: "[")] + decoded + zone + text[end...]
        }
        if let colon = text.firstIndex(of: UInt8(ascii: ":")) { try checkPort(text[colon...]) }
        return try unescape(text, .host)
    }

    private static func find(_ part: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        text.indices.first { text[$0...].starts(with: part) }
    }

    private static func isOptionalPort(_ port: ArraySlice<UInt8>) -> Bool {
        guard let first = port.first else { return true }
        return first == UInt8(ascii: ":") && port.dropFirst().allSatisfy { $0 >= 48 && $0 <= 57 }
    }

    // MARK: Parts

    /// The host without brackets and port, and the port.
    var hostAndPort: (host: String, port: String) {
        var name = host[...]
        var port: ArraySlice<UInt8> = []
        if let colon = host.lastIndex(of: UInt8(ascii: ":")), Self.isOptionalPort(host[colon...]) {
            (name, port) = (host[..<colon], host[(colon + 1)...])
        }
        if name.first == UInt8(ascii: "["), name.last == UInt8(ascii: "]") { name = name.dropFirst().dropLast() }
        return (String(decoding: name, as: UTF8.self), String(decoding: port, as: UTF8.self))
    }

    var escapedPath: String {
        if !rawPath.isEmpty, Self.isEncoded(rawPath, .path) { return String(decoding: rawPath, as: UTF8.self) }
        if path == [UInt8(ascii: "*")] { return "*" }
        return String(decoding: Self.escape(path, .path), as: UTF8.self)
    }

    /// Keys in order of first appearance, each with all its values; malformed parts are left out.
    var query: [(key: String, values: [String])] {
        var result: [(key: String, values: [String])] = []
        var places: [[UInt8]: Int] = [:]
        for part in rawQuery.split(separator: UInt8(ascii: "&")) {
            if part.contains(UInt8(ascii: ";")) { continue }
            let equals = part.firstIndex(of: UInt8(ascii: "="))
            let rawKey = Array(part[..<(equals ?? part.endIndex)])
            let rawValue = equals.map { Array(part[($0 + 1)...]) } ?? []
            guard let key = try? Self.unescape(rawKey, .query), let value = try? Self.unescape(rawValue, .query) else {
                continue
            }
            let text = String(decoding: value, as: UTF8.self)
            if let place = places[key] {
                result[place].values.append(text)
            } else {
                places[key] = result.count
                result.append((String(decoding: key, as: UTF8.self), [text]))
            }
        }
        return result
    }

    /// Put together again, normalised as Go does it.
    var description: String {
        var text = scheme.isEmpty ? "" : scheme + ":"
        if !opaque.isEmpty {
            text += opaque
        } else {
            let path = escapedPath
            let hidesHost = omitsHost && host.isEmpty && user == nil
            if (!scheme.isEmpty || !host.isEmpty || user != nil) && !hidesHost {
                if !host.isEmpty || !path.isEmpty || user != nil { text += "//" }
                if let user {
                    text += String(decoding: Self.escape(user.name, .user), as: UTF8.self)
                    if let password = user.password {
                        text += ":" + String(decoding: Self.escape(password, .user), as: UTF8.self)
                    }
                    text += "@"
                }
                text += String(decoding: Self.escape(host, .host), as: UTF8.self)
            }
            if !path.isEmpty, !path.hasPrefix("/"), !host.isEmpty { text += "/" }
            text += path
        }
        if forcesQuery || !rawQuery.isEmpty { text += "?" + String(decoding: rawQuery, as: UTF8.self) }
        if !fragment.isEmpty {
            let isRaw = !rawFragment.isEmpty && Self.isEncoded(rawFragment, .fragment)
            text += "#" + String(decoding: isRaw ? rawFragment : Self.escape(fragment, .fragment), as: UTF8.self)
        }
        return text
    }
}

/// Percent encoding by part of a URL.
extension UniformResourceLocator {
    private enum Part {
        case path, host, zone, user, query, fragment
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return lower >= 97 && lower <= 122 || byte >= 48 && byte <= 57
    }

    private static func needsEscape(_ byte: UInt8, _ part: Part) -> Bool {
        if isAlphanumeric(byte) { return false }
        switch (byte, part) {
        case (UInt8(ascii: "-"), _), (UInt8(ascii: "_"), _), (UInt8(ascii: "."), _), (UInt8(ascii: "~"), _):
            return false
        case (_, .host), (_, .zone): return !"!$&'()*+,;=:[]<>\"".utf8.contains(byte)
        case (_, .path): return !"$&+,/:;=@".utf8.contains(byte)
        case (_, .user): return !"$&+,;=".utf8.contains(byte)
        case (_, .fragment): return !"$&+,/:;=?@!()*".utf8.contains(byte)
        case (_, .query): return true
        }
    }

    /// Whether raw text is a valid encoding, if perhaps not the one Go would choose.
    private static func isEncoded(_ text: [UInt8], _ part: Part) -> Bool {
        text.allSatisfy { "!$&'()*+,;=:@[]%".utf8.contains($0) || !needsEscape($0, part) }
    }

    private static func escape(_ text: [UInt8], _ part: Part) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text {
            if needsEscape(byte, part) {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }

    private static func unescape(_ text: [UInt8], _ part: Part) throws(Reason) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "%") {
                let code = text[index..<min(index + 3, text.count)]
                guard index + 2 < text.count, let high = hexValue(text[index + 1]), let low = hexValue(text[index + 2])
                else { throw invalidEscape(code) }
                let value = high << 4 | low
                let isPercent = code.elementsEqual("%25".utf8)
                if part == .host, high < 8, !isPercent { throw invalidEscape(code) }
                if part == .zone, !isPercent, value != 0x20, needsEscape(value, .host) { throw invalidEscape(code) }
                result.append(value)
                index += 3
                continue
            }
            if byte == UInt8(ascii: "+"), part == .query {
                result.append(0x20)
            } else {
                if part == .host || part == .zone, byte < 0x80, needsEscape(byte, part) {
                    let character = GoQuote.quote(String(UnicodeScalar(byte)))
                    throw Reason(text: "invalid character \(character) in host name")
                }
                result.append(byte)
            }
            index += 1
        }
        return result
    }

    private static func invalidEscape(_ code: ArraySlice<UInt8>) -> Reason {
        Reason(text: "invalid URL escape \(GoQuote.quote(String(decoding: code, as: UTF8.self)))")
    }
}
