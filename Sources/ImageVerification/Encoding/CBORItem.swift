/// A CBOR item, as far as COSE signatures need it: definite lengths and shortest forms only (RFC 8949, section 4.2).
indirect enum CBORItem {
    case integer(Int64)
    case bytes([UInt8])
    case text(String)
    case array([CBORItem])
    case map([(key: CBORItem, value: CBORItem)])
    case tagged(UInt64, CBORItem)
    case bool(Bool)
    case null

    /// The only item of these bytes; nil where they are something else.
    static func read(_ bytes: [UInt8]) -> CBORItem? {
        var reader = CBORReader(bytes: bytes)
        guard let item = reader.next(depth: 0), reader.isAtEnd else { return nil }
        return item
    }

    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
    var text: String? { if case .text(let value) = self { value } else { nil } }
    var array: [CBORItem]? { if case .array(let value) = self { value } else { nil } }

    /// The value under an integer key.
    subscript(key: Int64) -> CBORItem? {
        guard case .map(let entries) = self else { return nil }
        return entries.first { $0.key.integer == key }?.value
    }

    /// The value under a text key.
    subscript(key: String) -> CBORItem? {
        guard case .map(let entries) = self else { return nil }
        return entries.first { $0.key.text == key }?.value
    }

    /// A byte or text string, or an array's head, with the shortest length.
    static func head(_ major: UInt8, _ count: Int) -> [UInt8] {
        let width = count < 24 ? 0 : count <= 0xFF ? 1 : count <= 0xFFFF ? 2 : 4
        guard width > 0 else { return [major << 5 | UInt8(count)] }
        let code: UInt8 = width == 1 ? 24 : width == 2 ? 25 : 26
        return [major << 5 | code]
            + (0..<width).map { UInt8(truncatingIfNeeded: count >> (8 * (width - 1 - $0))) }
    }
}

private struct CBORReader {
    let bytes: [UInt8]
    private var at = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    private mutating func take(_ count: UInt64) -> ArraySlice<UInt8>? {
        guard count <= UInt64(bytes.count - at) else { return nil }
        defer { at += Int(count) }
        return bytes[at..<at + Int(count)]
    }

    private mutating func argument(_ info: UInt8) -> UInt64? {
        guard info >= 24 else { return UInt64(info) }
        guard info <= 27, let octets = take(1 << UInt64(info - 24)) else { return nil }
        let value = octets.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let least: UInt64 = info == 24 ? 24 : info == 25 ? 0x100 : info == 26 ? 0x1_0000 : 0x1_0000_0000
        return value >= least ? value : nil
    }

    mutating func next(depth: Int) -> CBORItem? {
        guard depth < VerificationLimits.maximumCBORDepth, let first = take(1)?.first else { return nil }
        let (major, info) = (first >> 5, first & 0x1F)
        if major == 7 {
            switch info {
            case 20: return .bool(false)
            case 21: return .bool(true)
            case 22: return .null
            default: return nil
            }
        }
        guard let argument = argument(info) else { return nil }
        switch major {
        case 0: return Int64(exactly: argument).map { .integer($0) }
        case 1: return Int64(exactly: argument).map { .integer(-1 - $0) }
        case 2: return take(argument).map { .bytes(Array($0)) }
        case 3: return take(argument).flatMap { String(validating: $0, as: UTF8.self) }.map { .text($0) }
        case 4:
            guard argument <= VerificationLimits.maximumCBORElements else { return nil }
            var items: [CBORItem] = []
            for _ in 0..<argument {
                guard let item = next(depth: depth + 1) else { return nil }
                items.append(item)
            }
            return .array(items)
        case 5: return map(argument, depth)
        default: return next(depth: depth + 1).map { .tagged(argument, $0) }
        }
    }

    /// Keys are integers and texts, each once.
    private mutating func map(_ count: UInt64, _ depth: Int) -> CBORItem? {
        guard count <= VerificationLimits.maximumCBORElements else { return nil }
        var entries: [(key: CBORItem, value: CBORItem)] = []
        for _ in 0..<count {
            guard let key = next(depth: depth + 1), key.integer != nil || key.text != nil,
                !entries.contains(where: { $0.key.integer == key.integer && $0.key.text == key.text }),
                let value = next(depth: depth + 1)
            else { return nil }
            entries.append((key, value))
        }
        return .map(entries)
    }
}
