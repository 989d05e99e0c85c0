internal import Values

/// Two-variable comprehensions and the functions that their expansions call.
extension Library {
    private static let map = CELType.map(.parameter("K"), .parameter("V"))

    package static let twoVariableComprehensions = Library(
        "two-variable comprehensions",
        functions: [
            FunctionDeclaration(
                "cel.@mapInsert",
                [
                    Overload(
                        "@mapInsert_map_key_value", [map, .parameter("K"), .parameter("V")], map,
                        .ternary { map, key, value throws(EvaluationError) in
                            try inserting([(key, value)], into: map)
                        }),
                    Overload(
                        "@mapInsert_map_map", [map, map], map,
                        .binary { map, other throws(EvaluationError) in
                            try inserting(other.mapEntries ?? [], into: map)
                        }),
                ])
        ],
        macros: [
            Macro("all", 3), Macro("exists", 3), Macro("existsOne", 3), Macro("exists_one", 3),
            Macro("transformList", 3), Macro("transformList", 4), Macro("transformMap", 3), Macro("transformMap", 4),
            Macro("transformMapEntry", 3), Macro("transformMapEntry", 4),
        ])

    private static func inserting(
        _ entries: [(key: Value, value: Value)], into map: Value
    ) throws(EvaluationError) -> Value {
        guard var all = map.mapEntries else { throw .noSuchOverload() }
        for (key, value) in entries {
            if try map.element(at: key) != nil {
                throw EvaluationError(.duplicateKey, "insert failed: key \(key.keyDescription) already exists")
            }
            all.append((key, value))
        }
        guard all.count <= EvaluationLimits.elements else { throw EvaluationLimits.tooLarge }
        return .map(MapValue(all))
    }
}
