/// A request target (RFC 9112, 3.2) in origin or absolute form, split into path and query.
struct RequestTarget: Equatable {
    let path: Substring
    /// What follows the first `?`; nil without one.
    let query: Substring?

    init(_ target: String) {
        var rest = target[...]
        // Absolute form: the authority is not ours to judge, a webhook has one.
        if !rest.utf8.starts(with: "/".utf8), let scheme = rest.range(ofBytes: "://") {
            let afterScheme = rest[scheme.upperBound...]
            rest = afterScheme.utf8.firstIndex(of: UInt8(ascii: "/")).map { afterScheme[$0...] } ?? "/"
        }
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            path = rest[..<mark]
            query = rest[rest.utf8.index(after: mark)...]
        } else {
            path = rest
            query = nil
        }
    }

    /// Whether the query has a parameter of this name, with or without a value.
    func has(_ name: String) -> Bool { parameter(name) != nil }

    /// The decoded value of the first parameter with this name; nil when there is none.
    func parameter(_ name: String) -> String? {
        guard let query else { return nil }
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let mark = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard Self.decoded(pair[..<mark]) == name else { continue }
            return Self.decoded(pair[mark...].dropFirst())
        }
        return nil
    }

    /// Percent-decoding with `+` for space; a broken escape stands for itself.
    private static func decoded(_ bytes: Substring.UTF8View.SubSequence) -> String {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(Substring(digits), radix: 16) {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension Substring {
    fileprivate func range(ofBytes pattern: StaticString) -> Range<Index>? {
        pattern.withUTF8Buffer { bytes in
            var start = startIndex
            while start != endIndex {
                if utf8[start...].starts(with: bytes) { return start..<utf8.index(start, offsetBy: bytes.count) }
                start = utf8.index(after: start)
            }
            return nil
        }
    }
}

extension Duration {
    /// Reads a duration as Go prints it (`10s`, `1m30s`, `1.5s`, `500ms`): what the API server sends as `timeout`.
    ///
    /// Nil for anything else, for negative durations and for ones longer than a day.
    init?(goDuration text: String) {
        let units: [(suffix: String, seconds: Double)] = [
            ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600),
        ]
        var rest = text[...]
        var total = 0.0
        guard !rest.isEmpty, rest.utf8.count <= 64 else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            let unit = rest.dropFirst(number.count).prefix { !("0"..."9").contains($0) && $0 != "." }
            guard let value = Double(number), let scale = units.first(where: { $0.suffix == unit }) else { return nil }
            total += value * scale.seconds
            rest = rest.dropFirst(number.count + unit.count)
        }
        guard total <= 86_400 else { return nil }
        self = .nanoseconds(Int64(total * 1e9))
    }
}
