package import CEL
package import KubernetesSchemas
import Values

/// Kubernetes' types as expressions see their values at evaluation: structures by their schemas' names
/// (`core.v1.PodSpec`), times and base64 as the strings that they are in JSON.
///
/// A quantity is a string too, and is marked as one by the type `wrapper(string)`, which takes the same calls and which
/// no other field has.
package struct RuntimeTypes: StructureProvider {
    let schemas: SchemaSet
    private let byName: [String: TypeID]

    package init(_ schemas: SchemaSet) {
        self.schemas = schemas
        byName = schemas.typesByName
    }

    static let quantity = CELType.wrapper(.string)

    func type(named name: String) -> TypeID? { byName[name] }

    /// A field of a structure by name.
    func field(_ name: String, of structure: String) -> (type: TypeID, index: Int, schema: FieldSchema)? {
        guard let type = byName[structure] else { return nil }
        var name = name
        guard let index = name.withUTF8({ schemas[type].index(of: $0) }) else { return nil }
        return (type, index, schemas[type].fields[index])
    }

    package func fieldType(_ field: String, of structure: String) -> CELType? {
        if let known = self.field(field, of: structure) { return type(of: known.schema.value) }
        guard let type = byName[structure], schemas[type].preservesUnknown else { return nil }
        return .dyn
    }

    package func fieldNames(of structure: String) -> [String] {
        byName[structure].map { schemas[$0].fields.map(\.name) } ?? []
    }

    func type(of kind: TypeID) -> CELType { .structure(schemas[kind].name) }

    func type(of value: ValueSchema) -> CELType {
        switch value.kind {
        case .string, .bytes, .time, .microTime: .string
        case .bool: .bool
        case .int32, .int64: .int
        case .quantity: Self.quantity
        // A whole number is an int at evaluation, whatever the schema says.
        case .double, .intOrString, .any, .anyObject: .dyn
        case .list: .list(schemas.element(of: value).map { type(of: $0) } ?? .dyn)
        case .map: .map(.string, schemas.element(of: value).map { type(of: $0) } ?? .dyn)
        case .object: schemas.type(of: value).map { type(of: $0) } ?? .dyn
        }
    }
}
