import Diagnostics
import RegularExpressions
package import Values

/// The schema of a CustomResourceDefinition, or a part of it, beyond what `TypeSchema` holds: bounds, patterns, formats,
/// combinations, and where the rules in CEL are.
package final class CustomSchema: Sendable {
    package enum JSONType: String, Sendable {
        case object, array, string, integer, number, boolean
    }

    /// What a number, a text or a container must keep to; nil is no bound.
    struct Bounds: Sendable {
        var minimum: Double?
        var maximum: Double?
        var excludesMinimum = false
        var excludesMaximum = false
        var multipleOf: Double?
        /// Of a text in characters, of a list in elements, of a map in entries.
        var least: Int?
        var most: Int?
        var pattern: RegularExpression?
        var format: CustomFormat?
        var isUnique = false
        /// Allowed values, be they what they may; nil for any.
        var allowed: [Node]?

        var isEmpty: Bool {
            minimum == nil && maximum == nil && multipleOf == nil && least == nil && most == nil && pattern == nil
                && format == nil && !isUnique && allowed == nil
        }
    }

    /// As the definition writes it.
    package let node: Node
    package let type: JSONType?
    package let format: String
    package let isNullable: Bool
    package let isIntOrString: Bool
    package let isEmbedded: Bool
    package let preservesUnknown: Bool
    package let listType: ValueSchema.ListType
    package let mapKeys: [String]
    package let properties: [(key: String, schema: CustomSchema)]
    package let items: CustomSchema?
    package let additional: CustomSchema?
    package let required: [String]
    /// The entries of x-kubernetes-validations.
    package let rules: [Node]
    package let maxLength: Int?
    package let maxItems: Int?
    package let maxProperties: Int?
    let bounds: Bounds
    let allOf: [CustomSchema]
    let anyOf: [CustomSchema]
    let oneOf: [CustomSchema]
    let not: CustomSchema?
    /// Whether this part or one below it demands anything that the type alone does not.
    let isDemanding: Bool
    /// Whether this part or one below it has rules.
    package let hasRules: Bool

    /// - Parameter budget: parts that may still be read; what is beyond demands nothing.
    init(_ node: Node, depth: Int = 0, budget: inout Int) {
        budget -= 1
        let isWithin = depth < SchemaLimits.maximumSchemaDepth && budget > 0
        self.node = node
        type = node["type" as StaticString]?.string.flatMap(JSONType.init(rawValue:))
        format = node["format" as StaticString]?.string ?? ""
        isNullable = node["nullable" as StaticString]?.bool == true
        isIntOrString = node["x-kubernetes-int-or-string" as StaticString]?.bool == true
        isEmbedded = node["x-kubernetes-embedded-resource" as StaticString]?.bool == true
        preservesUnknown = node["x-kubernetes-preserve-unknown-fields" as StaticString]?.bool == true
        mapKeys = node["x-kubernetes-list-map-keys" as StaticString].elements.compactMap(\.string)
        listType =
            switch node["x-kubernetes-list-type" as StaticString]?.string {
            case "map": .map
            case "set": .set
            default: .atomic
            }
        required = node["required" as StaticString].elements.compactMap(\.string)
        rules = Array(node["x-kubernetes-validations" as StaticString].elements)
        maxLength = node["maxLength" as StaticString]?.int.map { Int($0) }
        maxItems = node["maxItems" as StaticString]?.int.map { Int($0) }
        maxProperties = node["maxProperties" as StaticString]?.int.map { Int($0) }
        bounds = Self.bounds(node, type)

        func part(_ node: Node?) -> CustomSchema? {
            guard isWithin, let node, node.isMap else { return nil }
            return CustomSchema(node, depth: depth + 1, budget: &budget)
        }
        func parts(_ name: String) -> [CustomSchema] { node[name].elements.compactMap { part($0) } }
        var properties: [(key: String, schema: CustomSchema)] = []
        for (key, value) in node["properties" as StaticString].entries {
            if let schema = part(value) { properties.append((key.string ?? "", schema)) }
        }
        self.properties = properties
        items = part(node["items" as StaticString])
        additional = part(node["additionalProperties" as StaticString])
        (allOf, anyOf, oneOf) = (parts("allOf"), parts("anyOf"), parts("oneOf"))
        not = part(node["not" as StaticString])
        let below = properties.map(\.schema) + [items, additional].compactMap { $0 }
        hasRules = !rules.isEmpty || below.contains(where: \.hasRules)
        isDemanding =
            !bounds.isEmpty || isEmbedded || listType != .atomic || !(allOf + anyOf + oneOf).isEmpty || not != nil
            || below.contains(where: \.isDemanding) || [items, additional].contains { $0?.forbidsNull == true }
    }

    private static func bounds(_ node: Node, _ type: JSONType?) -> Bounds {
        func number(_ name: StaticString) -> Double? { node[name].flatMap { $0.double ?? $0.int.map { Double($0) } } }
        func count(_ names: [StaticString]) -> Int? {
            names.compactMap { node[$0]?.int }.first.map { Int(clamping: $0) }
        }
        var bounds = Bounds()
        bounds.minimum = number("minimum")
        bounds.maximum = number("maximum")
        bounds.excludesMinimum = node["exclusiveMinimum" as StaticString]?.bool == true
        bounds.excludesMaximum = node["exclusiveMaximum" as StaticString]?.bool == true
        bounds.multipleOf = number("multipleOf")
        bounds.least = count(["minLength", "minItems", "minProperties"])
        bounds.most = count(["maxLength", "maxItems", "maxProperties"])
        // The server takes no definition whose pattern is none; here it then demands nothing.
        bounds.pattern = node["pattern" as StaticString]?.string.flatMap { try? RegularExpression(pattern: $0) }
        bounds.format = node["format" as StaticString]?.string.flatMap(CustomFormat.init(rawValue:))
        bounds.isUnique = node["uniqueItems" as StaticString]?.bool == true
        if let allowed = node["enum" as StaticString], allowed.isList, allowed.count > 0 {
            bounds.allowed = Array(allowed.elements)
        }
        return bounds
    }

    /// Whether null is no value.
    var forbidsNull: Bool { !isNullable && (type != nil || isIntOrString) }

    /// The schema of a field.
    package func property(_ key: UnsafeBufferPointer<UInt8>) -> CustomSchema? {
        properties.first { key.elementsEqual($0.key.utf8) }?.schema
    }
}
