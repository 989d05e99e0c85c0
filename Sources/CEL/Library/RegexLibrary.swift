internal import RegularExpressions
internal import Values

/// cel-go's regex extension (not Kubernetes' `find` and `findAll`).
extension Library {
    package static let regex = Library(
        "regex",
        functions: [
            FunctionDeclaration(
                "regex.replace",
                [
                    Patterns.overload(
                        "regex_replaceAll_string_string_string", member: false, [.string, .string, .string], .string
                    ) { text, pattern, rest throws(EvaluationError) in
                        try replace(text, pattern, try rest[0].string(), limit: -1)
                    },
                    Patterns.overload(
                        "regex_replaceCount_string_string_string_int", member: false,
                        [.string, .string, .string, .int],
                        .string
                    ) { text, pattern, rest throws(EvaluationError) in
                        try replace(text, pattern, try rest[0].string(), limit: try rest[1].int())
                    },
                ]),
            FunctionDeclaration(
                "regex.extract",
                [
                    Patterns.overload(
                        "regex_extract_string_string", member: false, [.string, .string], .optional(.string)
                    ) {
                        text, pattern, _ throws(EvaluationError) in
                        try checkGroups(pattern)
                        let found: String? = try withUTF8(text) { utf8 in
                            let groups = pattern.groupCount + 1
                            guard let match = pattern.firstMatch(in: utf8, from: 0, groups: groups)?.last ?? nil else {
                                return nil
                            }
                            return CodePoints.string(utf8, match)
                        }
                        return .optional(found.map { OptionalValue(.string($0)) } ?? .none)
                    }
                ]),
            FunctionDeclaration(
                "regex.extractAll",
                [
                    Patterns.overload(
                        "regex_extractAll_string_string", member: false, [.string, .string], .list(.string)
                    ) {
                        text, pattern, _ throws(EvaluationError) in
                        try checkGroups(pattern)
                        return .list(
                            try withUTF8(text) { utf8 in
                                var result: [Value] = []
                                Patterns.forEachMatch(pattern, in: utf8, limit: -1, groups: pattern.groupCount + 1) {
                                    match in
                                    if let part = match.last ?? nil {
                                        result.append(.string(CodePoints.string(utf8, part)))
                                    }
                                }
                                return result
                            })
                    }
                ]),
        ])

    private static func checkGroups(_ pattern: RegularExpression) throws(EvaluationError) {
        if pattern.groupCount > 1 {
            throw EvaluationError(.invalidArgument, "regular expression has more than one capturing group")
        }
    }

    /// `\0` to `\9` in the replacement stand for the match and its groups, `\\` for a backslash.
    private static func replace(
        _ text: Value, _ pattern: RegularExpression, _ replacement: String, limit: Int64
    ) throws(EvaluationError) -> Value {
        let template = Array(replacement.utf8)
        let groups = min(pattern.groupCount + 1, 10)
        var index = 0
        while index < template.count {
            if template[index] == UInt8(ascii: "\\") {
                guard index + 1 < template.count else {
                    throw EvaluationError(.invalidArgument, "invalid replacement string: \\ at the end")
                }
                let next = template[index + 1]
                guard next == UInt8(ascii: "\\") || next >= 48 && next <= 57 && Int(next - 48) < groups else {
                    throw EvaluationError(.invalidArgument, "invalid replacement string: no such group")
                }
                index += 1
            }
            index += 1
        }
        return .string(
            try withUTF8(text) { utf8 in
                var result: [UInt8] = []
                var end = 0
                Patterns.forEachMatch(pattern, in: utf8, limit: limit, groups: groups) { match in
                    guard let whole = match[0], result.count <= EvaluationLimits.stringBytes else { return }
                    result += utf8[end..<whole.lowerBound]
                    end = whole.upperBound
                    var index = 0
                    while index < template.count {
                        if template[index] == UInt8(ascii: "\\") {
                            index += 1
                            if template[index] == UInt8(ascii: "\\") {
                                result.append(template[index])
                            } else if let group = match[Int(template[index] - 48)] {
                                result += utf8[group]
                            }
                        } else {
                            result.append(template[index])
                        }
                        index += 1
                    }
                }
                result += utf8[end..<utf8.count]
                return String(decoding: result, as: UTF8.self)
            })
    }
}
