import Diagnostics
import Values

/// Validates an admitted view: what the API server checks after decoding and defaulting.
struct ObjectValidator {
    let set: SchemaSet
    let root: Node
    let rootKind: String
    /// Whether the object is to be created.
    let isNew: Bool
    var list = FindingList()

    init(set: SchemaSet, root: Node, isNew: Bool) {
        self.set = set
        self.isNew = isNew
        self.root = root
        rootKind = root["kind" as StaticString]?.string ?? ""
    }

    mutating func checkRoot(_ type: TypeID) {
        checkMetadata()
        checkObject(root, type, depth: 0)
    }

    mutating func invalid(_ node: Node, _ reason: String, key: Node? = nil) {
        list.add(.value, "invalid value \((key ?? node).shown): \(reason)", at: node, of: root)
    }

    mutating func require(_ field: String, in node: Node, because reason: String? = nil) {
        list.add(.required, "required value" + (reason.map { ": " + $0 } ?? ""), at: node, of: root, field: field)
    }

    mutating func forbid(_ node: Node, _ reason: String) {
        list.add(.forbidden, "forbidden: " + reason, at: node, of: root)
    }

    // MARK: Schema

    private mutating func checkObject(_ node: Node, _ type: TypeID, depth: Int) {
        guard depth < SchemaLimits.maximumDepth, node.isMap else { return }
        let schema = set[type]
        for field in schema.fields where field.isRequired && !field.traits.contains(.alwaysObject) {
            checkRequired(field, in: node)
        }
        for rule in set.validations[Int(type.index)] {
            let field = schema.fields[rule.field]
            check(rule.check, field, in: node, value: node[utf8: field.key])
        }
        checkType(node, schema)
        for (key, value) in node.entries {
            guard let index = schema.index(of: key.utf8), !value.isNull else { continue }
            // What the server itself reports is not the user's to get right.
            if depth == 0, key.utf8.elementsEqual("status".utf8) { continue }
            checkValue(value, schema.fields[index].value, depth: depth + 1)
        }
    }

    private mutating func checkRequired(_ field: FieldSchema, in node: Node) {
        let value = node[utf8: field.key]
        if field.traits.contains(.keepsEmpty) {
            if value == nil { require(field.name, in: node) }
            return
        }
        switch field.value.kind {
        case .string:
            if value?.utf8.isEmpty ?? true { require(field.name, in: node) }
        case .object, .any, .anyObject, .quantity, .intOrString:
            if value?.isNull ?? true { require(field.name, in: node) }
        default: break
        }
    }

    private mutating func checkValue(_ node: Node, _ value: ValueSchema, depth: Int) {
        switch value.kind {
        case .object:
            if let type = set.type(of: value) { checkObject(node, type, depth: depth) }
        case .list, .map:
            guard let element = set.element(of: value), element.kind == .object || element.detail >= 0 else { return }
            if value.kind == .list {
                for item in node.elements where !item.isNull { checkValue(item, element, depth: depth + 1) }
            } else {
                for (_, item) in node.entries where !item.isNull { checkValue(item, element, depth: depth + 1) }
            }
        case .string:
            if let allowed = set.allowedTexts(of: value) { checkText(node, allowed) }
        default: break
        }
    }

    mutating func checkText(_ node: Node, _ allowed: [String]) {
        // An empty text that is required is reported as missing.
        guard !node.utf8.isEmpty, !allowed.contains(where: { node.utf8.elementsEqual($0.utf8) }) else { return }
        let text = node.string ?? ""
        list.add(
            .enum,
            "unsupported value `\(text)`: supported values: \(allowed.map { "`\($0)`" }.joined(separator: ", "))",
            at: node, of: root, suggestion: closestMatch(to: text, among: allowed))
    }

    // MARK: Rules of fields

    private mutating func check(_ check: ValidationRule.Check, _ field: FieldSchema, in node: Node, value: Node?) {
        switch check {
        case .isRequired:
            guard let value, !value.isNull else { return require(field.name, in: node) }
            let isEmpty = value.isList || value.isMap ? value.count == 0 : value.isZero && field.value.kind != .bool
            if isEmpty, !(field.isRequired && field.value.kind == .string) { require(field.name, in: node) }
        case .isName(let form):
            guard let value, !value.isNull else { return }
            checkForm(form, value, isRequired: field.isRequired)
        case .isIn(let range):
            guard let number = value?.int, let value, !range.contains(number) else { return }
            // Nothing at all has been reported already where the field is required.
            if number == 0, field.traits.contains(.omitsZero) || set.requiresValue(of: field, in: node) { return }
            invalid(
                value,
                range.upperBound >= Int64(Int32.max)
                    ? "must be greater than or equal to \(range.lowerBound)"
                    : "must be between \(range.lowerBound) and \(range.upperBound), inclusive")
        case .isOneOf(let allowed):
            guard let value else { return }
            if value.isList {
                for item in value.elements { checkText(item, allowed) }
            } else if value.utf8.isEmpty, field.isRequired || value.kind == .string {
                if !field.isRequired { require(field.name, in: node) }
            } else {
                checkText(value, allowed)
            }
        case .isUnique(let name): checkUnique(value, name)
        case .keysAre(let form):
            for (key, _) in value.entries {
                checkForm(form, key, isRequired: true)
            }
        case .valuesAre(let form):
            for (_, item) in value.entries {
                checkForm(form, item, isRequired: true)
            }
        case .hasOneField(let others):
            let set = node.entries.filter { key, value in
                !value.isNull && !others.contains { key.utf8.elementsEqual($0.utf8) }
            }
            if set.count > 1 {
                forbid(set[1].value, "may not specify more than 1 \(field.name == "name" ? "volume type" : "kind")")
            }
        }
    }

    private mutating func checkUnique(_ value: Node?, _ name: String) {
        guard let value, value.count > 1 else { return }
        var seen: Set<String> = []
        for element in value.elements {
            guard let own = element[name], let text = own.string, !text.isEmpty else { continue }
            if !seen.insert(text).inserted { list.add(.duplicate, "duplicate value `\(text)`", at: own, of: root) }
        }
    }
}

extension SchemaSet {
    /// Whether a missing number is reported as such rather than as out of range.
    fileprivate func requiresValue(of field: FieldSchema, in node: Node) -> Bool {
        field.isRequired && field.key.elementsEqual("containerPort".utf8)
    }
}

extension Node {
    /// The value in a message.
    var shown: String {
        switch kind {
        case .string: "`\(string ?? "")`"
        case .int: "`\(int ?? 0)`"
        case .bool: "`\(bool ?? false)`"
        case .null: "`null`"
        default: isList ? "`[]`" : "`{}`"
        }
    }
}
