import Admission
import Webhook

/// One finished piece of work of a trace. Times are nanoseconds since 1970.
struct Span: Sendable {
    enum Attribute: Sendable {
        case text(String)
        case number(Int)
        case flag(Bool)
    }

    var name: String
    var traceID: (high: UInt64, low: UInt64)
    var spanID: UInt64
    /// nil for the first span of a trace.
    var parentID: UInt64?
    /// Whether it answers a request from elsewhere, rather than being a part of such work.
    var isServer = false
    var start: Int
    var end: Int
    var attributes: [(String, Attribute)] = []
    /// What went wrong; nil if nothing did. A denial is no error.
    var failure: String?
}

extension Span {
    /// Appends the span as an element of `spans` in OTLP's JSON encoding.
    ///
    /// Source: `opentelemetry/proto/trace/v1/trace.proto`; ids are hexadecimal in JSON, 64-bit numbers strings.
    func encode(into json: inout [UInt8]) {
        json.append(contentsOf: #"{"traceId":""#.utf8)
        json.append(hexadecimal: traceID.high)
        json.append(hexadecimal: traceID.low)
        json.append(contentsOf: #"","spanId":""#.utf8)
        json.append(hexadecimal: spanID)
        if let parentID {
            json.append(contentsOf: #"","parentSpanId":""#.utf8)
            json.append(hexadecimal: parentID)
        }
        json.append(contentsOf: #"","name":"#.utf8)
        json.append(jsonString: name)
        // SPAN_KIND_SERVER and SPAN_KIND_INTERNAL.
        json.append(contentsOf: #","kind":\#(isServer ? 2 : 1)"#.utf8)
        json.append(contentsOf: #","startTimeUnixNano":"\#(start)","endTimeUnixNano":"\#(end)","attributes":["#.utf8)
        for (index, attribute) in attributes.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            Self.encode(attribute.0, attribute.1, into: &json)
        }
        json.append(contentsOf: #"],"status":{"#.utf8)
        if let failure {
            json.append(contentsOf: #""code":2,"message":"#.utf8)
            json.append(jsonString: failure)
        }
        json.append(contentsOf: "}}".utf8)
    }

    static func encode(_ key: String, _ value: Attribute, into json: inout [UInt8]) {
        json.append(contentsOf: #"{"key":"#.utf8)
        json.append(jsonString: key)
        json.append(contentsOf: #","value":{"#.utf8)
        switch value {
        case .text(let text):
            json.append(contentsOf: #""stringValue":"#.utf8)
            json.append(jsonString: text)
        case .number(let number): json.append(contentsOf: #""intValue":"\#(number)""#.utf8)
        case .flag(let flag): json.append(contentsOf: #""boolValue":\#(flag)"#.utf8)
        }
        json.append(contentsOf: "}}".utf8)
    }
}

extension [UInt8] {
    /// 16 digits.
    fileprivate mutating func append(hexadecimal number: UInt64) {
        let digits = String(number, radix: 16)
        append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 16 - digits.utf8.count))
        append(contentsOf: digits.utf8)
    }
}
