internal import Values

/// cel-go's strings extension, version 2, as Kubernetes has it.
extension Library {
    package static let strings = strings(refusesStartsBeyondEnd: false)

    /// The same as the specification's tests have it.
    package static let specificationStrings = strings(refusesStartsBeyondEnd: true)

    /// - Parameter strict: searching from an index beyond the end is an error rather than finding nothing.
    private static func strings(refusesStartsBeyondEnd strict: Bool) -> Library {
        Library("strings", functions: searches(strict: strict) + edits)
    }

    private static func searches(strict: Bool) -> [FunctionDeclaration] {
        [
            FunctionDeclaration(
                "indexOf",
                [
                    Overload(
                        "string_index_of_string", member: true, [.string, .string], .int, cost: .treeTraversal,
                        .binary { text, part throws(EvaluationError) in
                            .int(try StringFunctions.indexOf(text, part, 0))
                        }),
                    Overload(
                        "string_index_of_string_int", member: true, [.string, .string, .int], .int,
                        cost: .treeTraversal,
                        .ternary { text, part, start throws(EvaluationError) in
                            .int(try StringFunctions.indexOf(text, part, try start.int(), strict: strict))
                        }),
                ], dynamicCost: .treeTraversal),
            FunctionDeclaration(
                "lastIndexOf",
                [
                    Overload(
                        "string_last_index_of_string", member: true, [.string, .string], .int, cost: .treeTraversal,
                        .binary { text, part throws(EvaluationError) in
                            .int(try StringFunctions.lastIndexOf(text, part, nil))
                        }),
                    Overload(
                        "string_last_index_of_string_int", member: true, [.string, .string, .int], .int,
                        cost: .treeTraversal,
                        .ternary { text, part, start throws(EvaluationError) in
                            .int(try StringFunctions.lastIndexOf(text, part, try start.int(), strict: strict))
                        }),
                ], dynamicCost: .treeTraversal),
        ]
    }

    private static let edits: [FunctionDeclaration] = [
        FunctionDeclaration(
            "charAt",
            [
                Overload("string_char_at_int", member: true, [.string, .int], .string, .binary(StringFunctions.charAt))
            ]),
        FunctionDeclaration(
            "lowerAscii",
            [
                Overload(
                    "string_lower_ascii", member: true, [.string], .string, cost: .traversalOfFirst,
                    .unary { text throws(EvaluationError) in
                        try StringFunctions.mapBytes(text) { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
                    })
            ]),
        FunctionDeclaration(
            "upperAscii",
            [
                Overload(
                    "string_upper_ascii", member: true, [.string], .string, cost: .traversalOfFirst,
                    .unary { text throws(EvaluationError) in
                        try StringFunctions.mapBytes(text) { $0 >= 97 && $0 <= 122 ? $0 - 32 : $0 }
                    })
            ]),
        FunctionDeclaration(
            "replace",
            [
                Overload(
                    "string_replace_string_string", member: true, [.string, .string, .string], .string,
                    cost: .twiceFirst,
                    .ternary { text, old, new throws(EvaluationError) in
                        try StringFunctions.replace(text, old, new, limit: -1)
                    }),
                Overload(
                    "string_replace_string_string_int", member: true, [.string, .string, .string, .int], .string,
                    cost: .twiceFirst,
                    .variadic { arguments throws(EvaluationError) in
                        try StringFunctions.replace(
                            arguments[0], arguments[1], arguments[2], limit: try arguments[3].int())
                    }),
            ], dynamicCost: .twiceFirst),
        FunctionDeclaration(
            "split",
            [
                Overload(
                    "string_split_string", member: true, [.string, .string], .list(.string), cost: .twiceFirst,
                    .binary { text, separator throws(EvaluationError) in
                        try StringFunctions.split(text, separator, limit: -1)
                    }),
                Overload(
                    "string_split_string_int", member: true, [.string, .string, .int], .list(.string),
                    cost: .twiceFirst,
                    .ternary { text, separator, limit throws(EvaluationError) in
                        try StringFunctions.split(text, separator, limit: try limit.int())
                    }),
            ], dynamicCost: .twiceFirst),
        FunctionDeclaration(
            "join",
            [
                Overload(
                    "list_join", member: true, [.list(.string)], .string, cost: StringFunctions.joinCost,
                    .unary { list throws(EvaluationError) in try StringFunctions.join(list, "") }),
                Overload(
                    "list_join_string", member: true, [.list(.string), .string], .string,
                    cost: StringFunctions.joinCost,
                    .binary { list, separator throws(EvaluationError) in
                        try StringFunctions.join(list, try separator.string())
                    }),
            ], dynamicCost: StringFunctions.joinCost),
        FunctionDeclaration(
            "substring",
            [
                Overload(
                    "string_substring_int", member: true, [.string, .int], .string, cost: .traversalOfFirst,
                    .binary { text, start throws(EvaluationError) in
                        try StringFunctions.substring(text, try start.int(), nil)
                    }),
                Overload(
                    "string_substring_int_int", member: true, [.string, .int, .int], .string, cost: .traversalOfFirst,
                    .ternary { text, start, end throws(EvaluationError) in
                        try StringFunctions.substring(text, try start.int(), try end.int())
                    }),
            ], dynamicCost: .traversalOfFirst),
        FunctionDeclaration(
            "trim",
            [
                Overload(
                    "string_trim", member: true, [.string], .string, cost: .traversalOfFirst,
                    .unary(StringFunctions.trim))
            ]),
    ]

    /// `format` and `strings.quote`, which came later.
    package static let stringFormatting = stringFormatting(.decimalComma)

    /// The same as the specification has them.
    package static let specificationFormatting = stringFormatting(.plain)

    private static func stringFormatting(_ style: FormatStyle) -> Library {
        Library(
            "strings formatting",
            functions: [
                FunctionDeclaration(
                    "format",
                    [
                        Overload(
                            "string_format", member: true, [.string, .list(.dyn)], .string, cost: .traversalOfFirst,
                            .binary { format, arguments throws(EvaluationError) in
                                .string(
                                    try StringFormat(style: style).format(try format.string(), try arguments.elements())
                                )
                            })
                    ]),
                FunctionDeclaration(
                    "strings.quote",
                    [
                        Overload(
                            "strings_quote", [.string], .string, cost: .traversalOfFirst,
                            .unary { text throws(EvaluationError) in .string(StringFunctions.quote(try text.string())) }
                        )
                    ]),
            ])
    }

    /// `reverse` of strings, in later versions of the extension only.
    package static let stringReverse = Library(
        "strings",
        functions: [
            FunctionDeclaration(
                "reverse",
                [
                    Overload(
                        "string_reverse", member: true, [.string], .string, cost: .traversalOfFirst,
                        .unary { text throws(EvaluationError) in
                            var result = String.UnicodeScalarView()
                            result.append(contentsOf: try text.string().unicodeScalars.reversed())
                            return .string(String(result))
                        })
                ])
        ])
}
