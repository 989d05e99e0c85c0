package import CEL
internal import Values

/// `jsonpatch.escapeKey`, for mutations.
extension Library {
    package static let jsonPatch = Library(
        "kubernetes.jsonpatch",
        functions: [
            FunctionDeclaration(
                "jsonpatch.escapeKey",
                [
                    Overload(
                        "string_escapeKey_string", [.string], .string, cost: .traversalOfFirst,
                        .unary { key throws(EvaluationError) in
                            var result = ""
                            for scalar in try key.string().unicodeScalars {
                                switch scalar {
                                case "~": result += "~0"
                                case "/": result += "~1"
                                default: result.unicodeScalars.append(scalar)
                                }
                            }
                            return .string(result)
                        })
                ])
        ])
}
