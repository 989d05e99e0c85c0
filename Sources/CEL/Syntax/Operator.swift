/// Internal function names of the operators, as the CEL specification's checked form spells them.
package enum Operator {
    package static let conditional = "_?_:_"
    package static let and = "_&&_"
    package static let or = "_||_"
    package static let not = "!_"
    package static let equals = "_==_"
    package static let notEquals = "_!=_"
    package static let less = "_<_"
    package static let lessEquals = "_<=_"
    package static let greater = "_>_"
    package static let greaterEquals = "_>=_"
    package static let add = "_+_"
    package static let subtract = "_-_"
    package static let multiply = "_*_"
    package static let divide = "_/_"
    package static let modulo = "_%_"
    package static let negate = "-_"
    package static let index = "_[_]"
    package static let optionalIndex = "_[?_]"
    /// `a.?b`: arguments are the operand and the field name as a string constant.
    package static let optionalSelect = "_?._"
    package static let `in` = "@in"
    /// The loop condition of `all` and `exists`: true unless its argument is exactly false.
    package static let notStrictlyFalse = "@not_strictly_false"

    /// Those that work on their operands' values; the others select a part.
    static let evaluated: Set<String> = [
        conditional, and, or, not, equals, notEquals, less, lessEquals, greater, greaterEquals, add, subtract, multiply,
        divide, modulo, negate, `in`, notStrictlyFalse,
    ]

    /// As the user wrote it (`+`), for messages; nil if `function` is no operator.
    package static func display(_ function: String) -> String? {
        switch function {
        case conditional: "?:"
        case index: "[]"
        case optionalIndex: "[?]"
        case optionalSelect: ".?"
        case `in`: "in"
        case negate: "-"
        case not: "!"
        default: function.hasPrefix("_") && function.hasSuffix("_") ? String(function.dropFirst().dropLast()) : nil
        }
    }
}
