import NIOCore

@testable import Webhook

/// Says what it was given; refuses an empty body, and does odd things on demand.
struct EchoResponder: AdmissionResponder {
    func respond(
        to request: AdmissionHTTPRequest, into output: inout ByteBuffer
    ) throws(HTTPRefusal) -> AdmissionReply {
        guard !request.body.isEmpty else { throw .badRequest("the body is empty") }
        // SAFETY: the documented padding, read as the JSON parser will.
        let padding = UnsafeRawBufferPointer(
            start: request.body.baseAddress?.advanced(by: request.body.count), count: WebhookLimits.bodyPadding)
        let sum = request.body.reduce(into: UInt32(0)) { $0 = $0 &* 31 &+ UInt32($1) }
        switch request.body.first {
        case UInt8(ascii: "!"):
            output.writeString("half an answer")
            throw .badRequest("refused with \"quotes\" and \u{7}")
        case UInt8(ascii: "~"):
            output.clear()
            output.writeString("{}")
        case UInt8(ascii: "#"):
            output.writeRepeatingByte(UInt8(ascii: " "), count: 1 << 20)
            output.writeString("{}")
        default:
            let seconds = request.timeout.map { "\($0.components.seconds)" } ?? "null"
            output.writeString(#"{"bytes":\#(request.body.count),"sum":\#(sum),"timeout":\#(seconds),"#)
            output.writeString(#""padded":\#(padding.allSatisfy { $0 == 0 })}"#)
        }
        let decision: AdmissionOutcome.Decision = request.body.first == UInt8(ascii: "d") ? .denied : .allowed
        return .answered(AdmissionOutcome(operation: .create, group: "", kind: "Pod", decision: decision))
    }

    static func sum(_ text: String) -> UInt32 { text.utf8.reduce(into: 0) { $0 = $0 &* 31 &+ UInt32($1) } }
}
