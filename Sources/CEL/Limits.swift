/// What expressions and their values may not exceed.
package enum Limits {
    /// Code points of an expression, as Kubernetes limits it.
    package static let expressionCodePoints = 100_000
    /// Bytes of a string or byte sequence that evaluation makes.
    package static let stringBytes = 64 << 20
    /// Elements of a list or map that evaluation makes.
    package static let elements = 4 << 20

    static var tooLarge: EvaluationError { EvaluationError(.resourceLimit, "result is too large") }
}
