import CEL
import KubernetesCEL
import KubernetesSchemas
import Values

/// The rules of one kind, compiled, by the schema that they stand in.
final class KindRules: Sendable {
    let schema: CustomSchema
    private let rules: [ObjectIdentifier: [CompiledRule]]

    init(_ schema: CustomSchema, version: KubernetesVersion) {
        self.schema = schema
        var types = SchemaTypes(KubernetesEnvironment.base(version: version))
        types.declare(schema, as: "Object", isResource: true)
        var rules: [ObjectIdentifier: [CompiledRule]] = [:]
        Self.compile(schema, types, &rules)
        self.rules = rules
    }

    func rules(of schema: CustomSchema) -> [CompiledRule] { rules[ObjectIdentifier(schema)] ?? [] }

    private static func compile(
        _ schema: CustomSchema, _ types: SchemaTypes, _ rules: inout [ObjectIdentifier: [CompiledRule]]
    ) {
        guard schema.hasRules else { return }
        if !schema.rules.isEmpty {
            // A value of a type that the schema does not tell is anything.
            let type = types.type(of: schema) ?? .dyn
            rules[ObjectIdentifier(schema)] = schema.rules.map {
                CompiledRule($0, self: type, in: types.environment)
            }
        }
        for (_, property) in schema.properties { compile(property, types, &rules) }
        for part in [schema.items, schema.additional] {
            if let part { compile(part, types, &rules) }
        }
    }
}
