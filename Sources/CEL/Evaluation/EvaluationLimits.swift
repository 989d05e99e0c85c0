/// What expressions and their values may not exceed.
package enum EvaluationLimits {
    /// Bytes of a string or byte sequence that evaluation makes.
    package static let stringBytes = 64 << 20
    /// Elements of a list or map that evaluation makes.
    package static let elements = 4 << 20

    /// What one evaluation for an explanation may cost; Kubernetes' limit for any expression.
    static let explanationCost: UInt64 = 1_000_000

    /// Variables that an explanation follows, one leading to the next.
    static let explainedVariables = 16

    /// Parts of one expression that coverage counts, and how deep it looks for them.
    static let decisionParts = 2_000
    static let decisionDepth = 1_000

    static var tooLarge: EvaluationError { EvaluationError(.resourceLimit, "result is too large") }
}
