import RegularExpressions
import Values

/// Holds a custom resource against what its schema demands beyond its types.
struct CustomValidator {
    let root: Node
    var list = FindingList()

    init(root: Node) { self.root = root }

    /// - Parameter isInner: whether the schema is part of a combination (`anyOf`…), where nothing has been checked yet.
    mutating func check(
        _ node: Node, _ schema: CustomSchema, isInner: Bool = false, isElement: Bool = false, depth: Int = 0
    ) {
        if node.isNull {
            // What may be null has nothing more to keep to. A field's null was looked at in decoding.
            if schema.forbidsNull, isElement { list.add(.type, "must not be null", at: node, of: root) }
            return
        }
        guard depth < SchemaLimits.maximumDepth, isInner || schema.isDemanding else { return }
        if isInner { checkInner(node, schema) }
        checkBounds(node, schema, isInner: isInner)
        if schema.isEmbedded { checkEmbedded(node, schema) }
        if node.isList { checkList(node, schema) }
        checkParts(node, schema, isInner: isInner, depth: depth)
        checkCombinations(node, schema, depth: depth)
    }

    private mutating func checkParts(_ node: Node, _ schema: CustomSchema, isInner: Bool, depth: Int) {
        if let items = schema.items, node.isList {
            for item in node.elements { check(item, items, isInner: isInner, isElement: true, depth: depth + 1) }
        }
        guard node.isMap else { return }
        for (key, schema) in schema.properties {
            if let value = node[key] { check(value, schema, isInner: isInner, depth: depth + 1) }
        }
        if let additional = schema.additional {
            for (key, value) in node.entries where schema.property(key.utf8) == nil {
                check(value, additional, isInner: isInner, isElement: true, depth: depth + 1)
            }
        }
    }

    private mutating func invalid(_ node: Node, _ reason: String, _ code: SchemaFinding.Code = .value) {
        list.add(code, "invalid value \(node.shown): \(reason)", at: node, of: root)
    }

    // MARK: Bounds

    private mutating func checkBounds(_ node: Node, _ schema: CustomSchema, isInner: Bool) {
        let bounds = schema.bounds
        if let allowed = bounds.allowed, isInner || schema.type != .string,
            !allowed.contains(where: { $0.equals(node) })
        {
            let shown = allowed.map(\.shown).joined(separator: ", ")
            list.add(.enum, "unsupported value \(node.shown): supported values: \(shown)", at: node, of: root)
        }
        switch node.kind {
        case .int, .uint, .double: checkNumber(node, bounds)
        case .string: checkText(node, bounds)
        case .list:
            checkCount(node, node.count, bounds, "items")
            if bounds.isUnique { checkDistinct(node) }
        case .map: checkCount(node, node.count, bounds, "properties")
        case .null, .bool: break
        }
    }

    private mutating func checkNumber(_ node: Node, _ bounds: CustomSchema.Bounds) {
        let number = node.double ?? node.int.map { Double($0) } ?? node.uint.map { Double($0) } ?? 0
        if let least = bounds.minimum, bounds.excludesMinimum ? number <= least : number < least {
            invalid(node, "should be greater than \(bounds.excludesMinimum ? "" : "or equal to ")\(Self.shown(least))")
        }
        if let most = bounds.maximum, bounds.excludesMaximum ? number >= most : number > most {
            invalid(node, "should be less than \(bounds.excludesMaximum ? "" : "or equal to ")\(Self.shown(most))")
        }
        if let factor = bounds.multipleOf, factor > 0 {
            let quotient = number / factor
            if quotient != quotient.rounded() { invalid(node, "should be a multiple of \(Self.shown(factor))") }
        }
    }

    private static func shown(_ number: Double) -> String { Int64(exactly: number).map(String.init) ?? "\(number)" }

    private mutating func checkText(_ node: Node, _ bounds: CustomSchema.Bounds) {
        if bounds.least != nil || bounds.most != nil {
            // Characters are counted, not bytes.
            let count = node.utf8.count { $0 & 0xC0 != 0x80 }
            if let least = bounds.least, count < least { invalid(node, "should be at least \(least) chars long") }
            if let most = bounds.most, count > most { invalid(node, "should be at most \(most) chars long", .length) }
        }
        if let pattern = bounds.pattern, !pattern.matches(node.utf8) {
            invalid(node, "should match `\(pattern.pattern)`")
        }
        if let format = bounds.format, !format.accepts(node.utf8) {
            invalid(node, "must be of type \(format.rawValue)")
        }
    }

    private mutating func checkCount(_ node: Node, _ count: Int, _ bounds: CustomSchema.Bounds, _ what: String) {
        if let least = bounds.least, count < least { invalid(node, "should have at least \(least) \(what)") }
        if let most = bounds.most, count > most { invalid(node, "should have at most \(most) \(what)", .length) }
    }

