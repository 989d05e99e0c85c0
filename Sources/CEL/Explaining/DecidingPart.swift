package import Values

/// Which part of an expression decided its outcome, what it had for a value, and where in the manifest that came from.
package struct DecidingPart: Sendable {
    /// The deciding sub-expression.
    package let expression: ExpressionID
    /// The composed variable in whose expression it stands, by index; nil for the expression itself.
    package let variable: Int?
    /// Its place in the expression's text.
    package let span: SourceSpan
    /// Its text.
    package let text: String
    /// The values that it looked at, in the order of the text, at most four: `c.image` and `"nginx"`.
    package let operands: [Operand]
    /// Where in the document the first of these came from: the value itself, or the object that lacks the field.
    package let place: Node?
    /// The error, if that was the outcome.
    package let error: EvaluationError?
    /// Whether the whole expression came out true or false, so that one of its parts decided.
    private let isBoolean: Bool

    package struct Operand: Sendable {
        package let text: String
        package let value: Value
    }

    /// Evaluates once more with every node's value recorded, and follows the decision down.
    ///
    /// - Parameters:
    ///   - activation: as for the evaluation to be explained.
    ///   - variables: the composed variables' expressions by index: a decision that rests on one is followed into it.
    /// - Returns: nil if the program cannot be planned for tracing (it could not be evaluated either).
    package init?(
        of expression: CheckedExpression, in environment: Environment, _ activation: Activation,
        variables: [CheckedExpression?] = []
    ) {
        self.init(expression, environment, activation, variables, depth: 0)
    }

    fileprivate init?(
        _ expression: CheckedExpression, _ environment: Environment, _ activation: Activation,
        _ variables: [CheckedExpression?], depth: Int
    ) {
        guard let program = try? Program(planning: expression, in: environment, traced: true) else { return nil }
        let trace = Trace()
        var budget = CostBudget(limit: EvaluationLimits.explanationCost)
        let outcome: Trace.Outcome
        do throws(EvaluationError) {
            outcome = .value(try program.evaluate(activation, budget: &budget, trace: trace))
        } catch {
            outcome = .error(error)
        }
        let explainer = Explainer(
            expression: expression, trace: trace, environment: environment, activation: activation,
            variables: variables, depth: depth)
        let deciding: ExpressionID
        var failure: EvaluationError?
        switch outcome {
        case .error(let error):
            let known = error.expression != EvaluationError.unknown
            deciding = known ? error.expression : expression.tree.root
            failure = error
        case .value: deciding = explainer.deciding(expression.tree.root)
        }
        if let (index, inner) = explainer.follow(deciding), inner.error != nil || inner.isBoolean {
            self = DecidingPart(inner, in: inner.variable ?? index, fallback: explainer.place(of: expression.tree.root))
        } else {
            self.init(explainer, deciding, failure)
        }
    }

    private init(_ inner: DecidingPart, in variable: Int, fallback: @autoclosure () -> Node?) {
        expression = inner.expression
        self.variable = variable
        span = inner.span
        text = inner.text
        operands = inner.operands
        place = inner.place ?? fallback()
        error = inner.error
        isBoolean = inner.isBoolean
    }

    private init(_ explainer: Explainer, _ deciding: ExpressionID, _ failure: EvaluationError?) {
        let tree = explainer.expression.tree
        expression = deciding
        variable = nil
        error = failure
        isBoolean = explainer.isBoolean(tree.root)
        span = tree.span(of: expression)
        text = explainer.text(of: expression)
        operands = explainer.operands(of: expression)
        // Better the place of a condition that was met than none.
        place =
            explainer.place(of: expression) ?? explainer.place(around: expression)
            ?? explainer.place(of: tree.root)
    }
}

/// Walks a traced expression from its outcome to the part that made it.
private struct Explainer {
    let expression: CheckedExpression
    let trace: Trace
    let environment: Environment
    let activation: Activation
    let variables: [CheckedExpression?]
    /// How many variables lead here.
    let depth: Int

    private var tree: SyntaxTree { expression.tree }

    private func bool(_ id: ExpressionID) -> Bool? {
        if case .value(let value) = trace.outcomes[id] { value.boolValue } else { nil }
    }

