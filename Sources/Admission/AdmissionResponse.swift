import Documents
import Values

/// The answer to one AdmissionRequest.
package struct AdmissionResponse: Sendable {
    package struct Status: Sendable {
        /// An HTTP status code.
        package var code: Int
        /// Such as `Forbidden`.
        package var reason: String
        package var message: String

        package init(code: Int, reason: String, message: String) {
            self.code = code
            self.reason = reason
            self.message = message
        }
    }

    /// Echoed from the request.
    package var uid: String
    /// nil allows the request.
    package var status: Status?
    package var warnings: [String]
    package var auditAnnotations: [(key: String, value: String)]
    /// What a mutating webhook changes; nil or empty changes nothing.
    package var patch: JSONPatch?

    package init(
        uid: String, status: Status? = nil, warnings: [String] = [],
        auditAnnotations: [(key: String, value: String)] = [], patch: JSONPatch? = nil
    ) {
        self.uid = uid
        self.status = status
        self.warnings = warnings
        self.auditAnnotations = auditAnnotations
        self.patch = patch
    }

    package var isAllowed: Bool { status == nil }

    /// Gives the audit annotations names that survive in the API server, which puts a webhook's name and `/` before each
    /// and drops what is then no qualified name: `policy/key` becomes `policy.key`, or `key` where that is too long.
    ///
    /// Source: `dispatcher.go` of `k8s.io/apiserver/pkg/admission/plugin/webhook/validating`, and `IsQualifiedName`.
    package mutating func shortenAuditKeys() {
        guard !auditAnnotations.isEmpty else { return }
        var shortened: [(key: String, value: String)] = []
        for annotation in auditAnnotations {
            let parts = annotation.key.split(separator: "/").map(String.init)
            let whole = parts.joined(separator: ".")
            let key = whole.utf8.count <= AdmissionLimits.auditKeyBytes ? whole : parts.last ?? whole
            if let index = shortened.firstIndex(where: { $0.key == key }) {
                shortened[index].value += ", \(annotation.value)"
            } else {
                shortened.append((key, annotation.value))
            }
        }
        auditAnnotations = shortened
    }

    /// The AdmissionReview that carries this response, as JSON.
    package func encoded() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(256)
        encode(into: &out)
        return out
    }

    /// Appends the AdmissionReview as JSON.
    package func encode(into out: inout [UInt8]) {
        out.append(json: #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"#)
        out.append(jsonString: uid)
        out.append(json: isAllowed ? #","allowed":true"# : #","allowed":false"#)
        if let status {
            out.append(json: #","status":{"metadata":{},"status":"Failure","message":"#)
            out.append(jsonString: status.message)
            out.append(json: #","reason":"#)
            out.append(jsonString: status.reason)
            out.append(json: #","code":"#)
            out.append(contentsOf: String(status.code).utf8)
            out.append(UInt8(ascii: "}"))
        }
        if let patch, !patch.isEmpty {
            out.append(json: #","patch":""#)
            out.append(contentsOf: Base64.encode(JSONWriter().write(patch.document().root)).utf8)
            out.append(json: #"","patchType":"JSONPatch""#)
        }
        if !auditAnnotations.isEmpty {
            out.append(json: #","auditAnnotations":{"#)
            for (index, annotation) in auditAnnotations.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                out.append(jsonString: annotation.key)
                out.append(UInt8(ascii: ":"))
                out.append(jsonString: annotation.value)
            }
            out.append(UInt8(ascii: "}"))
        }
        if !warnings.isEmpty {
            out.append(json: #","warnings":["#)
            for (index, warning) in warnings.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                out.append(jsonString: warning)
            }
            out.append(UInt8(ascii: "]"))
        }
        out.append(json: "}}")
    }
}

extension [UInt8] {
    fileprivate mutating func append(json text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends a string with its quotes; quotes, backslashes and control characters are escaped.
    ///
    /// - Parameter escapesHTML: writes `<`, `>`, `&`, U+2028 and U+2029 as escapes too, as Go's encoder does.
    package mutating func append(jsonString text: String, escapesHTML: Bool = false) {
        append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var offset = 0
            while offset < bytes.count {
                let byte = bytes[offset]
                if escapesHTML, byte == 0xE2, offset + 2 < bytes.count, bytes[offset + 1] == 0x80,
                    bytes[offset + 2] & 0xFE == 0xA8
                {
                    append(contentsOf: bytes[offset + 2] == 0xA8 ? "\\u2028".utf8 : "\\u2029".utf8)
                    offset += 3
                    continue
                }
                append(jsonByte: byte, escapesHTML: escapesHTML)
                offset += 1
            }
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(jsonByte byte: UInt8, escapesHTML: Bool) {
        switch byte {
        case UInt8(ascii: "\""): append(contentsOf: "\\\"".utf8)
        case UInt8(ascii: "\\"): append(contentsOf: "\\\\".utf8)
        case UInt8(ascii: "\n"): append(contentsOf: "\\n".utf8)
        case UInt8(ascii: "\r"): append(contentsOf: "\\r".utf8)
        case UInt8(ascii: "\t"): append(contentsOf: "\\t".utf8)
        case 0x08: append(contentsOf: "\\b".utf8)
        case 0x0C: append(contentsOf: "\\f".utf8)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            if escapesHTML { append(unicodeEscape: byte) } else { append(byte) }
        case 0..<0x20: append(unicodeEscape: byte)
        default: append(byte)
        }
    }

    private mutating func append(unicodeEscape byte: UInt8) {
        let digits = Array("0123456789abcdef".utf8)
        append(contentsOf: "\\u00".utf8)
        append(digits[Int(byte >> 4)])
        append(digits[Int(byte & 15)])
    }
}