    // MARK: Lists

    private mutating func checkList(_ node: Node, _ schema: CustomSchema) {
        switch schema.listType {
        case .set: checkDistinct(node)
        case .map: checkKeys(node, schema)
        case .atomic, .unspecified: break
        }
    }

    private mutating func checkDistinct(_ node: Node) {
        var seen: Set<String> = []
        for element in node.elements where !seen.insert(element.comparisonKey).inserted {
            list.add(.duplicate, "duplicate value \(element.shown)", at: element, of: root)
        }
    }

    private mutating func checkKeys(_ node: Node, _ schema: CustomSchema) {
        var seen: Set<[String]> = []
        for element in node.elements where element.isMap {
            // A key that is missing counts as one of its own.
            let keys = schema.mapKeys.map { element[$0]?.comparisonKey ?? "" }
            if seen.insert(keys).inserted { continue }
            let shown = schema.mapKeys.map { "\($0)=\(element[$0]?.shown ?? "nothing")" }.joined(separator: ", ")
            list.add(.duplicate, "duplicate value: \(shown)", at: element, of: root)
        }
    }

    /// An object within the object has a kind of its own.
    private mutating func checkEmbedded(_ node: Node, _ schema: CustomSchema) {
        guard node.isMap else { return }
        for field in ["apiVersion", "kind"] where node[field]?.utf8.isEmpty ?? true {
            list.add(.required, "required value: must not be empty", at: node, of: root, field: field)
        }
        if let metadata = node["metadata" as StaticString], !metadata.isMap, !metadata.isNull {
            list.add(.type, "must be an object, not \(metadata.kind.words)", at: metadata, of: root)
        }
    }

    // MARK: Combinations

    private mutating func checkInner(_ node: Node, _ schema: CustomSchema) {
        if let type = schema.type, !type.fits(node) {
            list.add(.type, "must be of type \(type.rawValue)", at: node, of: root)
        }
        if schema.isIntOrString, !CustomSchema.JSONType.integer.fits(node), node.kind != .string {
            list.add(.type, "must be an integer or a string", at: node, of: root)
        }
        guard node.isMap else { return }
        for field in schema.required where node[field] == nil {
            list.add(.required, "required value", at: node, of: root, field: field)
        }
    }

    private func fits(_ node: Node, _ schema: CustomSchema, depth: Int) -> Bool {
        var validator = CustomValidator(root: root)
        validator.check(node, schema, isInner: true, depth: depth + 1)
        return validator.list.findings.isEmpty
    }

    private mutating func checkCombinations(_ node: Node, _ schema: CustomSchema, depth: Int) {
        for part in schema.allOf { check(node, part, isInner: true, depth: depth + 1) }
        if !schema.anyOf.isEmpty, !schema.anyOf.contains(where: { fits(node, $0, depth: depth) }) {
            invalid(node, "must validate at least one schema (anyOf)")
        }
        if !schema.oneOf.isEmpty {
            let count = schema.oneOf.count { fits(node, $0, depth: depth) }
            if count != 1 {
                invalid(
                    node,
                    "must validate one and only one schema (oneOf), and validates \(count == 0 ? "none" : "\(count)")")
            }
        }
        if let not = schema.not, fits(node, not, depth: depth) { invalid(node, "must not validate the schema (not)") }
    }
}

extension CustomSchema.JSONType {
    func fits(_ node: Node) -> Bool {
        switch self {
        case .object: node.isMap
        case .array: node.isList
        case .string: node.kind == .string
        case .boolean: node.kind == .bool
        case .number: node.isNumber
        case .integer: node.kind == .int || node.double.map { $0 == $0.rounded() } ?? false
        }
    }
}

extension Node {
    /// Whether two values are the same JSON, whatever the order of keys.
    func equals(_ other: Node) -> Bool { comparisonKey == other.comparisonKey }

    /// The same for equal values only: JSON with sorted keys.
    var comparisonKey: String {
        switch kind {
        case .null: "null"
        case .bool: bool == true ? "true" : "false"
        case .int: "\(int ?? 0)"
        case .uint: "\(uint ?? 0)"
        case .double: double.flatMap { Int64(exactly: $0) }.map { "\($0)" } ?? "\(double ?? 0)"
        case .string: "\"\(utf8.count):\(string ?? "")"
        case .list: "[" + elements.map(\.comparisonKey).joined(separator: ",") + "]"
        case .map:
            "{"
                + entries.map { "\"\($0.key.utf8.count):\($0.key.string ?? ""):\($0.value.comparisonKey)" }.sorted()
                .joined(separator: ",") + "}"
        }
    }
}
