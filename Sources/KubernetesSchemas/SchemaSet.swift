package import Values

/// The types of one Kubernetes version, found by apiVersion and kind.
///
/// Immutable and shared; the built-in one is read from its compact form when it is first asked for.
package final class SchemaSet: Sendable {
    /// The Kubernetes version, such as `1.36`.
    package let version: String
    package let types: [TypeSchema]
    let values: [ValueSchema]
    let texts: [[String]]
    /// Defaults as one list of values; see `FieldSchema.defaultIndex`.
    let defaults: [Node]
    /// What the API server fills in, by index of the type.
    let rules: [[DefaultingRule]]
    let validations: [[ValidationRule]]
    let kinds: [String: TypeID]
    /// The whole schemas of the kinds that definitions define, by their type.
    private let customSchemas: [TypeID: CustomSchema]
    /// Keys that do not lie in the program itself.
    let memory: KeyMemory?

    /// Kubernetes versions that are built in, oldest first.
    package static let builtInVersions = SchemaReader.versions(of: builtInSchemas)
    /// The newest built-in version.
    package static let builtIn = SchemaReader.read(builtInSchemas, version: nil)

    /// - Parameter version: such as `1.36`.
    /// - Returns: nil for a version that is not built in.
    package static func builtIn(version: String) -> SchemaSet? {
        if version == builtIn.version { return builtIn }
        return builtInVersions.contains(version) ? SchemaReader.read(builtInSchemas, version: version) : nil
    }

    init(
        version: String, types: [TypeSchema], values: [ValueSchema], texts: [[String]], defaults: [Node],
        kinds: [String: TypeID], memory: KeyMemory? = nil, customSchemas: [TypeID: CustomSchema] = [:]
    ) {
        self.customSchemas = customSchemas
        self.memory = memory
        self.version = version
        self.types = types
        self.values = values
        self.texts = texts
        self.defaults = defaults
        self.kinds = kinds
        rules = DefaultingRule.read(defaultingRules, types: types)
        validations = ValidationRule.read(validationRules, types: types)
    }

    /// The type of a kind, or nil if it is unknown.
    ///
    /// - Parameter apiVersion: `v1` or `apps/v1`.
    package func type(apiVersion: String, kind: String) -> TypeID? { kinds["\(apiVersion):\(kind)"] }

    /// The type of a manifest by its `apiVersion` and `kind`.
    package func type(of manifest: Node) -> TypeID? {
        guard let apiVersion = manifest["apiVersion" as StaticString]?.string,
            let kind = manifest["kind" as StaticString]?.string
        else { return nil }
        return type(apiVersion: apiVersion, kind: kind)
    }

    package subscript(type: TypeID) -> TypeSchema { types[Int(type.index)] }

    /// The whole schema of a kind that a definition defines; nil for built-in types.
    package func customSchema(of type: TypeID) -> CustomSchema? { customSchemas[type] }

    /// All of them, to start another set with.
    var allCustomSchemas: [TypeID: CustomSchema] { customSchemas }

    /// All kinds as (`apps/v1`, `Deployment`), in no order.
    package var kindNames: [(apiVersion: String, kind: String)] {
        kinds.keys.compactMap { key in
            let parts = key.split(separator: ":", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
    }

    /// The schema of a list's or map's elements; nil for other kinds.
    package func element(of value: ValueSchema) -> ValueSchema? {
        switch value.kind {
        case .list, .map: values[Int(value.reference)]
        default: nil
        }
    }

    /// The type of an object; nil for other kinds.
    package func type(of value: ValueSchema) -> TypeID? {
        value.kind == .object ? TypeID(index: value.reference) : nil
    }

    /// The only texts that a string may be; nil if any may.
    package func allowedTexts(of value: ValueSchema) -> [String]? {
        value.kind == .string && value.detail >= 0 ? texts[Int(value.detail)] : nil
    }

    /// The fields that tell a list's elements apart (x-kubernetes-list-map-keys); empty for other lists.
    package func mapKeys(of value: ValueSchema) -> [String] {
        value.kind == .list && value.detail >= 0 ? texts[Int(value.detail)] : []
    }

    /// The default that the schema itself gives, if there is one.
    package func defaultValue(of field: FieldSchema) -> Node? {
        field.defaultIndex >= 0 ? defaults[Int(field.defaultIndex)] : nil
    }
}
