package import Values

/// A place in a document as RFC 6901 writes it: `/spec/containers/0/image`. Empty is the whole document.
package struct JSONPointer: Sendable, Hashable {
    /// Keys and indices, unescaped.
    package var tokens: [String]

    package init(tokens: [String] = []) { self.tokens = tokens }

    /// - Returns: nil unless `text` is empty or starts with a slash, and every `~` is followed by 0 or 1.
    package init?(_ text: String) {
        guard !text.isEmpty else {
            self.init()
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        var tokens: [String] = []
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let token = Self.unescape(part, isStrict: true) else { return nil }
            tokens.append(token)
        }
        self.init(tokens: tokens)
    }

    /// As Kubernetes' JSON Patch reads a path: whatever stands before the first slash is passed over, and a `~` that
    /// escapes nothing stands for itself.
    ///
    /// - Returns: nil without a slash.
    static func lenient(_ text: String) -> JSONPointer? {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count > 1 else { return nil }
        return JSONPointer(tokens: parts.dropFirst().compactMap { unescape($0, isStrict: false) })
    }

    private static func unescape(_ part: some Sequence<UInt8>, isStrict: Bool) -> String? {
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in part {
            if isEscaped {
                isEscaped = false
                switch byte {
                case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
                default:
                    if isStrict { return nil }
                    bytes.append(UInt8(ascii: "~"))
                    if byte == UInt8(ascii: "~") { isEscaped = true } else { bytes.append(byte) }
                }
            } else if byte == UInt8(ascii: "~") {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        if isEscaped {
            if isStrict { return nil }
            bytes.append(UInt8(ascii: "~"))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: tokens + [token]) }

    package func appending(_ index: Int) -> JSONPointer { appending(String(index)) }

    /// The value at this place of a document; nil if there is none.
    package func node(in root: Node) -> Node? {
        var node = root
        for token in tokens {
            let next = node.isList ? Self.index(token).flatMap { node.element(at: $0) } : node[token]
            guard let next else { return nil }
            node = next
        }
        return node
    }

    /// Whether `other` is a place inside this one.
    func isPrefix(of other: JSONPointer) -> Bool {
        tokens.count < other.tokens.count && other.tokens.starts(with: tokens)
    }

    /// An array index: digits without a leading zero.
    static func index(_ token: String) -> Int? {
        guard let first = token.utf8.first, token.utf8.count == 1 || first != UInt8(ascii: "0") else { return nil }
        guard token.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(token)
    }
}

extension JSONPointer: CustomStringConvertible {
    package var description: String {
        var bytes: [UInt8] = []
        for token in tokens {
            bytes.append(UInt8(ascii: "/"))
            for byte in token.utf8 {
                switch byte {
                case UInt8(ascii: "~"): bytes.append(contentsOf: "~0".utf8)
                case UInt8(ascii: "/"): bytes.append(contentsOf: "~1".utf8)
                default: bytes.append(byte)
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
