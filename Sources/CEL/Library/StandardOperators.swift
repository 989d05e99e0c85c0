extension Library {
    /// The language's operators with all their overloads, and the names of its own types.
    ///
    /// Ids and order are the Go implementation's; the order counts where an argument's type is still open (`[]`): the
    /// first overload that fits decides. No overload has an implementation: the planner has its own for each.
    package static let operators = Library(
        "operators",
        functions: OperatorOverloads.arithmetic + OperatorOverloads.comparisons + OperatorOverloads.logic
            + OperatorOverloads.containers + OperatorOverloads.optionals,
        types: [
            "bool": .bool, "bytes": .bytes, "double": .double, "int": .int, "uint": .uint, "string": .string,
            "null_type": .null, "list": .list(.dyn), "map": .map(.dyn, .dyn), "type": .type(.dyn),
            "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration,
            "timestamp": .timestamp, "duration": .duration,
            "optional_type": .optional(.dyn),
        ])
}

private enum OperatorOverloads {
    private static let a = CELType.parameter("A")
    private static let b = CELType.parameter("B")
    private static let k = CELType.parameter("K")
    private static let v = CELType.parameter("V")

    private static func function(
        _ name: String, _ overloads: (id: String, parameters: [CELType], result: CELType)...
    ) -> FunctionDeclaration {
        FunctionDeclaration(name, overloads.map { Overload($0.id, $0.parameters, $0.result) })
    }

    static let logic = [
        function(Operator.conditional, ("conditional", [.bool, a, a], a)),
        function(Operator.and, ("logical_and", [.bool, .bool], .bool)),
        function(Operator.or, ("logical_or", [.bool, .bool], .bool)),
        function(Operator.not, ("logical_not", [.bool], .bool)),
        function(Operator.notStrictlyFalse, ("not_strictly_false", [.bool], .bool)),
        function(Operator.equals, ("equals", [a, a], .bool)),
        function(Operator.notEquals, ("not_equals", [a, a], .bool)),
    ]

    static let containers = [
        function(Operator.in, ("in_list", [a, .list(a)], .bool), ("in_map", [a, .map(a, b)], .bool)),
        function(
            Operator.index,
            ("index_list", [.list(a), .int], a),
            ("index_map", [.map(a, b), a], b),
            ("optional_list_index_int", [.optional(.list(v)), .int], .optional(v)),
            ("optional_map_index_value", [.optional(.map(k, v)), k], .optional(v))),
    ]

    static let optionals = [
        function(Operator.optionalSelect, ("select_optional_field", [.dyn, .string], .optional(v))),
        function(
            Operator.optionalIndex,
            ("list_optindex_optional_int", [.list(v), .int], .optional(v)),
            ("optional_list_optindex_optional_int", [.optional(.list(v)), .int], .optional(v)),
            ("map_optindex_optional_value", [.map(k, v), k], .optional(v)),
            ("optional_map_optindex_optional_value", [.optional(.map(k, v)), k], .optional(v))),
    ]

    static let arithmetic = [
        function(
            Operator.add,
            ("add_bytes", [.bytes, .bytes], .bytes),
            ("add_double", [.double, .double], .double),
            ("add_duration_duration", [.duration, .duration], .duration),
            ("add_duration_timestamp", [.duration, .timestamp], .timestamp),
            ("add_timestamp_duration", [.timestamp, .duration], .timestamp),
            ("add_int64", [.int, .int], .int),
            ("add_list", [.list(a), .list(a)], .list(a)),
            ("add_string", [.string, .string], .string),
            ("add_uint64", [.uint, .uint], .uint)),
        function(
            Operator.subtract,
            ("subtract_double", [.double, .double], .double),
            ("subtract_duration_duration", [.duration, .duration], .duration),
            ("subtract_int64", [.int, .int], .int),
            ("subtract_timestamp_duration", [.timestamp, .duration], .timestamp),
            ("subtract_timestamp_timestamp", [.timestamp, .timestamp], .duration),
            ("subtract_uint64", [.uint, .uint], .uint)),
        function(
            Operator.multiply,
            ("multiply_double", [.double, .double], .double),
            ("multiply_int64", [.int, .int], .int),
            ("multiply_uint64", [.uint, .uint], .uint)),
        function(
            Operator.divide,
            ("divide_double", [.double, .double], .double),
            ("divide_int64", [.int, .int], .int),
            ("divide_uint64", [.uint, .uint], .uint)),
        function(
            Operator.modulo,
            ("modulo_int64", [.int, .int], .int),
            ("modulo_uint64", [.uint, .uint], .uint)),
        function(Operator.negate, ("negate_double", [.double], .double), ("negate_int64", [.int], .int)),
    ]

    static let comparisons = [
        comparison(Operator.less, "less"),
        comparison(Operator.lessEquals, "less_equals"),
        comparison(Operator.greater, "greater"),
        comparison(Operator.greaterEquals, "greater_equals"),
    ]

    /// Types that compare with themselves and the numbers that compare with each other.
    private static func comparison(_ name: String, _ prefix: String) -> FunctionDeclaration {
        let numbers: [(String, CELType)] = [("int64", .int), ("uint64", .uint), ("double", .double)]
        let others: [(String, CELType)] = [
            ("string", .string), ("bytes", .bytes), ("timestamp", .timestamp),
            ("duration", .duration),
        ]
        let all = [("bool", CELType.bool)] + numbers + others
        var overloads = all.map { Overload("\(prefix)_\($0.0)", [$0.1, $0.1], .bool) }
        for left in numbers {
            for right in numbers where left.0 != right.0 {
                overloads.append(Overload("\(prefix)_\(left.0)_\(right.0)", [left.1, right.1], .bool))
            }
        }
        return FunctionDeclaration(name, overloads)
    }
}
