import NIOHTTP1

/// The headers that the server acts on, gathered in one pass over a request's head.
struct RequestHeaders: Equatable {
    /// The media type is `application/json`.
    var isJSON = false
    /// A content coding other than `identity` is set.
    var isEncoded = false
    /// The value of Content-Length; nil without one. The decoder has refused values that are no number, and two of them.
    var contentLength: Int?
    /// A transfer coding is set: the end of the body is not known from the head.
    var isChunked = false
    var hasUnknownTransferCoding = false
    var expectsContinue = false
    var hasUnknownExpectation = false
    var hosts = 0
    var wantsUpgrade = false
    /// Who asked for a trace, if the header is as it should be.
    var trace: TraceContext?

    /// Whether a body may follow the head.
    var hasBody: Bool { isChunked || (contentLength ?? 0) > 0 }

    init() {}

    init(_ headers: HTTPHeaders) {
        for (name, value) in headers {
            switch name.utf8.count {
            case 4 where name.equalsIgnoringCase("host"):
                hosts += 1
            case 6 where name.equalsIgnoringCase("expect"):
                if value.equalsIgnoringCase("100-continue") {
                    expectsContinue = true
                } else {
                    hasUnknownExpectation = true
                }
            case 7 where name.equalsIgnoringCase("upgrade"):
                wantsUpgrade = true
            case 11 where name.equalsIgnoringCase("traceparent"):
                trace = TraceContext(traceparent: value)
            case 12 where name.equalsIgnoringCase("content-type"):
                isJSON = Self.isJSON(value)
            case 14 where name.equalsIgnoringCase("content-length"):
                contentLength = Int(value) ?? Int.max
            case 16 where name.equalsIgnoringCase("content-encoding"):
                if !value.equalsIgnoringCase("identity") { isEncoded = true }
            case 17 where name.equalsIgnoringCase("transfer-encoding"):
                isChunked = true
                if !value.equalsIgnoringCase("chunked") { hasUnknownTransferCoding = true }
            default:
                break
            }
        }
    }

    /// `application/json`, with any parameters: JSON is UTF-8 whatever `charset` says (RFC 8259, 8.1).
    private static func isJSON(_ value: String) -> Bool {
        if value.equalsIgnoringCase("application/json") { return true }
        let end = value.utf8.firstIndex(of: UInt8(ascii: ";")) ?? value.utf8.endIndex
        let type = value[..<end].drop { $0 == " " }
        return String(type.reversed().drop { $0 == " " }.reversed()).equalsIgnoringCase("application/json")
    }
}

extension String {
    /// Compares with an ASCII string in lower case.
    fileprivate func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        let bytes = utf8
        guard bytes.count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { expected in
            var index = 0
            for byte in bytes {
                guard byte == expected[index] || ((0x41...0x5A).contains(byte) && byte | 0x20 == expected[index]) else {
                    return false
                }
                index += 1
            }
            return true
        }
    }
}
