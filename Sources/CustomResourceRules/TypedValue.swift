import CEL
import KubernetesSchemas
import Values

/// A custom resource's values as rules see them: texts with a format become times, durations and bytes, numbers become
/// doubles, fields are found by the names that rules have for them, and a field that is null is not there.
enum TypedValue {
    /// - Returns: the node itself where nothing in it is seen as something else.
    static func value(_ node: Node, _ schema: CustomSchema, depth: Int = 0) -> Value {
        guard depth < RuleLimits.maximumDepth, !node.isNull, differs(schema) else { return Value(node) }
        switch schema.type {
        case .array:
            guard let items = schema.items, node.isList else { return Value(node) }
            if let semantics = semantics(of: schema), !hasFormats(items) {
                var builder = DocumentBuilder(recordsPositions: false)
                write(node, schema, to: &builder, depth: depth)
                return .listNode(builder.finish(listSemantics: semantics).root)
            }
            return .list(node.elements.map { value($0, items, depth: depth + 1) })
        case .object, nil:
            guard node.isMap else { return Value(node) }
            return .map(map(node, schema, depth))
        case .string: return text(node, schema.format)
        case .number: return node.int.map { .double(Double($0)) } ?? Value(node)
        case .integer, .boolean: return Value(node)
        }
    }

    private static func map(_ node: Node, _ schema: CustomSchema, _ depth: Int) -> MapValue {
        var entries: [(key: Value, value: Value)] = []
        for (key, item) in node.entries {
            if let property = schema.property(key.utf8) {
                if item.isNull { continue }
                let value = value(item, property, depth: depth + 1)
                for name in names(of: key) { entries.append((name, value)) }
            } else {
                entries.append((.text(key), schema.additional.map { value(item, $0, depth: depth + 1) } ?? Value(item)))
            }
        }
        return MapValue(entries)
    }

    /// A field's key, and what rules call it; a key that rules cannot reach still counts where objects are compared.
    private static func names(of key: Node) -> [Value] {
        let identifiers = FieldName.identifiers(of: key.string ?? "")
        return identifiers.isEmpty || identifiers == [key.string ?? ""] ? [.text(key)] : identifiers.map { .string($0) }
    }

    private static func text(_ node: Node, _ format: String) -> Value {
        guard let text = node.string else { return Value(node) }
        switch format {
        case "byte": return Base64.decode(text, padded: true).map { .bytes($0) } ?? Value(node)
        case "duration": return Durations.parse(text).map { .duration($0) } ?? Value(node)
        case "date": return Timestamps.parse(text + "T00:00:00Z").map { .timestamp($0) } ?? Value(node)
        case "date-time": return Timestamps.parse(text).map { .timestamp($0) } ?? Value(node)
        default: return Value(node)
        }
    }

    // MARK: Lists whose order says nothing

    private static func semantics(of schema: CustomSchema) -> ListSemantics? {
        switch schema.listType {
        case .set: .set
        case .map: .map(keys: schema.mapKeys.map { FieldName.identifiers(of: $0).first ?? $0 })
        case .atomic, .unspecified: nil
        }
    }

    /// Writes what can be a document.
    private static func write(_ node: Node, _ schema: CustomSchema, to builder: inout DocumentBuilder, depth: Int) {
        guard depth < RuleLimits.maximumDepth, differs(schema) else { return builder.append(copyOf: node) }
        if node.isList, let items = schema.items {
            builder.beginList()
            for element in node.elements { write(element, items, to: &builder, depth: depth + 1) }
            builder.endList()
        } else if node.isMap {
            builder.beginMap()
            for (key, item) in node.entries {
                guard let part = schema.property(key.utf8) else {
                    builder.appendKey(utf8: key.utf8)
                    if let additional = schema.additional {
                        write(item, additional, to: &builder, depth: depth + 1)
                    } else {
                        builder.append(copyOf: item)
                    }
                    continue
                }
                if item.isNull { continue }
                for name in names(of: key) {
                    builder.appendKey(name.stringValue ?? "")
                    write(item, part, to: &builder, depth: depth + 1)
                }
            }
            builder.endMap()
        } else if schema.type == .number, let number = node.int {
            builder.append(Double(number))
        } else {
            builder.append(copyOf: node)
        }
    }

    private static let formats: Set<String> = ["byte", "duration", "date", "date-time"]

    private static func hasFormats(_ schema: CustomSchema) -> Bool {
        if schema.isIntOrString { return false }
        return schema.type == .string && formats.contains(schema.format) || schema.items.map(hasFormats) ?? false
            || schema.additional.map(hasFormats) ?? false || schema.properties.contains { hasFormats($0.schema) }
    }

    /// Whether values of the schema are seen as something else than what they are in the document.
    static func differs(_ schema: CustomSchema) -> Bool {
        if schema.isIntOrString { return false }
        switch schema.type {
        case .string: return formats.contains(schema.format)
        case .number: return true
        case .array: return semantics(of: schema) != nil || schema.items.map(differs) ?? false
        case .object, nil:
            return schema.additional.map(differs) ?? false
                || schema.properties.contains {
                    $0.schema.isNullable || FieldName.identifiers(of: $0.key) != [$0.key] || differs($0.schema)
                }
        case .integer, .boolean: return false
        }
    }
}
