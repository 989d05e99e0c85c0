import CEL
package import Values

/// What is wrong with a payload, and where.
package struct PayloadError: Error {
    package let message: String
    package let node: Node
}

/// Reads messages from JSON documents, as the programs do that send them.
struct MessageReader {
    enum Format {
        /// Protobuf's mapping: names as in the definition or in camel case, no others.
        case protobuf
        /// Go's `encoding/json`: names in any case, others are passed over.
        case go
    }

    let format: Format

    func read(_ node: Node, as type: MessageType, path: String = "") throws(PayloadError) -> MessageValue {
        guard node.isMap else { throw failure(path.isEmpty ? "the payload" : "`\(path)`", "an object", node) }
        var values: [String: Value] = [:]
        for (key, value) in node.entries {
            let name = key.string ?? ""
            let place = path.isEmpty ? name : "\(path).\(name)"
            guard let field = type.fields.first(where: { isName(name, of: $0) }) else {
                guard format == .go else { throw PayloadError(message: "unknown field `\(place)`", node: key) }
                continue
            }
            if value.isNull { continue }
            guard format == .go || values[field.name] == nil else {
                throw PayloadError(message: "`\(place)` is given twice", node: key)
            }
            values[field.name] = try read(value, field.kind, place)
        }
        return MessageValue(type, values)
    }

    private func isName(_ name: String, of field: MessageType.Field) -> Bool {
        switch format {
        case .go: name.lowercased() == field.name.lowercased()
        case .protobuf: name == field.name || name == field.name.camelCased
        }
    }

    private func read(_ node: Node, _ kind: MessageType.Kind, _ path: String) throws(PayloadError) -> Value {
        func found<Found>(_ value: Found?, _ what: String) throws(PayloadError) -> Found {
            guard let value else { throw failure("`\(path)`", what, node) }
            return value
        }
        switch kind {
        case .string: return .string(try found(node.string, "a string"))
        case .bool, .wrappedBool: return .bool(try found(node.bool, "true or false"))
        case .bytes: return .bytes(try found(bytes(node), "base64"))
        case .timestamp: return .timestamp(try found(node.string.flatMap(Timestamps.parse), "an RFC 3339 time"))
        case .int: return .int(try found(integer(node), "an integer"))
        case .int32:
            return .int(Int64(try found(integer(node).flatMap { Int32(exactly: $0) }, "an integer of 32 bits")))
        case .uint32:
            return .uint(UInt64(try found(integer(node).flatMap { UInt32(exactly: $0) }, "an unsigned integer")))
        case .double: return .double(try found(node.double ?? node.int.map(Double.init), "a number"))
        case .enumeration(let names):
            let number = node.string.flatMap(names.firstIndex(of:)).map(Int64.init) ?? node.int
            return .int(try found(number, "one of \(names.joined(separator: ", "))"))
        case .object:
            guard node.isMap else { throw failure("`\(path)`", "an object", node) }
            return Value(node).withDoubles
        case .any: return Value(node).withDoubles
        case .message(let type): return .object(try read(node, as: type, path: path))
        case .list(let element):
            guard node.isList else { throw failure("`\(path)`", "a list", node) }
            var elements: [Value] = []
            for (index, part) in node.elements.enumerated() {
                elements.append(try read(part, element, "\(path)[\(index)]"))
            }
            return .list(elements)
        case .map(let value):
            guard node.isMap else { throw failure("`\(path)`", "an object", node) }
            var entries: [(key: Value, value: Value)] = []
            for (key, part) in node.entries {
                // A list that is null is an empty one.
                let name = key.string ?? ""
                entries.append((.string(name), part.isNull ? value.zero : try read(part, value, "\(path).\(name)")))
            }
            return .map(MapValue(entries))
        }
    }

    private func failure(_ what: String, _ wanted: String, _ node: Node) -> PayloadError {
        PayloadError(message: "\(what) must be \(wanted)", node: node)
    }

    private func integer(_ node: Node) -> Int64? {
        if let int = node.int { return int }
        guard format == .protobuf else { return nil }
        return node.string.flatMap { Int64($0) } ?? node.double.flatMap { Int64(exactly: $0) }
    }

    private func bytes(_ node: Node) -> [UInt8]? {
        guard let text = node.string else { return nil }
        if format == .go { return Base64.decode(text, padded: true) }
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        return Base64.decode(standard, padded: true) ?? Base64.decode(standard, padded: false)
    }
}

extension String {
    /// `raw_body` as `rawBody`.
    fileprivate var camelCased: String {
        let parts = split(separator: "_")
        return parts.prefix(1).joined() + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
