import CEL
import KubernetesSchemas

/// The types that rules see, made of a schema: each object is a type of its own, named for where it stands.
struct SchemaTypes {
    private(set) var environment: Environment
    /// By schema, as each stands in one place; nil is out of reach for rules.
    private var types: [ObjectIdentifier: CELType?] = [:]

    init(_ environment: Environment) { self.environment = environment }

    /// Declares the types of a schema and of all below it.
    ///
    /// - Returns: nil for a schema that does not say what it holds.
    @discardableResult
    mutating func declare(_ schema: CustomSchema, as name: String, isResource: Bool) -> CELType? {
        let type = makeType(schema, name, isResource: isResource || schema.isEmbedded)
        types[ObjectIdentifier(schema)] = .some(type)
        return type
    }

    func type(of schema: CustomSchema) -> CELType? { types[ObjectIdentifier(schema)] ?? nil }

    private mutating func makeType(_ schema: CustomSchema, _ name: String, isResource: Bool) -> CELType? {
        if schema.isIntOrString { return .dyn }
        switch schema.type {
        case .array:
            guard let items = schema.items, let element = declare(items, as: "\(name).@items", isResource: false) else {
                return nil
            }
            return .list(element)
        case .object:
            if let additional = schema.additional {
                return declare(additional, as: "\(name).@values", isResource: false).map { .map(.string, $0) }
            }
            return object(schema, name, isResource: isResource)
        case .string:
            switch schema.format {
            case "byte": return .bytes
            case "duration": return .duration
            case "date", "date-time": return .timestamp
            default: return .string
            }
        case .boolean: return .bool
        case .integer: return .int
        case .number: return .double
        case nil: return isResource ? object(schema, name, isResource: true) : nil
        }
    }

    private mutating func object(_ schema: CustomSchema, _ name: String, isResource: Bool) -> CELType {
        var fields: [String: CELType] = [:]
        for (key, property) in schema.properties {
            guard let type = declare(property, as: "\(name).\(key)", isResource: false) else { continue }
            for identifier in FieldName.identifiers(of: key) { fields[identifier] = type }
        }
        if isResource, !Self.describesResource(schema) {
            // Of every object this much is known.
            let metadata = Environment.Structure("\(name).metadata", ["name": .string, "generateName": .string])
            environment.declare(metadata)
            fields["apiVersion"] = .string
            fields["kind"] = .string
            fields["metadata"] = .structure(metadata.name)
        }
        environment.declare(Environment.Structure(name, fields))
        return .structure(name)
    }

    /// Whether the schema itself tells what every object has.
    private static func describesResource(_ schema: CustomSchema) -> Bool {
        func property(_ name: String, of schema: CustomSchema?) -> CustomSchema? {
            schema?.properties.first { $0.key == name }?.schema
        }
        let metadata = property("metadata", of: schema)
        return property("apiVersion", of: schema)?.type == .string && property("kind", of: schema)?.type == .string
            && metadata?.type == .object && property("name", of: metadata)?.type == .string
            && property("generateName", of: metadata)?.type == .string
    }
}
