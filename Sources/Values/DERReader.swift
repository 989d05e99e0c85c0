/// A cursor over DER: definite, minimal lengths only.
package struct DERReader {
    package struct Element {
        /// The identifier octet; long tags do not occur in what is read here.
        package let tag: UInt8
        /// The value's octets.
        package let content: ArraySlice<UInt8>
        /// Identifier, length and value.
        package let whole: ArraySlice<UInt8>
    }

    private let bytes: ArraySlice<UInt8>
    private var at: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    package var isAtEnd: Bool { at == bytes.endIndex }

    /// Nil at the end or where the octets are no DER.
    package mutating func next() -> Element? {
        let start = at
        guard bytes.endIndex - at >= 2 else { return nil }
        let tag = bytes[at]
        guard tag & 0x1F != 0x1F else { return nil }
        var length = Int(bytes[at + 1])
        var content = at + 2
        if length >= 0x80 {
            let octets = length & 0x7F
            guard (1...4).contains(octets), bytes.endIndex - content >= octets, bytes[content] != 0 else { return nil }
            length = bytes[content..<content + octets].reduce(0) { $0 << 8 | Int($1) }
            guard length >= 0x80 else { return nil }
            content += octets
        }
        guard bytes.endIndex - content >= length else { return nil }
        at = content + length
        return Element(tag: tag, content: bytes[content..<at], whole: bytes[start..<at])
    }

    /// The next element if it has this tag.
    package mutating func next(_ tag: UInt8) -> Element? {
        guard at < bytes.endIndex, bytes[at] == tag else { return nil }
        return next()
    }

    /// The only element of these octets, if it has this tag.
    package static func single(_ bytes: ArraySlice<UInt8>, _ tag: UInt8) -> ArraySlice<UInt8>? {
        var reader = DERReader(bytes)
        guard let element = reader.next(tag), reader.isAtEnd else { return nil }
        return element.content
    }

    package static func encode(tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var bytes = [tag]
        if content.count < 0x80 {
            bytes.append(UInt8(content.count))
        } else {
            var octets: [UInt8] = []
            var length = content.count
            while length > 0 {
                octets.insert(UInt8(truncatingIfNeeded: length), at: 0)
                length >>= 8
            }
            bytes.append(0x80 | UInt8(octets.count))
            bytes += octets
        }
        return bytes + content
    }
}
