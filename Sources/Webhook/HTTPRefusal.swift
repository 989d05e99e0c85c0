import NIOCore
package import NIOHTTP1

/// An answer other than 200: the server's own or a responder's, sent as a `Status` object of meta/v1 in JSON.
package struct HTTPRefusal: Error, Equatable, Sendable {
    package var status: HTTPResponseStatus
    package var code: Int { Int(status.code) }
    /// Kubernetes' `StatusReason` for clients, such as `BadRequest`.
    package var reason: String
    /// A sentence for people: lower case, no full stop.
    package var message: String
    /// The methods that the path takes, for the Allow header of a 405.
    var allowedMethods: String?
    /// Whether the client should come back soon (Retry-After).
    var isTransient = false

    package init(status: HTTPResponseStatus, reason: String, message: String) {
        self.status = status
        self.reason = reason
        self.message = message
    }

    package static func badRequest(_ message: String) -> HTTPRefusal {
        HTTPRefusal(status: .badRequest, reason: "BadRequest", message: message)
    }

    static func notFound(path: String) -> HTTPRefusal {
        HTTPRefusal(status: .notFound, reason: "NotFound", message: "nothing is served at `\(path)`")
    }

    static func methodNotAllowed(_ method: HTTPMethod, allowed: String) -> HTTPRefusal {
        let message = "method `\(method.rawValue)` is not allowed here, use \(allowed)"
        var refusal = HTTPRefusal(status: .methodNotAllowed, reason: "MethodNotAllowed", message: message)
        refusal.allowedMethods = allowed
        return refusal
    }

    static func unsupportedMediaType(_ message: String) -> HTTPRefusal {
        HTTPRefusal(status: .unsupportedMediaType, reason: "UnsupportedMediaType", message: message)
    }

    static let bodyTooLarge = HTTPRefusal(
        status: .payloadTooLarge, reason: "RequestEntityTooLarge",
        message: "the request's body is larger than \(WebhookLimits.bodyBytes) bytes")

    static let headersTooLarge = HTTPRefusal(
        status: .requestHeaderFieldsTooLarge, reason: "BadRequest",
        message: "the request's headers are larger than \(WebhookLimits.headerListBytes) bytes, "
            + "one of them is larger than \(WebhookLimits.headerFieldBytes) bytes, "
            + "or there are more than \(WebhookLimits.headerFields)")

    static let requestTimeout = HTTPRefusal(
        status: .requestTimeout, reason: "Timeout", message: "the request did not arrive in time")

    static let expectationFailed = HTTPRefusal(
        status: .expectationFailed, reason: "BadRequest", message: "only the expectation `100-continue` is understood")

    static let unsupportedVersion = HTTPRefusal(
        status: .httpVersionNotSupported, reason: "BadRequest", message: "only HTTP/1.1 and HTTP/1.0 are spoken here")

    static let clientNotAllowed = HTTPRefusal(
        status: .forbidden, reason: "Forbidden",
        message: "this needs a client certificate of the configured authority with an allowed name")

    package static func notReady(_ why: String) -> HTTPRefusal {
        var refusal = HTTPRefusal(status: .serviceUnavailable, reason: "ServiceUnavailable", message: why)
        refusal.isTransient = true
        return refusal
    }

    /// The caller has given up already: the API server then does what the webhook's failurePolicy says.
    static let deadlinePassed: HTTPRefusal = {
        var refusal = HTTPRefusal(
            status: .serviceUnavailable, reason: "ServiceUnavailable",
            message: "the request's timeout had passed before it could be judged")
        refusal.isTransient = true
        return refusal
    }()

    static let tooManyInFlight: HTTPRefusal = {
        var refusal = HTTPRefusal(
            status: .tooManyRequests, reason: "TooManyRequests", message: "too many requests in flight, try again")
        refusal.isTransient = true
        return refusal
    }()

    static let shuttingDown = HTTPRefusal(
        status: .serviceUnavailable, reason: "ServiceUnavailable", message: "the server is shutting down")

    static let overloaded: HTTPRefusal = {
        var refusal = HTTPRefusal(
            status: .tooManyRequests, reason: "TooManyRequests",
            message: "too many unfinished request bodies, try again")
        refusal.isTransient = true
        return refusal
    }()

    /// Appends the Status object.
    func write(into output: inout ByteBuffer) {
        output.writeStaticString(#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"#)
        output.writeJSONString(message)
        output.writeStaticString(#","reason":"#)
        output.writeJSONString(reason)
        output.writeStaticString(#","code":"#)
        output.writeDecimal(Int(status.code))
        output.writeStaticString("}\n")
    }
}

extension ByteBuffer {
    /// Appends a quoted JSON string (RFC 8259, 7).
    mutating func writeJSONString(_ text: String) {
        writeInteger(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                writeInteger(UInt8(ascii: "\\"))
                writeInteger(byte)
            case 0..<0x20:
                writeStaticString("\\u00")
                writeInteger(hexDigit(byte >> 4))
                writeInteger(hexDigit(byte & 15))
            default:
                writeInteger(byte)
            }
        }
        writeInteger(UInt8(ascii: "\""))
    }

    /// Appends a number that is not negative in decimal digits, without making a String.
    mutating func writeDecimal(_ number: Int) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            writeInteger(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
