internal import Values

/// Optional values. `or` and `orValue` evaluate their argument only if needed: the planner does that.
extension Library {
    private static let content = CELType.parameter("V")
    private static let optional = CELType.optional(.parameter("V"))

    package static let optionals = Library(
        "optional",
        functions: [
            FunctionDeclaration(
                "optional.of",
                [
                    Overload(
                        "optional_of", [content], optional,
                        .unary { value throws(EvaluationError) in .optional(OptionalValue(value)) })
                ]),
            FunctionDeclaration(
                "optional.none",
                [
                    Overload("optional_none", [], optional, .nullary { () throws(EvaluationError) in .optional(.none) })
                ]),
            FunctionDeclaration(
                "optional.ofNonZeroValue",
                [
                    Overload(
                        "optional_ofNonZeroValue", [content], optional,
                        .unary { value throws(EvaluationError) in
                            .optional(value.isZero ? .none : OptionalValue(value))
                        })
                ]),
            FunctionDeclaration(
                "hasValue",
                [
                    Overload(
                        "optional_hasValue", member: true, [optional], .bool,
                        .unary { value throws(EvaluationError) in .bool(try value.optional().value != nil) })
                ]),
            FunctionDeclaration(
                "value",
                [
                    Overload(
                        "optional_value", member: true, [optional], content,
                        .unary { value throws(EvaluationError) in
                            guard let content = try value.optional().value else {
                                throw EvaluationError(.invalidArgument, "optional.none() dereference")
                            }
                            return content
                        })
                ]),
            FunctionDeclaration(
                "or",
                [
                    Overload("optional_or_optional", member: true, [optional, optional], optional, cost: .fixed(0))
                ]),
            FunctionDeclaration(
                "orValue",
                [
                    Overload("optional_orValue_value", member: true, [optional, content], content, cost: .fixed(0))
                ]),
            FunctionDeclaration(
                "optional.unwrap",
                [
                    Overload("optional_unwrap", [.list(optional)], .list(content), unwrap)
                ]),
            FunctionDeclaration(
                "unwrapOpt",
                [
                    Overload("optional_unwrapOpt", member: true, [.list(optional)], .list(content), unwrap)
                ]),
        ],
        macros: [Macro("optMap", 2), Macro("optFlatMap", 2)],
        types: ["optional_type": .optional(.dyn)])

    private static let unwrap = Implementation.unary { list throws(EvaluationError) in
        var result: [Value] = []
        try list.forEachElement { element throws(EvaluationError) in
            if let content = try element.optional().value { result.append(content) }
        }
        return .list(result)
    }
}

extension Value {
    fileprivate func optional() throws(EvaluationError) -> OptionalValue {
        guard case .optional(let optional) = self else { throw .noSuchOverload() }
        return optional
    }

    /// False, 0, empty or null; timestamps count from the year 1.
    var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .int(let value): value == 0
        case .uint(let value): value == 0
        case .double(let value): value == 0
        case .duration(let value): value == 0
        case .string, .text, .bytes, .list, .listNode, .map, .mapNode: costSize(self) == 0
        case .timestamp(let value): value.seconds == Timestamp.minimumSeconds && value.nanoseconds == 0
        case .optional(let value): value.value == nil
        default: false
        }
    }
}
