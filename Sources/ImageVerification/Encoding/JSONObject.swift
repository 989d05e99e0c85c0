import Diagnostics
import Documents
package import Values

/// A JSON object of a signed or security-relevant text, with typed access that complains by name.
///
/// Duplicate keys, trailing text, a byte order mark and invalid UTF-8 are refused when the text is read: two readers
/// must not see two meanings.
package struct JSONObject {
    package let node: Node
    /// What a missing or mistyped field is reported as.
    let reason: VerificationReason
    /// The way here, for messages.
    let path: String

    /// Reads a text that must be one object.
    package static func read(
        _ bytes: [UInt8], maximumBytes: Int = VerificationLimits.maximumBlobBytes, what: String,
        reason: VerificationReason
    ) throws(VerificationError) -> JSONObject {
        guard bytes.count <= maximumBytes else {
            throw VerificationError(.tooLarge, "the \(what) has \(bytes.count) bytes; the limit is \(maximumBytes)")
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw VerificationError(.malformedJSON, "the \(what) starts with a byte order mark")
        }
        let document: Document
        do throws(DocumentError) {
            document = try JSONReader.read(
                SourceFile(name: what, bytes: bytes), options: .init(recordsPositions: false))
        } catch {
            throw VerificationError(.malformedJSON, "the \(what) is not valid JSON: \(error.message)")
        }
        guard document.root.isMap else { throw VerificationError(reason, "the \(what) is not a JSON object") }
        return JSONObject(node: document.root, reason: reason, path: "")
    }

    private func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func failure(_ key: String, _ problem: String) -> VerificationError {
        VerificationError(reason, "`\(name(key))` \(problem)")
    }

    /// Whether the key is there with another value than null.
    package func has(_ key: String) -> Bool { node[key].map { !$0.isNull } ?? false }

    /// Nil for a missing key and for null, which protobuf's JSON mapping takes as missing.
    func value(_ key: String) -> Node? {
        guard let value = node[key], !value.isNull else { return nil }
        return value
    }

    package func optionalString(_ key: String) throws(VerificationError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { throw failure(key, "is not a string") }
        return text
    }

    package func string(_ key: String) throws(VerificationError) -> String {
        guard let text = try optionalString(key) else { throw failure(key, "is missing") }
        return text
    }

    package func optionalObject(_ key: String) throws(VerificationError) -> JSONObject? {
        guard let value = value(key) else { return nil }
        guard value.isMap else { throw failure(key, "is not an object") }
        return JSONObject(node: value, reason: reason, path: name(key))
    }

    func object(_ key: String) throws(VerificationError) -> JSONObject {
        guard let object = try optionalObject(key) else { throw failure(key, "is missing") }
        return object
    }

    /// The objects of a list; empty where there is none.
    package func objects(_ key: String, limit: Int) throws(VerificationError) -> [JSONObject] {
        guard let value = value(key) else { return [] }
        guard value.isList else { throw failure(key, "is not a list") }
        guard value.count <= limit else {
            throw VerificationError(.tooMany, "`\(name(key))` has \(value.count) entries; the limit is \(limit)")
        }
        var objects: [JSONObject] = []
        for element in value.elements {
            let place = "\(name(key))[\(objects.count)]"
            guard element.isMap else { throw VerificationError(reason, "`\(place)` is not an object") }
            objects.append(JSONObject(node: element, reason: reason, path: place))
        }
        return objects
    }

    func strings(_ key: String, limit: Int) throws(VerificationError) -> [String] {
        guard let value = value(key) else { return [] }
        guard value.isList else { throw failure(key, "is not a list") }
        guard value.count <= limit else {
            throw VerificationError(.tooMany, "`\(name(key))` has \(value.count) entries; the limit is \(limit)")
        }
        var strings: [String] = []
        for element in value.elements {
            guard let text = element.string else { throw failure(key, "holds something that is not a string") }
            strings.append(text)
        }
        return strings
    }

    /// A map of strings; entries of other types are an error. Empty where there is none.
    func stringMap(_ key: String) throws(VerificationError) -> [String: String] {
        guard let object = try optionalObject(key) else { return [:] }
        var map: [String: String] = [:]
        for entry in object.node.entries {
            guard let key = entry.key.string, let text = entry.value.string else {
                throw failure(key, "holds something that is not a string")
            }
            map[key] = text
        }
        return map
    }

    func optionalBase64(
        _ key: String, _ alphabet: BinaryText.Alphabet = .standard
    ) throws(VerificationError) -> [UInt8]? {
        guard let text = try optionalString(key) else { return nil }
        guard let bytes = BinaryText.decodeBase64(text.utf8, alphabet) else {
            throw VerificationError(.malformedBase64, "`\(name(key))` is not valid base64")
        }
        return bytes
    }

    func base64(_ key: String, _ alphabet: BinaryText.Alphabet = .standard) throws(VerificationError) -> [UInt8] {
        guard let bytes = try optionalBase64(key, alphabet) else { throw failure(key, "is missing") }
        return bytes
    }

    /// A JSON integer.
    package func integer(_ key: String) throws(VerificationError) -> Int64 {
        guard let value = value(key) else { throw failure(key, "is missing") }
        guard let integer = value.int else { throw failure(key, "is not an integer") }
        return integer
    }

    /// An integer as protobuf's JSON mapping writes it: a string or a number; 0 where missing.
    func protobufInteger(_ key: String) throws(VerificationError) -> Int64 {
        guard let value = value(key) else { return 0 }
        if let integer = value.int { return integer }
        guard let text = value.string, !text.hasPrefix("+"), let integer = Int64(text) else {
            throw failure(key, "is not an integer")
        }
        return integer
    }
}
