import KubernetesSchemas
import PolicyEngine
import Values

/// What server-side apply must know of a value: how its parts are told apart, and which of them it has.
struct MergeType {
    private enum Reference {
        case type(TypeID)
        case value(ValueSchema)
        /// An object of a kind without a schema; only its metadata is known, which all kinds share.
        case unknownKind(String)
    }

    enum Scalar { case string, number, boolean, any }

    enum ListRelation: Equatable {
        case atomic
        /// Of scalars.
        case set
        /// Elements are told apart by these fields.
        case map([String])
    }

    enum Shape {
        case scalar(Scalar)
        case object(isAtomic: Bool)
        case map(isAtomic: Bool)
        case list(ListRelation)
        /// Any JSON value, replaced as a whole.
        case untyped
    }

    /// A field of an object.
    enum Field {
        case declared(MergeType)
        case undeclared
        /// The kind's schema would have to say.
        case unknown(String)
    }

    private let schemas: SchemaSet
    private let reference: Reference

    private init(_ schemas: SchemaSet, _ reference: Reference) {
        self.schemas = schemas
        self.reference = reference
    }

    /// The type of a kind's objects.
    init(_ schemas: SchemaSet, apiVersion: String, kind: String) {
        let type = schemas.type(apiVersion: apiVersion, kind: kind)
        self.init(schemas, type.map { .type($0) } ?? .unknownKind("\(apiVersion) \(kind)"))
    }

    var shape: Shape {
        switch reference {
        case .unknownKind: return .object(isAtomic: false)
        case .type(let type): return .object(isAtomic: schemas[type].isAtomic)
        case .value(let value): return shape(of: value)
        }
    }

    private func shape(of value: ValueSchema) -> Shape {
        switch value.kind {
        case .string, .bytes, .time, .microTime: return .scalar(.string)
        case .bool: return .scalar(.boolean)
        case .int32, .int64, .double: return .scalar(.number)
        case .quantity, .intOrString: return .scalar(.any)
        case .any, .anyObject: return .untyped
        case .map: return .map(isAtomic: value.isAtomic)
        case .object:
            return .object(isAtomic: value.isAtomic || schemas.type(of: value).map { schemas[$0].isAtomic } == true)
        case .list:
            switch value.listType {
            case .set: return .list(.set)
            case .map: return .list(.map(schemas.mapKeys(of: value)))
            case .atomic, .unspecified: return .list(.atomic)
            }
        }
    }

    /// Of an object.
    func field(_ name: String) -> Field {
        switch reference {
        case .unknownKind(let kind):
            guard name == "metadata", let any = schemas.type(apiVersion: "v1", kind: "ConfigMap"),
                let metadata = schemas[any].field(name)
            else { return .unknown(kind) }
            return .declared(MergeType(schemas, .value(metadata.value)))
        case .type(let type): return field(name, of: type)
        case .value(let value): return schemas.type(of: value).map { field(name, of: $0) } ?? .undeclared
        }
    }

    private func field(_ name: String, of type: TypeID) -> Field {
        guard let field = schemas[type].field(name) else { return .undeclared }
        return .declared(MergeType(schemas, .value(field.value)))
    }

    /// Of a list or map.
    var element: MergeType? {
        guard case .value(let value) = reference else { return nil }
        return schemas.element(of: value).map { MergeType(schemas, .value($0)) }
    }

    /// What a field of an object has where it is not given.
    func defaultValue(of name: String) -> Node? {
        guard case .value(let value) = reference, let type = schemas.type(of: value),
            let field = schemas[type].field(name)
        else { return nil }
        return schemas.defaultValue(of: field)
    }
}
