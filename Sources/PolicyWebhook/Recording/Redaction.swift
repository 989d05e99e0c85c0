import Values

/// Copies an AdmissionReview without what nobody may read later: the data of Secrets, tokens, and what quotes them.
///
/// Keys stay, so that policies on the presence of a key judge a replay alike; values are replaced.
struct Redaction {
    /// `REDACTED` in base64, since the data of Secrets must be that.
    static let data = "UkVEQUNURUQ="
    static let text = "REDACTED"
    /// kubectl keeps a copy of the whole object there.
    private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    private var builder = DocumentBuilder(recordsPositions: false)
    private let hidesMessages: Bool

    /// The review with the response that was given, as one document.
    ///
    /// - Returns: nil if the review is no map, or has no request.
    static func copy(_ review: Node, response: Node?) -> Document? {
        guard review.isMap, let request = review["request" as StaticString], request.isMap else { return nil }
        let kind = request["kind" as StaticString]?["kind" as StaticString]?.string ?? ""
        var copy = Redaction(hidesMessages: isSecret(kind))
        copy.builder.beginMap()
        for (key, value) in review.entries where !key.equals("response") {
            copy.builder.appendKey(key.utf8)
            if key.equals("request") { copy.append(request: value, kind) } else { copy.builder.append(copyOf: value) }
        }
        if let response {
            copy.builder.appendKey("response")
            copy.append(response: response)
        }
        copy.builder.endMap()
        return copy.builder.finish()
    }

    private init(hidesMessages: Bool) { self.hidesMessages = hidesMessages }

    private static func isSecret(_ kind: String) -> Bool { kind == "Secret" || isToken(kind) }

    private static func isToken(_ kind: String) -> Bool { kind == "TokenRequest" || kind == "TokenReview" }

    private mutating func append(request: Node, _ kind: String) {
        builder.beginMap()
        for (key, value) in request.entries {
            builder.appendKey(key.utf8)
            if key.equals("object") || key.equals("oldObject"), value.isMap {
                append(object: value, kind)
            } else {
                builder.append(copyOf: value)
            }
        }
        builder.endMap()
    }

    private mutating func append(object: Node, _ kind: String) {
        guard Self.isSecret(kind) else { return builder.append(copyOf: object) }
        builder.beginMap()
        for (key, value) in object.entries {
            builder.appendKey(key.utf8)
            if key.equals("data") {
                append(values: value, as: Self.data)
            } else if key.equals("stringData") {
                append(values: value, as: Self.text)
            } else if key.equals("metadata") {
                append(metadata: value)
            } else if Self.isToken(kind), key.equals("spec") || key.equals("status") {
                append(token: value)
            } else {
                builder.append(copyOf: value)
            }
        }
        builder.endMap()
    }

    /// All of a map's values replaced by one text; whatever else it is, by that text itself.
    private mutating func append(values node: Node, as text: String) {
        guard node.isMap else { return builder.append(text) }
        builder.beginMap()
        for (key, _) in node.entries {
            builder.appendKey(key.utf8)
            builder.append(text)
        }
        builder.endMap()
    }

    private mutating func append(token node: Node) {
        append(map: node) { key, builder in
            guard key.equals("token") else { return false }
            builder.append(Self.text)
            return true
        }
    }

    private mutating func append(metadata node: Node) {
        append(map: node) { key, builder in
            guard key.equals("annotations"), let annotations = node["annotations" as StaticString], annotations.isMap
            else { return false }
            builder.beginMap()
            for (name, value) in annotations.entries {
                builder.appendKey(name.utf8)
                if name.string == Self.lastApplied { builder.append(Self.text) } else { builder.append(copyOf: value) }
            }
            builder.endMap()
            return true
        }
    }

    /// A copy of a map, but for the values that `replace` has written.
    private mutating func append(map node: Node, _ replace: (Node, inout DocumentBuilder) -> Bool) {
        guard node.isMap else { return builder.append(copyOf: node) }
        builder.beginMap()
        for (key, value) in node.entries {
            builder.appendKey(key.utf8)
            if !replace(key, &builder) { builder.append(copyOf: value) }
        }
        builder.endMap()
    }

    /// A policy's message, warning or annotation may quote the object, and a patch is made of it.
    private mutating func append(response: Node) {
        guard hidesMessages else { return builder.append(copyOf: response) }
        builder.beginMap()
        for (key, value) in response.entries {
            if key.equals("uid") || key.equals("allowed") {
                builder.appendKey(key.utf8)
                builder.append(copyOf: value)
            } else if key.equals("status") {
                builder.appendKey(key.utf8)
                append(map: value) { name, builder in
                    guard name.equals("message") else { return false }
                    builder.append(Self.text)
                    return true
                }
            }
        }
        builder.endMap()
    }
}

extension Node {
    fileprivate func equals(_ text: StaticString) -> Bool {
        utf8.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
