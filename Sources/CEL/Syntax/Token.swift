/// A lexical unit: a kind and the bytes it covers.
struct Token {
    enum Kind: UInt8 {
        case end
        /// Bytes that are no token and have been reported.
        case bad
        case identifier, quotedIdentifier
        case int, uint, double, string, bytes
        case `true`, `false`, null, `in`
        case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
        case dot, comma, colon, question
        case plus, minus, star, slash, percent, not
        case and, or
        case equals, notEquals, less, lessEquals, greater, greaterEquals
    }

    var kind: Kind
    var start: UInt32
    var end: UInt32

    var span: SourceSpan { SourceSpan(start: start, end: end) }
}

extension Token.Kind {
    /// The internal function name of a binary operator with its binding strength, loosest first; nil for other tokens.
    var binaryOperator: (function: String, level: Int)? {
        switch self {
        case .or: (Operator.or, 1)
        case .and: (Operator.and, 2)
        case .equals: (Operator.equals, 3)
        case .notEquals: (Operator.notEquals, 3)
        case .less: (Operator.less, 3)
        case .lessEquals: (Operator.lessEquals, 3)
        case .greater: (Operator.greater, 3)
        case .greaterEquals: (Operator.greaterEquals, 3)
        case .in: (Operator.in, 3)
        case .plus: (Operator.add, 4)
        case .minus: (Operator.subtract, 4)
        case .star: (Operator.multiply, 5)
        case .slash: (Operator.divide, 5)
        case .percent: (Operator.modulo, 5)
        default: nil
        }
    }
}
