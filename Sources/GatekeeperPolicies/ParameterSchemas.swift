import Diagnostics
import KubernetesSchemas
import Values

/// The schemas of the constraints' kinds, as Gatekeeper makes CustomResourceDefinitions of them.
struct ParameterSchemas {
    private let set: SchemaSet
    static let group = "constraints.gatekeeper.sh"
    static let version = "v1beta1"

    init(_ templates: [ConstraintTemplate]) {
        let definitions = templates.compactMap { template in
            template.parameters.map { Self.definition(template.kind, parameters: $0) }
        }
        set = SchemaSet.builtIn.adding(definitions: definitions)
    }

    /// What is wrong with a constraint's parameters. A field that the schema does not know is dropped by the API server;
    /// it is told as a warning, since the rule then does not get what its author wrote.
    func check(_ constraint: Constraint) -> [Diagnostic] {
        guard let validation = SchemaValidation(of: constraint.root, in: set) else { return [] }
        let fields = validation.findings.filter { $0.path.hasPrefix("spec.parameters") || $0.path == "spec" }
        return fields.map { finding in
            let isUnknown = finding.code == .unknownField
            return Diagnostic(
                isUnknown ? "constraint-parameter-unknown" : "constraint-parameter", isUnknown ? .warning : .error,
                "`\(finding.path)`: \(finding.message)", file: constraint.root.document.source,
                range: finding.position.map { SourceRange(at: $0) },
                help: finding.suggestion.map { "did you mean `\($0)`?" })
        }
    }

    private static func definition(_ kind: String, parameters: Node) -> Node {
        var builder = DocumentBuilder(recordsPositions: false)
        func text(_ key: String, _ value: String) {
            builder.appendKey(key)
            builder.append(value)
        }
        func map(_ key: String, _ body: () -> Void) {
            builder.appendKey(key)
            builder.beginMap()
            body()
            builder.endMap()
        }
        builder.beginMap()
        text("apiVersion", "apiextensions.k8s.io/v1")
        text("kind", "CustomResourceDefinition")
        map("spec") {
            text("group", group)
            text("scope", "Cluster")
            map("names") { text("kind", kind) }
            builder.appendKey("versions")
            builder.beginList()
            builder.beginMap()
            text("name", version)
            map("schema") {
                map("openAPIV3Schema") {
                    text("type", "object")
                    map("properties") {
                        map("spec") {
                            text("type", "object")
                            map("properties") {
                                // The rest of the spec is read as it is, and not by a schema.
                                for field in ["match", "enforcementAction", "scopedEnforcementActions"] {
                                    map(field) {}
                                }
                                builder.appendKey("parameters")
                                builder.append(copyOf: parameters)
                            }
                        }
                    }
                }
            }
            builder.endMap()
            builder.endList()
        }
        builder.endMap()
        let finished = builder
        return finished.finish().root
    }
}
