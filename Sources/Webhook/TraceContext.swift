/// Who asked for a trace: the header `traceparent` of W3C Trace Context, which the API server sends.
package struct TraceContext: Equatable, Sendable {
    /// 16 bytes, never all zero.
    package let traceID: (high: UInt64, low: UInt64)
    /// The span that called; never zero.
    package let parentID: UInt64
    package let isSampled: Bool

    package init(traceID: (high: UInt64, low: UInt64), parentID: UInt64, isSampled: Bool) {
        self.traceID = traceID
        self.parentID = parentID
        self.isSampled = isSampled
    }

    package static func == (left: TraceContext, right: TraceContext) -> Bool {
        left.traceID == right.traceID && left.parentID == right.parentID && left.isSampled == right.isSampled
    }

    /// Reads `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`; later versions may have more behind that.
    ///
    /// - Returns: nil if it is anything else, which is to be treated as no header at all.
    package init?(traceparent text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 55, let version = Self.number(bytes[0..<2]), version != 0xFF,
            bytes.count == 55 || (version > 0 && bytes[55] == UInt8(ascii: "-")),
            bytes[2] == UInt8(ascii: "-"), bytes[35] == UInt8(ascii: "-"), bytes[52] == UInt8(ascii: "-"),
            let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]),
            let parent = Self.number(bytes[36..<52]), let flags = Self.number(bytes[53..<55]),
            high | low != 0, parent != 0
        else { return nil }
        self.init(traceID: (high, low), parentID: parent, isSampled: flags & 1 == 1)
    }

    /// Lower-case hexadecimal digits only.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }
}
