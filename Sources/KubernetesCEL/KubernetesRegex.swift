package import CEL
internal import RegularExpressions
internal import Values

/// Kubernetes' `find` and `findAll`.
extension Library {
    package static let kubernetesRegex = Library(
        "kubernetes.regex",
        functions: [
            FunctionDeclaration(
                "find",
                [
                    Patterns.overload("string_find_string", member: true, [.string, .string], .string) {
                        text, pattern, _ throws(EvaluationError) in
                        .string(
                            try withUTF8(text) { utf8 in
                                guard let match = pattern.firstMatch(in: utf8, from: 0, groups: 1)?.first ?? nil else {
                                    return ""
                                }
                                return CodePoints.string(utf8, match)
                            })
                    }
                ], dynamicCost: .matching),
            FunctionDeclaration(
                "findAll",
                [
                    Patterns.overload(
                        "string_find_all_string", member: true, [.string, .string], .list(.string), findAll),
                    Patterns.overload(
                        "string_find_all_string_int", member: true, [.string, .string, .int], .list(.string), findAll),
                ], dynamicCost: .matching),
        ])

    private static let findAll: Patterns.Body = { text, pattern, rest throws(EvaluationError) in
        let limit = try rest.first?.int() ?? -1
        return .list(
            try withUTF8(text) { utf8 in
                var matches: [Value] = []
                Patterns.forEachMatch(pattern, in: utf8, limit: limit) { match in
                    if let whole = match[0] { matches.append(.string(CodePoints.string(utf8, whole))) }
                }
                return matches
            })
    }
}
