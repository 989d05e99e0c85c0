/// Why an evaluation has no value, and at which node.
package struct EvaluationError: Error, Sendable {
    /// The kinds that callers tell apart; the text is in `message`.
    package enum Code: Sendable {
        case noSuchKey, noSuchField, noSuchAttribute, noSuchOverload, indexOutOfBounds
        case divisionByZero, overflow, range, invalidArgument, duplicateKey, unsupported
        /// The expression's cost limit was reached; nothing absorbs this one.
        case costLimit
        /// Nested too deep or results too large; nothing absorbs this one either.
        case resourceLimit
        /// A function needs data that was not given; the message says which.
        case missingContext
    }

    package var code: Code
    /// Lower case, without place; worded as the Go implementation words it where policies are known to show it.
    package var message: String
    /// The node that failed; `unknown` until the node's own code fills it in.
    package var expression: ExpressionID

    package static let unknown = ExpressionID(UInt32.max)

    package init(_ code: Code, _ message: String, at expression: ExpressionID = Self.unknown) {
        self.code = code
        self.message = message
        self.expression = expression
    }

    package static func noSuchOverload() -> EvaluationError { EvaluationError(.noSuchOverload, "no such overload") }

    package static func noSuchKey(_ key: String) -> EvaluationError {
        EvaluationError(.noSuchKey, "no such key: \(key)")
    }

    /// The same error with the node set if it has none yet.
    package func located(at expression: ExpressionID) -> EvaluationError {
        guard self.expression == Self.unknown else { return self }
        var error = self
        error.expression = expression
        return error
    }

    /// Limits end the whole evaluation: `||` and `&&` must not hide them.
    package var isFatal: Bool { code == .costLimit || code == .resourceLimit }
}
