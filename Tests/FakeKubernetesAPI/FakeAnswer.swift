import Foundation

/// A fake API server's answer to anything but a watch.
package struct FakeAnswer: Sendable {
    package var status: Int
    package var body: [UInt8]
    package var retryAfter: Int?

    package init(status: Int, body: [UInt8], retryAfter: Int? = nil) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
    }

    static func object(_ object: [String: Any], status: Int = 200) -> FakeAnswer {
        FakeAnswer(status: status, body: encoded(object))
    }

    /// A `Status` object as API servers send it.
    package static func failure(_ code: Int, _ reason: String, _ message: String, retryAfter: Int? = nil) -> FakeAnswer
    {
        FakeAnswer(
            status: code, body: encoded(statusObject(code, reason, message, retryAfter: retryAfter)),
            retryAfter: retryAfter)
    }

    static func statusObject(_ code: Int, _ reason: String, _ message: String, retryAfter: Int? = nil) -> [String: Any]
    {
        var status: [String: Any] = [
            "kind": "Status", "apiVersion": "v1", "metadata": [String: Any](), "status": "Failure",
            "message": message, "reason": reason, "code": code,
        ]
        if let retryAfter { status["details"] = ["retryAfterSeconds": retryAfter] }
        return status
    }

    static func encoded(_ object: [String: Any]) -> [UInt8] {
        Array((try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])) ?? Data())
    }
}
