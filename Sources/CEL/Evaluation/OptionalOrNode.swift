import Values

/// `a.or(b)` and `a.orValue(b)`: the right side runs only if the left is empty. Free of cost itself.
final class OptionalOrNode: PlanNode, @unchecked Sendable {
    private let left: PlanNode
    private let right: PlanNode
    private let unwraps: Bool

    init(_ id: ExpressionID, _ left: PlanNode, _ right: PlanNode, unwraps: Bool) {
        self.left = left
        self.right = right
        self.unwraps = unwraps
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value = try left.evaluate(&frame)
        guard case .optional(let optional) = value else { throw EvaluationError.noSuchOverload().located(at: id) }
        guard let content = optional.value else { return try right.evaluate(&frame) }
        return unwraps ? content : value
    }
}
