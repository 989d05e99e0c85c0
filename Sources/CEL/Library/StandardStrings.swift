internal import Values

/// `size`, `contains`, `startsWith`, `endsWith`, `matches`: the language's own functions of strings and containers.
extension Library {
    static let textFunctions: [FunctionDeclaration] =
        [
            FunctionDeclaration(
                "size",
                [
                    Overload("size_string", [.string], .int, size),
                    Overload("string_size", member: true, [.string], .int, size),
                    Overload("size_bytes", [.bytes], .int, size),
                    Overload("bytes_size", member: true, [.bytes], .int, size),
                    Overload("size_list", [.list(.parameter("A"))], .int, size),
                    Overload("list_size", member: true, [.list(.parameter("A"))], .int, size),
                    Overload("size_map", [.map(.parameter("A"), .parameter("B"))], .int, size),
                    Overload("map_size", member: true, [.map(.parameter("A"), .parameter("B"))], .int, size),
                ]),
            FunctionDeclaration(
                "contains",
                [
                    Overload(
                        "contains_string", member: true, [.string, .string], .bool, cost: .containing,
                        .binary { text, part throws(EvaluationError) in
                            .bool(try withUTF8(text, part) { CodePoints.find($1, in: $0) != nil })
                        })
                ]),
            FunctionDeclaration(
                "startsWith",
                [
                    Overload(
                        "starts_with_string", member: true, [.string, .string], .bool, cost: .traversalOfFirst,
                        .binary { text, part throws(EvaluationError) in
                            .bool(
                                try withUTF8(text, part) { text, part in
                                    text.count >= part.count
                                        && CodePoints.equal(CodePoints.slice(text, 0..<part.count), part)
                                })
                        })
                ]),
            FunctionDeclaration(
                "endsWith",
                [
                    Overload(
                        "ends_with_string", member: true, [.string, .string], .bool, cost: .traversalOfFirst,
                        .binary { text, part throws(EvaluationError) in
                            .bool(
                                try withUTF8(text, part) { text, part in
                                    text.count >= part.count
                                        && CodePoints.equal(
                                            CodePoints.slice(text, text.count - part.count..<text.count), part)
                                })
                        })
                ]),
            FunctionDeclaration(
                "matches",
                [
                    Patterns.overload(
                        "matches", member: false, [.string, .string], .bool, cost: .one, Patterns.matches),
                    Patterns.overload(
                        "matches_string", member: true, [.string, .string], .bool, cost: .matching, Patterns.matches),
                ]),
        ]

    private static let size = Implementation.unary { value throws(EvaluationError) in
        switch value {
        case .string, .text, .bytes, .list, .listNode, .map, .mapNode: return .int(Int64(costSize(value)))
        default: throw .noSuchOverload()
        }
    }
}
