import Diagnostics
import Values

/// Writes a manifest's admitted view, object by object.
struct ViewWriter {
    /// What a field is to have: nothing, a node of the manifest, or one that stands for a default.
    struct Slot {
        var node: Node?
        var isDefaulted = false
    }

    /// The object that is being written.
    struct Scope {
        let type: TypeID
        let schema: TypeSchema
        /// First of its slots.
        let base: Int
        /// The key under which it stands; empty for the whole object.
        let key: String
        let depth: Int
    }

    let set: SchemaSet
    let root: Node
    let options: AdmittedView.Options
    let rootKind: String
    var slots: [Slot] = []
    private var builder: DocumentBuilder
    private var filled: [Range<UInt32>] = []

    init(set: SchemaSet, root: Node, options: AdmittedView.Options) {
        self.set = set
        self.root = root
        self.options = options
        rootKind = root["kind" as StaticString]?.string ?? ""
        builder = DocumentBuilder(recordsPositions: root.position != nil)
        slots.reserveCapacity(128)
    }

    consuming func finish() -> (Document, [Range<UInt32>]) {
        (builder.finish(source: root.document.source), filled)
    }

    mutating func writeRoot(_ type: TypeID) { writeObject(root, type, key: "", at: root.position, depth: 0) }

    // MARK: Objects

    private mutating func writeObject(
        _ node: Node?, _ type: TypeID, key: String, at position: SourcePosition?, depth: Int
    ) {
        let schema = set[type]
        let scope = Scope(type: type, schema: schema, base: slots.count, key: key, depth: depth)
        fillSlots(from: node, scope)
        if options.appliesDefaults { for rule in set.rules[Int(type.index)] { apply(rule, scope) } }
        if options.serviceAddress != nil, schema.rules == .serviceSpec { fillServiceAddress(scope) }
        builder.beginMap(at: position)
        for (index, field) in schema.fields.enumerated() {
            write(field, slots[scope.base + index], at: position, depth: depth)
        }
        if schema.preservesUnknown { writeUnknown(node, schema) }
        builder.endMap()
        slots.removeSubrange(scope.base...)
    }

    private mutating func writeUnknown(_ node: Node?, _ schema: TypeSchema) {
        for (key, value) in node.entries where schema.index(of: key.utf8) == nil {
            builder.appendKey(utf8: key.utf8, at: key.position)
            builder.append(copyOf: value)
        }
    }

    private mutating func fillSlots(from node: Node?, _ scope: Scope) {
        slots.append(contentsOf: repeatElement(Slot(), count: scope.schema.fields.count))
        guard let node else { return }
        for (key, value) in node.entries {
            guard let index = scope.schema.index(of: key.utf8) else { continue }
            let traits = scope.schema.fields[index].traits
            if value.isNull, !traits.contains(.nullable) { continue }
            if traits.contains(.omitsZero), value.isZero { continue }
            if options.isNew, scope.depth <= 1, isSetByServer(key, scope) { continue }
            slots[scope.base + index].node = value
        }
    }

    /// Fields of a new object that the API server empties before it looks at it.
    private func isSetByServer(_ key: Node, _ scope: Scope) -> Bool {
        if scope.depth == 0 {
            return key.utf8.elementsEqual("status".utf8) && rootKind != "Node" && !scope.schema.keepsStatus
                || key.utf8.elementsEqual("stringData".utf8) && rootKind == "Secret"
        }
        guard scope.key == "metadata" else { return false }
        return [
            "creationTimestamp", "uid", "generation", "managedFields", "selfLink", "deletionTimestamp",
            "deletionGracePeriodSeconds",
        ].contains { key.utf8.elementsEqual($0.utf8) }
    }

    // MARK: Rules

    private mutating func apply(_ rule: DefaultingRule, _ scope: Scope) {
        let slot = scope.base + rule.field
        var replaces = false
        if case .computed(let computed) = rule.value { replaces = computed.replaces }
        guard replaces || isEmpty(slots[slot], scope.schema.fields[rule.field]),
            rule.conditions.allSatisfy({ holds($0, scope) })
        else { return }
        switch rule.value {
        case .fixed(let node): slots[slot] = Slot(node: node, isDefaulted: true)
        case .computed(let computed):
            if let node = compute(computed, scope, current: slots[slot].node) {
                slots[slot] = Slot(node: node, isDefaulted: slots[slot].node == nil)
            }
        }
    }

    private func isEmpty(_ slot: Slot, _ field: FieldSchema) -> Bool {
        guard let node = slot.node else { return true }
        // An empty list is nothing to the server, and so is the zero of a field that it always writes.
        return (node.isList || node.isMap && field.value.kind == .map) && node.count == 0
            || !field.traits.isDisjoint(with: [.alwaysWritten, .required]) && node.isZero
    }

    private func holds(_ condition: DefaultingRule.Condition, _ scope: Scope) -> Bool {
        switch condition {
        case .isSet(let field): return !isEmpty(slots[scope.base + field], scope.schema.fields[field])
        case .isNotSet(let field): return isEmpty(slots[scope.base + field], scope.schema.fields[field])
        case .isOneOf(let field, let texts):
            guard let node = slots[scope.base + field].node else { return false }
            return texts.contains { node.utf8.elementsEqual($0.utf8) }
        case .rootKind(let kind): return rootKind == kind
        case .parentKey(let key): return scope.key == key
        case .isRoot: return scope.depth <= 1
        case .hasNameOnly:
            return zip(scope.schema.fields, slots[scope.base...]).allSatisfy { $0.name == "name" || $1.node == nil }
        }
    }

    /// The value of a field of the object, whether written or filled in.
    func value(_ name: StaticString, _ scope: Scope) -> Node? {
        let key = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        return scope.schema.index(of: key).flatMap { slots[scope.base + $0].node }
    }

