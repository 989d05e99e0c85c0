import Values

extension SchemaSet {
    /// Whether every object that admission sees has the field: because it is required, or always written, or has a
    /// default.
    ///
    /// - Parameter rootKind: the kind of the whole object, on which some defaults depend.
    package func isAlwaysPresent(_ field: Int, of type: TypeID, rootKind: String) -> Bool {
        let schema = self[type].fields[field]
        let always: FieldSchema.Traits = [.required, .alwaysObject, .alwaysWritten]
        if !schema.traits.isDisjoint(with: always) || schema.defaultIndex >= 0 { return true }
        let index = Int(type.index)
        if validations.indices.contains(index),
            validations[index].contains(where: { $0.field == field && $0.check.isRequired })
        {
            return true
        }
        guard rules.indices.contains(index) else { return false }
        return rules[index].contains { rule in
            rule.field == field && rule.value.isCertain
                && rule.conditions.allSatisfy { condition in
                    if case .rootKind(let kind) = condition { kind == rootKind } else { false }
                }
        }
    }

    /// The type of that name, such as `core.v1.PodSpec`; looks at all of them.
    package var typesByName: [String: TypeID] {
        var result: [String: TypeID] = [:]
        result.reserveCapacity(types.count)
        for (index, type) in types.enumerated() { result[type.name] = TypeID(index: Int32(index)) }
        return result
    }
}

extension ValidationRule.Check {
    fileprivate var isRequired: Bool { if case .isRequired = self { true } else { false } }
}

extension DefaultingRule.Value {
    /// Whether the rule gives a value to every object that it applies to.
    fileprivate var isCertain: Bool {
        guard case .computed(let computed) = self else { return true }
        switch computed {
        case .imagePullPolicy, .targetPort, .qosClass, .namespaceName, .lowercaseKind, .listKind: return true
        default: return false
        }
    }
}