    func isBoolean(_ id: ExpressionID) -> Bool { bool(id) != nil }

    /// The explanation of the composed variable that a node names; nil if it names none.
    func follow(_ id: ExpressionID) -> (index: Int, part: DecidingPart)? {
        guard depth < EvaluationLimits.explainedVariables, let composed = environment.composed,
            case .select(let operand, let field, isTest: false) = tree[id],
            case .identifier(composed.variable) = tree[operand],
            let index = composed.fields.lastIndex(where: { $0.name == field }), index < variables.count,
            let expression = variables[index],
            let part = DecidingPart(expression, environment, activation, variables, depth: depth + 1)
        else { return nil }
        return (index, part)
    }

    func deciding(_ id: ExpressionID) -> ExpressionID {
        switch tree[id] {
        case .call(Operator.and, nil, let parts), .call(Operator.or, nil, let parts):
            // The operand that has the outcome's value; where both have it the last one, since those before it are
            // conditions for it to apply.
            let outcome = bool(id)
            return parts.last { bool($0) == outcome }.map { deciding($0) } ?? id
        case .call(Operator.not, nil, let parts):
            return parts.first.map { deciding($0) } ?? id
        case .call(Operator.conditional, nil, let parts) where parts.count == 3:
            guard let condition = bool(parts[0]) else { return id }
            return deciding(condition ? parts[1] : parts[2])
        case .comprehension(let loop):
            // The last iteration decided if the loop ended early: `all` at false, `exists` at true.
            let endedEarly = loop.macro == .all && bool(id) == false || loop.macro == .exists && bool(id) == true
            guard endedEarly, case .call(_, nil, let parts) = tree[loop.step], parts.count == 2 else { return id }
            return deciding(parts[1])
        default: return id
        }
    }

    func text(of id: ExpressionID) -> String { expression.text(of: id) }

    /// The attributes inside, each with the value it had.
    func operands(of id: ExpressionID) -> [DecidingPart.Operand] {
        var found: [DecidingPart.Operand] = []
        visit(id) { node in
            guard found.count < 4 else { return false }
            guard isAttribute(node) else { return true }
            if case .value(let value) = trace.outcomes[node], !found.contains(where: { $0.text == text(of: node) }) {
                found.append(DecidingPart.Operand(text: text(of: node), value: value))
            }
            return false
        }
        return found
    }

    func place(of id: ExpressionID) -> Node? {
        var found: Node?
        visit(id) { node in
            if found == nil { found = trace.places[node] ?? follow(node)?.part.place }
            return found == nil
        }
        return found
    }

    /// The place of the name that a part is a piece of: `c.a` failing within `c.a.b`.
    func place(around id: ExpressionID) -> Node? {
        let inner = tree.span(of: id)
        let holders = trace.places.filter { holder, _ in
            let outer = tree.span(of: holder)
            return outer.start <= inner.start && inner.end <= outer.end
        }
        return holders.min { left, right in
            let (a, b) = (tree.span(of: left.key), tree.span(of: right.key))
            return (a.end - a.start, left.key) < (b.end - b.start, right.key)
        }?.value
    }

    private func isAttribute(_ id: ExpressionID) -> Bool {
        switch tree[id] {
        case .identifier, .select(_, _, isTest: false): true
        case .call(Operator.index, nil, _), .call(Operator.optionalIndex, nil, _),
            .call(Operator.optionalSelect, nil, _):
            true
        default: false
        }
    }

    /// Depth first in the order of the text.
    ///
    /// - Parameter body: returns whether to go on into the node's parts.
    private func visit(_ id: ExpressionID, _ body: (ExpressionID) -> Bool) {
        guard body(id) else { return }
        switch tree[id] {
        case .constant, .identifier: break
        case .select(let operand, _, _): visit(operand, body)
        case .call(_, let target, let arguments):
            if let target { visit(target, body) }
            arguments.forEach { visit($0, body) }
        case .list(let elements, _): elements.forEach { visit($0, body) }
        case .map(let entries):
            for entry in entries {
                visit(entry.key, body)
                visit(entry.value, body)
            }
        case .structure(_, let fields): fields.forEach { visit($0.value, body) }
        case .comprehension(let loop): visit(loop.range, body)
        }
    }
}
