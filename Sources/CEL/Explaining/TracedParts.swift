package import Values

/// The parts of an expression with the values that one evaluation gave them, for showing all of it and not only what
/// decided. Constants are left out, attributes (`object.spec.replicas`) are one part.
package struct TracedParts: Sendable {
    package struct Part: Sendable {
        /// How many parts it is inside of; 0 is the whole expression.
        package let depth: Int
        package let text: String
        /// nil if the part was not evaluated.
        package let value: Value?
        package let error: EvaluationError?
    }

    /// The whole expression first, then its parts in the order of the text. Of a loop the last round.
    package private(set) var parts: [Part] = []

    private let expression: CheckedExpression
    private let outcomes: [ExpressionID: Trace.Outcome]

    /// More parts than anyone reads.
    private static let maximumParts = 200

    /// - Returns: nil if the expression cannot be planned for tracing.
    package init?(of expression: CheckedExpression, in environment: Environment, _ activation: Activation) {
        guard let program = try? Program(planning: expression, in: environment, traced: true) else { return nil }
        let trace = Trace()
        var budget = CostBudget(limit: EvaluationLimits.explanationCost)
        self.expression = expression
        var whole: Value?
        var failure: EvaluationError?
        do throws(EvaluationError) {
            whole = try program.evaluate(activation, budget: &budget, trace: trace)
        } catch {
            failure = error
        }
        outcomes = trace.outcomes
        let root = expression.tree.root
        parts.append(Part(depth: 0, text: expression.text(of: root), value: whole, error: failure))
        visitChildren(of: root, depth: 1)
    }

    private mutating func visit(_ id: ExpressionID, depth: Int) {
        guard parts.count < Self.maximumParts else { return }
        if case .constant = expression.tree[id] { return }
        let text = expression.text(of: id)
        // What macros add has the text of what they stand for.
        if parts.last?.text == text { return visitChildren(of: id, depth: depth) }
        var (value, error): (Value?, EvaluationError?) = (nil, nil)
        switch outcomes[id] {
        case .value(let known)?: value = known
        case .error(let known)?: error = known
        case nil: break
        }
        // That `string` is the type string explains nothing.
        if case .type? = value, case .identifier = expression.tree[id] { return }
        if outcomes[id] == nil {
            // A list of constants is made when the program is; what is in a part that was left out was left out too.
            if case .list = expression.tree[id] { return }
            parts.append(Part(depth: depth, text: text, value: nil, error: nil))
            return
        }
        parts.append(Part(depth: depth, text: text, value: value, error: error))
        visitChildren(of: id, depth: depth + 1)
    }

    private mutating func visitChildren(of id: ExpressionID, depth: Int) {
        switch expression.tree[id] {
        case .constant, .identifier, .select: break
        case .call(Operator.index, nil, _), .call(Operator.optionalIndex, nil, _),
            .call(Operator.optionalSelect, nil, _):
            break
        case .call(_, let target, let arguments):
            if let target { visit(target, depth: depth) }
            for argument in arguments { visit(argument, depth: depth) }
        case .list(let elements, _): for element in elements { visit(element, depth: depth) }
        case .map(let entries): for entry in entries { visit(entry.value, depth: depth) }
        case .structure(_, let fields): for field in fields { visit(field.value, depth: depth) }
        case .comprehension(let loop):
            visit(loop.range, depth: depth)
            // `all` and `exists` fold with `accumulator && predicate`.
            guard loop.macro == .all || loop.macro == .exists,
                case .call(_, nil, let operands) = expression.tree[loop.step], let predicate = operands.last
            else { return }
            visit(predicate, depth: depth)
        }
    }
}
