internal import Values

extension Checker {
    struct Declaration {
        let type: CELType
        let reference: Reference
    }

    /// The dotted name that an identifier or a chain of selections on one spells, if it could be a declared one.
    ///
    /// nil as well where a loop variable of that name hides it.
    func qualifiedName(_ id: ExpressionID) -> String? {
        guard let root = rootName(id) else { return nil }
        let name = root.utf8.first == UInt8(ascii: ".") ? String(root.dropFirst()) : root
        guard environment.container != "" || environment.namespaces.contains(name) else { return nil }
        if environment.loopVariablesShadow, locals.contains(where: { $0.name == root }) { return nil }
        return spell(id)
    }

    /// The identifier at the start of a chain of selections.
    private func rootName(_ id: ExpressionID) -> String? {
        var id = id
        while true {
            switch tree[id] {
            case .identifier(let name): return name
            case .select(let operand, _, isTest: false): id = operand
            default: return nil
            }
        }
    }

    private func spell(_ id: ExpressionID) -> String {
        var parts: [String] = []
        var id = id
        while case .select(let operand, let field, _) = tree[id] {
            parts.append(field)
            id = operand
        }
        if case .identifier(let name) = tree[id] { parts.append(name) }
        return parts.reversed().joined(separator: ".")
    }

    /// The names that `name` may mean in the container, the most specific first.
    private func candidates(_ name: String) -> [String] {
        if name.utf8.first == UInt8(ascii: ".") { return [String(name.dropFirst())] }
        guard !environment.container.isEmpty else { return [name] }
        var candidates: [String] = []
        var container = environment.container[...]
        while true {
            candidates.append("\(container).\(name)")
            guard let dot = container.lastIndex(of: ".") else { break }
            container = container[..<dot]
        }
        return candidates + [name]
    }

    /// What a possibly dotted name stands for.
    func resolve(_ name: String) -> Declaration? {
        if environment.loopVariablesShadow, let local = local(name) { return local }
        if environment.container.isEmpty, name.utf8.first != UInt8(ascii: ".") {
            return local(name) ?? declared(name)
        }
        let isAbsolute = name.utf8.first == UInt8(ascii: ".")
        for candidate in candidates(name) {
            if !isAbsolute, candidate == name, let local = local(name) { return local }
            if let declaration = declared(candidate) { return declaration }
        }
        return nil
    }

    private func local(_ name: String) -> Declaration? {
        guard let local = locals.last(where: { $0.name == name }) else { return nil }
        return Declaration(type: local.type, reference: .variable(name))
    }

    private func declared(_ name: String) -> Declaration? {
        if let slot = environment.slots[name] {
            return Declaration(type: environment.variables[slot].type, reference: .variable(name))
        }
        if let composed = environment.composed, composed.variable == name {
            return Declaration(type: .structure(name), reference: .variable(name))
        }
        if name == WellKnownTypes.nullValue { return Declaration(type: .int, reference: .constant(.int(0))) }
        if environment.structures[name] != nil {
            return Declaration(type: .type(.structure(name)), reference: .constant(.type(name)))
        }
        if let type = environment.typeNames[name] {
            return Declaration(type: .type(type), reference: .constant(.type(WellKnownTypes.fullName(name))))
        }
        if let wellKnown = WellKnownTypes.entry(name) {
            return Declaration(type: .type(wellKnown.type), reference: .constant(.type(name)))
        }
        return nil
    }

    /// A function by its name in the container.
    func function(_ name: String) -> FunctionDeclaration? {
        if environment.container.isEmpty, name.utf8.first != UInt8(ascii: ".") { return environment.functions[name] }
        for candidate in candidates(name) {
            if let function = environment.functions[candidate] { return function }
        }
        return nil
    }

    // MARK: Fields

    /// The type of a structure's field; nil if there is no such field.
    func fieldType(_ field: String, of structure: String) -> CELType? {
        if let composed = composed(structure) { return composed.fields.last { $0.name == field }?.type }
        if environment.isOpenStructure(structure) { return .dyn }
        return environment.structures[structure]?.fields[field] ?? WellKnownTypes.entry(structure)?.fields[field]
            ?? environment.structureProvider?.fieldType(field, of: structure)
    }

    func fields(of structure: String) -> [String] {
        if let composed = composed(structure) { return composed.fields.map(\.name) }
        let fields = environment.structures[structure]?.fields ?? WellKnownTypes.entry(structure)?.fields
        return fields?.keys.sorted() ?? environment.structureProvider?.fieldNames(of: structure) ?? []
    }

    /// The composed variables, if `structure` is the type that holds them.
    private func composed(_ structure: String) -> Environment.Composed? {
        guard let composed = environment.composed else { return nil }
        guard let slot = environment.slots[composed.variable] else {
            return structure == composed.variable ? composed : nil
        }
        return environment.variables[slot].type == .structure(structure) ? composed : nil
    }
}
