import CEL
import Documents
import Values

/// Values with their types, one key each: `{"int64":"1"}`, `{"list":[{"bool":true}]}`. docs/policy-check.md lists them.
enum TaggedValue {
    // MARK: Writing

    static func append(_ value: Value, to out: inout [UInt8]) {
        switch value {
        case .null: out.append(json: "{\"null\":null}")
        case .bool(let value): out.append(json: "{\"bool\":\(value)}")
        case .int(let value): out.append(json: "{\"int64\":\"\(value)\"}")
        case .uint(let value): out.append(json: "{\"uint64\":\"\(value)\"}")
        case .double(let value):
            out.append(json: "{\"double\":\(number(value))}")
        case .string, .text: appendText("string", value.stringValue ?? "", to: &out)
        case .bytes(let value): appendText("bytes", Base64.encode(value), to: &out)
        case .list, .listNode:
            out.append(json: "{\"list\":[")
            var isFirst = true
            value.forEachElement { element in
                if !isFirst { out.append(json: ",") }
                isFirst = false
                append(element, to: &out)
            }
            out.append(json: "]}")
        case .map, .mapNode:
            out.append(json: "{\"map\":[")
            var isFirst = true
            value.forEachEntry { key, value in
                out.append(json: isFirst ? "[" : ",[")
                isFirst = false
                append(key, to: &out)
                out.append(json: ",")
                append(value, to: &out)
                out.append(json: "]")
            }
            out.append(json: "]}")
        case .timestamp(let value): appendText("timestamp", Timestamps.string(value, inUTC: true), to: &out)
        case .duration(let value): appendText("duration", seconds(value), to: &out)
        case .type(let name): appendText("type", name, to: &out)
        case .optional(let optional):
            guard let value = optional.value else { return out.append(json: "{\"optional\":{\"none\":true}}") }
            out.append(json: "{\"optional\":{\"value\":")
            append(value, to: &out)
            out.append(json: "}}")
        case .object(let object):
            if let (tag, text) = value.libraryText { return appendText(tag, text, to: &out) }
            out.append(json: "{\"object\":{\"typeUrl\":")
            JSONWriter().writeString(object.typeName, to: &out)
            if let structure = object as? StructureValue { appendFields(of: structure, to: &out) }
            out.append(json: "}}")
        }
    }

    /// A JSON patch's operation with all its texts, and its value tagged; any other structure's fields as plain JSON.
    private static func appendFields(of structure: StructureValue, to out: inout [UInt8]) {
        out.append(json: ",\"fields\":")
        guard structure.typeName == "JSONPatch" else {
            return JSONWriter().write(Value.object(structure).json, to: &out)
        }
        for (index, name) in ["op", "path", "from"].enumerated() {
            out.append(json: index == 0 ? "{" : ",")
            out.append(json: "\"\(name)\":")
            JSONWriter().writeString(structure.field(name)?.stringValue ?? "", to: &out)
        }
        if let value = structure.field("value") {
            out.append(json: ",\"value\":")
            append(value, to: &out)
        }
        out.append(json: "}")
    }

    private static func appendText(_ tag: String, _ text: String, to out: inout [UInt8]) {
        out.append(json: "{\"\(tag)\":")
        JSONWriter().writeString(text, to: &out)
        out.append(json: "}")
    }

    /// `1.500s`: seconds with no, three, six or nine decimals.
    static func seconds(_ nanoseconds: Int64) -> String {
        let (whole, fraction) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        let sign = nanoseconds < 0 ? "-" : ""
        guard fraction > 0 else { return "\(sign)\(whole)s" }
        var digits = String(fraction)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.hasSuffix("000") { digits.removeLast(3) }
        return "\(sign)\(whole).\(digits)s"
    }

    // MARK: Reading

    /// The value that a tagged node stands for; nil if it is malformed or of a type that cannot be given.
    static func read(_ node: Node) -> Value? {
        guard node.isMap, node.count == 1, let (key, content) = node.entries.first(where: { _ in true }) else {
            return nil
        }
        switch key.string {
        case "null": return .null
        case "bool": return content.bool.map { .bool($0) }
        case "int64": return Int64(number(content)).map { .int($0) }
        case "uint64": return UInt64(number(content)).map { .uint($0) }
        case "double": return double(content).map { .double($0) }
        case "string": return content.kind == .string ? .text(content) : nil
        case "bytes": return content.string.flatMap { Base64.decode($0, padded: true) }.map { .bytes($0) }
        case "timestamp": return content.string.flatMap(Timestamps.parse).map { .timestamp($0) }
        case "duration": return content.string.flatMap(Durations.parse).map { .duration($0) }
        case "type": return content.string.map { .type($0) }
        case "list":
            let elements = content.elements.map(read)
            return content.isList && !elements.contains { $0 == nil } ? .list(elements.compactMap { $0 }) : nil
        case "map": return map(content)
        case "optional":
            guard let value = content["value" as StaticString] else { return .optional(.none) }
            return read(value).map { .optional(OptionalValue($0)) }
        default: return nil
        }
    }

    private static func map(_ content: Node) -> Value? {
        var entries: [(key: Value, value: Value)] = []
        for pair in content.elements {
            let parts = Array(pair.elements)
            guard parts.count == 2, let key = read(parts[0]), let value = read(parts[1]) else { return nil }
            entries.append((key, value))
        }
        return content.isList ? .map(MapValue(entries)) : nil
    }

    /// Digits, whether in quotes or not.
    private static func number(_ node: Node) -> String {
        node.string ?? node.int.map(String.init) ?? node.uint.map(String.init) ?? ""
    }

    /// Always with a point or an exponent, so that no reader takes a large one for an integer and keeps digits that it
    /// does not have.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "\"NaN\"" }
        if value.isInfinite { return value < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
        return value.description
    }

    private static func double(_ node: Node) -> Double? {
        switch node.string {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: node.double ?? node.int.map(Double.init) ?? node.uint.map(Double.init)
        }
    }
}

extension [UInt8] {
    mutating func append(json text: String) {
        append(contentsOf: text.utf8)
    }
}
