package import Admission
import CEL
package import KubernetesSchemas
package import PolicyEngine
package import Values

/// Why one mutation could not be applied.
package struct MutationError: Error {
    package var message: String
    /// What was needed and is not known.
    package var missing: MissingContext?
    /// `internalError` refuses the request whatever the failure policy.
    package var reason = StatusReason.invalid

    package init(_ message: String, missing: MissingContext? = nil, reason: StatusReason = .invalid) {
        self.message = message
        self.missing = missing
        self.reason = reason
    }
}

/// Puts what an expression made into an object.
package struct PatchApplication {
    /// Whose schema says how lists are merged.
    private let kind: GroupVersionKind
    /// Whether lists, maps and objects that cannot be merged may be replaced as a whole, rather than refused.
    private let replacesAtomics: Bool
    private let schemas: SchemaSet

    /// - Parameter definitions: of custom kinds; how objects of others are merged is not known.
    package init(
        _ kind: GroupVersionKind, replacesAtomics: Bool = false, definitions: KindDefinitions = KindDefinitions()
    ) {
        self.kind = kind
        schemas = definitions.schemas
        self.replacesAtomics = replacesAtomics
    }

    package func apply(_ value: Value, _ type: PatchType, to object: Node) throws(MutationError) -> Node {
        switch type {
        case .applyConfiguration: try applied(value, to: object)
        case .jsonPatch: try patched(value, object)
        }
    }

    // MARK: ApplyConfiguration

    private func applied(_ value: Value, to object: Node) throws(MutationError) -> Node {
        try AppliedValue.checkTypeNames(value)
        var fields: PatchTree
        do throws(UnwritableValue) {
            fields = try AppliedValue.tree(value, dialect: .native)
        } catch {
            throw MutationError("error applying patch: \(error.message)")
        }
        // The object's own are put in their place.
        if case .map(let entries, _) = fields {
            fields = .map(entries.filter { !$0.key.equals("apiVersion") && !$0.key.equals("kind") })
        }
        let merge = StructuredMerge(schemas, kind, replacesAtomics: replacesAtomics)
        do throws(MergeError) {
            return try merge.merge(fields, into: object).document(source: object.document.source).root
        } catch {
            throw MutationError("error applying patch: \(error.message)", missing: error.missing)
        }
    }

    // MARK: JSONPatch

    private func patched(_ value: Value, _ object: Node) throws(MutationError) -> Node {
        var patch = JSONPatch()
        for element in AppliedValue.elements(of: value) ?? [] {
            guard case .object(let made) = element, let operation = made as? StructureValue else {
                throw MutationError("type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch")
            }
            patch.operations.append(try self.operation(operation))
        }
        let root: Node
        do throws(JSONPatchError) {
            root = try patch.applied(to: object, dialect: .kubernetes).root
        } catch {
            // A test that fails leaves all as it is, silently.
            if error.isTestFailure { return object }
            throw MutationError("JSON Patch: \(error.message)")
        }
        guard root.isMap else { throw MutationError("JSON Patch: the object must stay an object") }
        return root
    }

    private func operation(_ made: StructureValue) throws(MutationError) -> JSONPatch.Operation {
        var operation = JSONPatch.Operation(
            made.field("op")?.stringValue ?? "", made.field("path")?.stringValue ?? "")
        if let from = made.field("from")?.stringValue, !from.isEmpty { operation.from = from }
        guard let value = made.field("value") else { return operation }
        try AppliedValue.checkTypeNames(value)
        do throws(UnwritableValue) {
            operation.value = try AppliedValue.tree(value, dialect: .json)
        } catch {
            throw MutationError(
                "JSONPath valueExpression evaluated to a type that could not marshal to JSON: \(error.message)")
        }
        return operation
    }

    /// The API server decodes a patched object strictly: it must not have fields that its kind lacks. Those that it had
    /// before are the manifest's own business.
    func checkFields(of patched: Node, before object: Node) throws(MutationError) {
        func unknownFields(_ object: Node) -> [String] {
            (SchemaValidation.decodingFindings(of: object, in: schemas) ?? [])
                .filter { $0.code == .unknownField }.map(\.path)
        }
        let after = unknownFields(patched)
        guard !after.isEmpty else { return }
        let known = Set(unknownFields(object))
        let added = after.filter { !known.contains($0) }
        guard !added.isEmpty else { return }
        let fields = added.map { "unknown field \"\($0)\"" }.joined(separator: ", ")
        throw MutationError("Internal error occurred: strict decoding error: \(fields)", reason: .internalError)
    }
}

extension KindDefinitions {
    /// The built-in types and those of the definitions.
    package var schemas: SchemaSet { nodes.isEmpty ? .builtIn : derived { SchemaSet.builtIn.adding(definitions: $0) } }
}
