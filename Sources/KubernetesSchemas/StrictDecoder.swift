import Diagnostics
import Values

/// Checks that a document can be decoded strictly into its type: fields, JSON types, ranges and formats.
struct StrictDecoder {
    let set: SchemaSet
    let root: Node
    var list = FindingList()

    init(set: SchemaSet, root: Node) {
        self.set = set
        self.root = root
    }

    mutating func checkObject(_ node: Node, type: TypeID, depth: Int) {
        guard depth < SchemaLimits.maximumDepth else {
            return list.add(.depth, "nested too deep", at: node, of: root)
        }
        let schema = set[type]
        for (key, value) in node.entries {
            guard let index = schema.index(of: key.utf8) else {
                if !schema.preservesUnknown { report(unknown: key, in: node, schema) }
                continue
            }
            let field = schema.fields[index]
            if value.isNull {
                // Where a default waits, null counts as nothing.
                if schema.isCustom, field.traits.isDisjoint(with: .nullable), field.traits.contains(.keepsEmpty),
                    field.defaultIndex < 0, field.value.kind != .any
                {
                    list.add(.type, "must not be null", at: value, of: root)
                }
                continue
            }
            check(value, schema.fields[index].value, depth: depth + 1)
        }
    }

    private mutating func report(unknown key: Node, in node: Node, _ schema: TypeSchema) {
        let name = key.string ?? ""
        list.add(
            .unknownField, "", at: node, of: root, field: name, key: key,
            suggestion: closestMatch(to: name, among: schema.fields.map(\.name)))
    }

    private mutating func mismatch(_ node: Node, _ expected: String) {
        list.add(.type, "must be \(expected), not \(node.kind.words)", at: node, of: root)
    }

    /// - Precondition: the node is not null, which every field takes.
    private mutating func check(_ node: Node, _ value: ValueSchema, depth: Int) {
        switch value.kind {
        case .any: break
        case .anyObject: if !node.isMap { mismatch(node, "an object") }
        case .string: if node.kind != .string { mismatch(node, "a string") }
        case .bool: if node.kind != .bool { mismatch(node, "true or false") }
        case .int32: checkInteger(node, Int64(Int32.min)...Int64(Int32.max), "a 32-bit integer")
        case .int64: checkInteger(node, Int64.min...Int64.max, "a 64-bit integer")
        case .double: if node.int == nil, node.double == nil, node.uint == nil { mismatch(node, "a number") }
        case .intOrString:
            if node.kind != .string {
                checkInteger(node, Int64(Int32.min)...Int64(Int32.max), "an integer or a string")
            }
        case .bytes: checkBase64(node)
        case .time, .microTime: checkTime(node)
        case .quantity: checkQuantity(node)
        case .list:
            guard node.isList, let element = set.element(of: value) else { return mismatch(node, "a list") }
            guard depth < SchemaLimits.maximumDepth else {
                return list.add(.depth, "nested too deep", at: node, of: root)
            }
            for item in node.elements where !item.isNull { check(item, element, depth: depth + 1) }
        case .map:
            guard node.isMap, let element = set.element(of: value) else { return mismatch(node, "an object") }
            guard depth < SchemaLimits.maximumDepth else {
                return list.add(.depth, "nested too deep", at: node, of: root)
            }
            for (_, item) in node.entries where !item.isNull { check(item, element, depth: depth + 1) }
        case .object:
            guard node.isMap, let type = set.type(of: value) else { return mismatch(node, "an object") }
            checkObject(node, type: type, depth: depth)
        }
    }

    private mutating func checkInteger(_ node: Node, _ range: ClosedRange<Int64>, _ expected: String) {
        switch node.kind {
        case .int:
            guard let number = node.int, range.contains(number) else {
                return list.add(.range, "must be \(expected)", at: node, of: root)
            }
        case .uint: list.add(.range, "must be \(expected)", at: node, of: root)
        case .double:
            // YAML's 1.0 reaches the server as 1.
            guard let number = node.double, let whole = Int64(exactly: number), range.contains(whole) else {
                return list.add(.range, "must be \(expected)", at: node, of: root)
            }
        default: mismatch(node, expected)
        }
    }

    private mutating func checkQuantity(_ node: Node) {
        guard node.kind == .string || node.isNumber else { return mismatch(node, "a quantity") }
        do throws(Quantity.ParseError) {
            _ = try Quantity(node: node)
        } catch {
            list.add(.quantity, error.message, at: node, of: root)
        }
    }

    private mutating func checkBase64(_ node: Node) {
        guard node.kind == .string else { return mismatch(node, "a string in base64") }
        if !Base64.isValid(node.utf8) { list.add(.format, "must be base64", at: node, of: root) }
    }

    private mutating func checkTime(_ node: Node) {
        guard let text = node.string else { return mismatch(node, "a time") }
        if !TimeText.isValid(text) {
            list.add(.format, "must be a time as in RFC 3339, such as `2006-01-02T15:04:05Z`", at: node, of: root)
        }
    }
}

extension NodeKind {
    /// For messages.
    var words: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .int, .uint, .double: "a number"
        case .string: "a string"
        case .list: "a list"
        case .map: "an object"
        }
    }
}

extension Node {
    var isNumber: Bool { kind == .int || kind == .uint || kind == .double }
}

extension Quantity {
    /// A quantity as a document has it: text, or a number.
    init(node: Node) throws(ParseError) {
        switch node.kind {
        case .int: try self.init(parsing: String(node.int ?? 0))
        case .uint: try self.init(parsing: String(node.uint ?? 0))
        case .double: try self.init(parsing: Self.plain(node.double ?? 0))
        default: try self.init(parsing: Self.trimmed(node.string ?? ""))
        }
    }

    /// As JSON shows a number that came from YAML.
    private static func plain(_ number: Double) -> String {
        if let whole = Int64(exactly: number) { return String(whole) }
        return "\(number)"
    }

    /// The API machinery trims white space around the text.
    private static func trimmed(_ text: String) -> String {
        guard let first = text.utf8.first, let last = text.utf8.last, first <= 32 || last <= 32 else { return text }
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.first, byte <= 32 { bytes.removeFirst() }
        while let byte = bytes.last, byte <= 32 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
