import Values

extension CELType {
    /// Whether a value may be passed for a parameter of this type at run time. Of lists and maps the first element
    /// speaks for all, as in the Go implementation.
    func accepts(_ value: Value) -> Bool {
        switch (self, value) {
        case (.dyn, _), (.parameter, _), (.any, _), (.error, _): return true
        case (.null, .null), (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double): return true
        case (.string, .string), (.string, .text), (.bytes, .bytes): return true
        case (.timestamp, .timestamp), (.duration, .duration): return true
        case (.type, .type): return true
        case (.list(let element), .list(let elements)): return elements.first.map { element.accepts($0) } ?? true
        case (.list(let element), .listNode(let node)):
            return node.element(at: 0).map { element.accepts(Value($0)) } ?? true
        case (.map(let key, let item), .map(let map)):
            guard let firstKey = map.keys.first, let firstValue = map.values.first else { return true }
            return key.accepts(firstKey) && item.accepts(firstValue)
        case (.map(let key, let item), .mapNode(let node)):
            var entries = node.entries
            guard let first = entries.next() else { return true }
            return key.accepts(.text(first.key)) && item.accepts(Value(first.value))
        case (.wrapper(let type), _):
            if case .null = value { return true }
            return type.accepts(value)
        case (.opaque("optional_type", let parameters), .optional(let optional)):
            guard let content = optional.value, let parameter = parameters.first else { return true }
            return parameter.accepts(content)
        case (.opaque(let name, _), .object(let object)), (.structure(let name), .object(let object)):
            return name == object.typeName
        case (.structure, .map), (.structure, .mapNode): return true
        default: return false
        }
    }
}
