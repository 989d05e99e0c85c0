import Values

/// `a.or(b)` and `a.orValue(b)`: the right side runs only if the left is empty. Free of cost itself.
final class OptionalOrNode: PlanNode, @unchecked Sendable {
    private let left: PlanNode
    private let right: PlanNode
    private let unwraps: Bool
    /// A left side that is no optional is the result itself.
    private let takesPlainValues: Bool

    init(_ id: ExpressionID, _ left: PlanNode, _ right: PlanNode, unwraps: Bool, takesPlainValues: Bool) {
        self.left = left
        self.right = right
        self.unwraps = unwraps
        self.takesPlainValues = takesPlainValues
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value = try left.evaluate(&frame)
        guard case .optional(let optional) = value else {
            if takesPlainValues { return value }
            throw EvaluationError.noSuchOverload().located(at: id)
        }
        guard let content = optional.value else { return try right.evaluate(&frame) }
        return unwraps ? content : value
    }
}
