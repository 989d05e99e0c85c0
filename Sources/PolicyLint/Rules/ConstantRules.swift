import CEL
import Values

/// Validations that can never fail, or never pass.
struct ConstantRules {
    func findings(_ typings: [KindTyping], isDeliberate: Bool) -> [LintFinding] {
        guard let first = typings.first else { return [] }
        return first.validations.indices.flatMap { index -> [LintFinding] in
            let expressions = typings.compactMap {
                $0.validations.indices.contains(index) ? $0.validations[index].expression : nil
            }
            // What is wrong with its types says more.
            guard let expression = expressions.first,
                !expressions.contains(where: { !$0.typing.issues.isEmpty || !$0.typing.missing.isEmpty })
            else { return [] }
            let place = LintFinding.Place(expression.compiled)
            let truths = Set(expressions.map { Self.truth($0) })
            if truths.count == 1, let truth = truths.first ?? nil {
                // What is written out as a constant is meant so where conditions decide what reaches it.
                if case .constant = expression[expression.root], isDeliberate { return [] }
                return [
                    truth
                        ? LintFinding(.alwaysTrue, "this validation can never fail", at: place)
                        : LintFinding(
                            .alwaysFalse, "this validation can never pass: it denies all that the policy matches",
                            at: place,
                            help: "if that is meant, write `false` and say in matchConditions what it is about")
                ]
            }
            return Contradiction(expression).findings()
        }
    }

    private static func truth(_ expression: TypedExpression) -> Bool? {
        if case .bool(let truth) = expression.typing.value { return truth }
        return Folding(expression: expression, absent: nil).truth(expression.root)
    }
}

/// `a != 'x' || a != 'y'` and `a == 'x' && a == 'y'`.
private struct Contradiction {
    private let expression: TypedExpression

    init(_ expression: TypedExpression) {
        self.expression = expression
    }

    func findings() -> [LintFinding] {
        expression.tree.nodes.indices.compactMap { index in
            let id = ExpressionID(index)
            guard expression.isLive(id), case .call(let function, nil, _) = expression[id] else { return nil }
            switch function {
            case Operator.or:
                return clash(id, Operator.or, Operator.notEquals).map { other in
                    LintFinding(
                        .alwaysTrue, "this can never be false: nothing equals both", at: place(id, other),
                        help: "did you mean `&&`?")
                }
            case Operator.and:
                return clash(id, Operator.and, Operator.equals).map { other in
                    LintFinding(
                        .alwaysFalse, "this can never be true: nothing equals both", at: place(id, other),
                        help: "did you mean `||`?")
                }
            default: return nil
            }
        }
    }

    private func place(_ id: ExpressionID, _ other: ExpressionID) -> LintFinding.Place {
        LintFinding.Place(expression.compiled, expression.tree.span(of: other))
    }

    /// The comparison right below `id` that contradicts one before it in the same chain.
    private func clash(_ id: ExpressionID, _ chain: String, _ comparison: String) -> ExpressionID? {
        guard case .call(_, nil, let operands) = expression[id], operands.count == 2 else { return nil }
        let left = comparisons(operands[0], chain, comparison)
        for (text, value, node) in comparisons(operands[1], chain, comparison) {
            if left.contains(where: { $0.text == text && $0.value.equalsConstant(value) == false }) { return node }
        }
        return nil
    }

    private func comparisons(
        _ id: ExpressionID, _ chain: String, _ comparison: String, depth: Int = 0
    ) -> [(text: String, value: Value, node: ExpressionID)] {
        guard depth < LintLimits.depth, case .call(let function, nil, let arguments) = expression[id],
            arguments.count == 2
        else { return [] }
        if function == chain { return arguments.flatMap { comparisons($0, chain, comparison, depth: depth + 1) } }
        guard function == comparison else { return [] }
        for (subject, other) in [(arguments[0], arguments[1]), (arguments[1], arguments[0])] {
            guard case .constant(let value) = expression[other] else { continue }
            if case .constant = expression[subject] { continue }
            return [(expression.text(subject), value, id)]
        }
        return []
    }
}
