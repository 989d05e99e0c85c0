import CEL
import KubernetesSchemas
import Synchronization
import Values

/// Kubernetes' types as API servers declare them to check policies: structures by the path from the kind
/// (`Pod.spec.containers.@idx`), times as timestamps, base64 as bytes.
///
/// What has no one JSON type, quantities above all, is not declared, and neither is a list or map of such.
final class DeclaredTypes: StructureProvider {
    private struct Declaration {
        let type: TypeID
        /// The types on the way here; a type within itself has no fields.
        let ancestors: Set<TypeID>
    }

    private let schemas: SchemaSet
    private let declarations: Mutex<[String: Declaration]>

    /// - Parameter roots: the kinds that variables have, by the names of their structures.
    init(_ schemas: SchemaSet, roots: [String: TypeID]) {
        self.schemas = schemas
        declarations = Mutex(roots.mapValues { Declaration(type: $0, ancestors: []) })
    }

    func fieldType(_ field: String, of structure: String) -> CELType? {
        guard let declaration = declarations.withLock({ $0[structure] }),
            !declaration.ancestors.contains(declaration.type)
        else { return nil }
        for candidate in schemas[declaration.type].fields {
            guard let escaped = Self.escaped(candidate.name), escaped == field || candidate.name == field else {
                continue
            }
            // Of names that need escaping only reserved words may be written as they are.
            if escaped != field, !Self.reserved.contains(field) { continue }
            return type(of: candidate.value, "\(structure).\(field)", declaration)
        }
        return nil
    }

    func fieldNames(of structure: String) -> [String] {
        guard let declaration = declarations.withLock({ $0[structure] }) else { return [] }
        return schemas[declaration.type].fields.compactMap { Self.escaped($0.name) }
    }

    /// - Returns: nil for what is not declared.
    private func type(of value: ValueSchema, _ path: String, _ parent: Declaration) -> CELType? {
        switch value.kind {
        case .string: return .string
        case .bytes: return .bytes
        case .time, .microTime: return .timestamp
        case .bool: return .bool
        case .int32, .int64: return .int
        case .double: return .double
        case .intOrString: return .dyn
        case .quantity, .any: return nil
        // An object without fields.
        case .anyObject: return .structure(path)
        case .list:
            return schemas.element(of: value).flatMap { type(of: $0, path + ".@idx", parent) }.map { .list($0) }
        case .map:
            return schemas.element(of: value).flatMap { type(of: $0, path + ".@elem", parent) }
                .map { .map(.string, $0) }
        case .object:
            guard let type = schemas.type(of: value) else { return nil }
            let declaration = Declaration(type: type, ancestors: parent.ancestors.union([parent.type]))
            declarations.withLock { $0[path] = declaration }
            return .structure(path)
        }
    }

    private static let reserved: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import",
        "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ]

    /// A property's name as an identifier; nil for one that cannot be made into one.
    static func escaped(_ name: String) -> String? {
        if reserved.contains(name) { return "__\(name)__" }
        var result = ""
        var underscores = 0
        for (index, scalar) in name.unicodeScalars.enumerated() {
            if scalar == "_" {
                underscores += 1
                if underscores == 2 {
                    result += "__underscores__"
                    underscores = 0
                }
                continue
            }
            if underscores == 1 { result += "_" }
            underscores = 0
            switch scalar {
            case "a"..."z", "A"..."Z": result.unicodeScalars.append(scalar)
            case "0"..."9" where index > 0: result.unicodeScalars.append(scalar)
            case ".": result += "__dot__"
            case "-": result += "__dash__"
            case "/": result += "__slash__"
            default: return nil
            }
        }
        return underscores == 1 ? result + "_" : result
    }
}
