import Values

/// `a.or(b)` and `a.orValue(b)`: the right side runs only if the left is empty. Free of cost itself.
final class OptionalOrNode: PlanNode, @unchecked Sendable {
    private let left: PlanNode
    /// The left side where it is a name with optional fields, such as `object.?metadata.?labels`.
    private let path: FieldPath?
    private let right: PlanNode
    private let unwraps: Bool
    /// A left side that is no optional is the result itself.
    private let takesPlainValues: Bool

    init(_ id: ExpressionID, _ left: PlanNode, _ right: PlanNode, unwraps: Bool, takesPlainValues: Bool) {
        self.left = left
        path = (left as? AttributeNode)?.optionalPath
        self.right = right
        self.unwraps = unwraps
        self.takesPlainValues = takesPlainValues
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        if let path {
            // Without making an optional in between; 1 for the name.
            switch path.walkOptional(frame) {
            case .found(let cursor):
                try frame.charge(steps: UInt64(path.count) &+ 1)
                return unwraps ? cursor.value : .optional(OptionalValue(cursor.value))
            case .absent(let steps):
                try frame.charge(steps: UInt64(steps) &+ 1)
                return try right.evaluate(&frame)
            case .unknown: break
            }
        }
        let value = try left.evaluate(&frame)
        guard case .optional(let optional) = value else {
            if takesPlainValues { return value }
            throw EvaluationError.noSuchOverload().located(at: id)
        }
        guard let content = optional.value else { return try right.evaluate(&frame) }
        return unwraps ? content : value
    }
}