    mutating func fill(_ name: StaticString, _ node: Node, _ scope: Scope) {
        let key = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard let index = scope.schema.index(of: key), slots[scope.base + index].node == nil else { return }
        slots[scope.base + index] = Slot(node: node, isDefaulted: true)
    }

    // MARK: Fields

    private mutating func write(_ field: FieldSchema, _ slot: Slot, at position: SourcePosition?, depth: Int) {
        let isKept = !field.traits.isDisjoint(with: [.required, .alwaysWritten, .keepsEmpty])
        let start = builder.nextIndex
        if let node = slot.node {
            if !isKept, node.count == 0, field.value.kind == .list || field.value.kind == .map { return }
            let keyPosition = slot.isDefaulted || node.index == 0 ? nil : node.document.position(at: node.index - 1)
            builder.appendKey(utf8: field.key, at: keyPosition ?? position)
            write(node, field.value, key: field, at: node.position ?? position, depth: depth + 1)
            if slot.isDefaulted { filled(from: start) }
            return
        }
        if options.appliesDefaults, let node = set.defaultValue(of: field) {
            builder.appendKey(utf8: field.key, at: position)
            write(node, field.value, key: field, at: position, depth: depth + 1)
        } else if field.traits.contains(.alwaysObject), let type = set.type(of: field.value) {
            guard depth < SchemaLimits.maximumDepth else { return }
            builder.appendKey(utf8: field.key, at: position)
            writeObject(nil, type, key: field.name, at: position, depth: depth + 1)
        } else if isKept, !field.traits.contains(.keepsEmpty) {
            builder.appendKey(utf8: field.key, at: position)
            writeZero(field.value, at: position)
        } else {
            return
        }
        filled(from: start)
    }

    /// Inner stretches were noted first; the outer one takes their place.
    private mutating func filled(from start: UInt32) {
        while let last = filled.last, last.lowerBound >= start { filled.removeLast() }
        filled.append(start..<builder.nextIndex)
    }

    private mutating func writeZero(_ value: ValueSchema, at position: SourcePosition?) {
        switch value.kind {
        case .string: builder.append("", at: position)
        case .quantity: builder.append("0", at: position)
        case .bool: builder.append(false, at: position)
        case .int32, .int64, .double, .intOrString: builder.append(Int64(0), at: position)
        case .object, .map, .list, .any, .anyObject, .bytes, .time, .microTime: builder.appendNull(at: position)
        }
    }

    // MARK: Values

    private mutating func write(
        _ node: Node, _ value: ValueSchema, key: FieldSchema, at position: SourcePosition?, depth: Int
    ) {
        guard depth < SchemaLimits.maximumDepth else { return builder.append(copyOf: node) }
        switch value.kind {
        case .object:
            guard node.isMap, let type = set.type(of: value) else { return builder.append(copyOf: node) }
            writeObject(node, type, key: key.name, at: position, depth: depth)
        case .list:
            guard node.isList, let element = set.element(of: value) else { return builder.append(copyOf: node) }
            builder.beginList(at: position)
            for item in node.elements { writeElement(item, element, key: key, at: position, depth: depth + 1) }
            builder.endList()
        case .map:
            guard node.isMap, let element = set.element(of: value) else { return builder.append(copyOf: node) }
            builder.beginMap(at: position)
            for (name, item) in node.entries {
                builder.appendKey(utf8: name.utf8, at: name.position ?? position)
                if element.kind == .quantity {
                    writeQuantity(item, roundedUpToMilli: true, at: item.position ?? position)
                } else {
                    writeElement(item, element, key: key, at: position, depth: depth + 1)
                }
            }
            builder.endMap()
        case .quantity: writeQuantity(node, roundedUpToMilli: false, at: position)
        case .int32, .int64, .intOrString:
            if let number = node.double, let whole = Int64(exactly: number) {
                builder.append(whole, at: position)
            } else {
                writeScalar(node, at: position)
            }
        default: writeScalar(node, at: position)
        }
    }

    private mutating func writeElement(
        _ item: Node, _ element: ValueSchema, key: FieldSchema, at position: SourcePosition?, depth: Int
    ) {
        if !item.isNull { return write(item, element, key: key, at: item.position ?? position, depth: depth) }
        if key.traits.contains(.keepsEmpty) {
            // Custom resources are not decoded into variables that start as zeros.
            builder.appendNull(at: item.position ?? position)
        } else if let type = set.type(of: element), depth < SchemaLimits.maximumDepth {
            writeObject(nil, type, key: key.name, at: item.position ?? position, depth: depth)
        } else {
            writeZero(element, at: item.position ?? position)
        }
    }

    private mutating func writeScalar(_ node: Node, at position: SourcePosition?) {
        switch node.kind {
        case .string: builder.append(utf8: node.utf8, at: position)
        case .int: builder.append(node.int ?? 0, at: position)
        case .bool: builder.append(node.bool ?? false, at: position)
        default: builder.append(copyOf: node)
        }
    }

    private mutating func writeQuantity(_ node: Node, roundedUpToMilli: Bool, at position: SourcePosition?) {
        if let quantity = try? Quantity(node: node) {
            builder.append(quantity.canonicalText(roundedUpToMilli: roundedUpToMilli), at: position)
        } else if node.isNull {
            builder.append("0", at: position)
        } else {
            builder.append(copyOf: node)
        }
    }
}

extension Node {
    /// The value that Go gives a variable nobody set.
    var isZero: Bool {
        switch kind {
        case .null: true
        case .string: utf8.isEmpty
        case .int: int == 0
        case .bool: bool == false
        case .double: double == 0
        case .uint, .list, .map: false
        }
    }
}
