package import CEL
package import Values

/// A named format as a value of the language.
package final class FormatValue: ObjectValue {
    package static let typeName = "kubernetes.NamedFormat"
    let format: NamedFormat

    init(_ format: NamedFormat) { self.format = format }

    package var typeName: String { Self.typeName }
    package var description: String { format.displayName }

    package func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other, let other = object as? FormatValue else { return nil }
        return format == other.format
    }
}

/// `format.dns1123Label()` and its siblings, `format.named(…)` and `validate`.
extension Library {
    private static let formatType = CELType.opaque(FormatValue.typeName, [])

    package static let format = Library(
        "kubernetes.format",
        functions: NamedFormat.allCases.map { format in
            let value = Value.object(FormatValue(format))
            return FunctionDeclaration(
                "format.\(format.rawValue)",
                [
                    Overload(
                        "format.\(format.rawValue)", [], formatType, .nullary { () throws(EvaluationError) in value })
                ])
        } + [
            FunctionDeclaration(
                "format.named",
                [
                    Overload(
                        "format-named", [.string], .optional(formatType),
                        .unary { name throws(EvaluationError) in
                            guard let format = NamedFormat(rawValue: try name.string()) else { return .optional(.none) }
                            return .optional(OptionalValue(.object(FormatValue(format))))
                        })
                ]),
            FunctionDeclaration(
                "validate",
                [
                    Overload(
                        "format-validate", member: true, [formatType, .string], .optional(.list(.string)),
                        cost: .sized { format, text in
                            guard case .object(let object)? = format, let value = object as? FormatValue else {
                                return 1
                            }
                            return CostFormula.tenth(of: costSize(text) + 1) * value.format.patternCost
                        },
                        .binary { format, text throws(EvaluationError) in
                            guard case .object(let object) = format, let value = object as? FormatValue else {
                                throw .noSuchOverload()
                            }
                            let problems = value.format.problems(try text.string())
                            if problems.isEmpty { return .optional(.none) }
                            return .optional(OptionalValue(.list(problems.map { .string($0) })))
                        })
                ]),
        ])
}
