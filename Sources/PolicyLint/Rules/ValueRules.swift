import CEL
import Diagnostics
import KubernetesSchemas
import Values

/// Comparisons of single values that cannot be meant: of quantities as texts, and with texts that a field never has.
struct ValueRules {
    let types: RuntimeTypes

    private static let comparisons: Set<String> = [
        Operator.equals, Operator.notEquals, Operator.less, Operator.lessEquals, Operator.greater,
        Operator.greaterEquals,
    ]

    func findings(_ typing: KindTyping) -> [LintFinding] {
        typing.all.flatMap { expression in
            expression.tree.nodes.indices.flatMap { index -> [LintFinding] in
                let id = ExpressionID(index)
                guard expression.isLive(id), case .call(let function, nil, let arguments) = expression[id],
                    arguments.count == 2
                else { return [] }
                if function == Operator.in { return membership(id, arguments, expression) }
                guard Self.comparisons.contains(function) else { return [] }
                return comparison(id, function, arguments, expression)
            }
        }
    }

    // MARK: Quantities

    private func comparison(
        _ id: ExpressionID, _ function: String, _ arguments: [ExpressionID], _ expression: TypedExpression
    ) -> [LintFinding] {
        let isEquality = function == Operator.equals || function == Operator.notEquals
        for (subject, other) in [(arguments[0], arguments[1]), (arguments[1], arguments[0])] {
            if expression.type(of: subject) == RuntimeTypes.quantity {
                // Two quantities of objects have the same canonical form, and so may be compared for equality.
                guard !isEquality || isText(other, expression) else { continue }
                return [quantity(id, subject, expression)]
            }
            guard isEquality, case .constant(.string(let text)) = expression[other] else { continue }
            if let finding = allowed(text, other, subject, expression) { return [finding] }
        }
        return []
    }

    private func isText(_ id: ExpressionID, _ expression: TypedExpression) -> Bool {
        if case .constant(.string(let text)) = expression[id] { !text.isEmpty } else { false }
    }

    private func quantity(
        _ id: ExpressionID, _ subject: ExpressionID, _ expression: TypedExpression
    ) -> LintFinding {
        let text = expression.text(subject)
        return LintFinding(
            .quantity, "`\(text)` is a quantity and is compared as text, where `1Gi` is not `1024Mi`",
            at: .init(expression.compiled, expression.tree.mark(of: id)),
            help: "compare quantities: `quantity(\(text)).compareTo(quantity('…')) == 0`, or `isLessThan`, "
                + "`isGreaterThan`")
    }

    private func membership(
        _ id: ExpressionID, _ arguments: [ExpressionID], _ expression: TypedExpression
    ) -> [LintFinding] {
        guard case .list(let elements, _) = expression[arguments[1]] else { return [] }
        if expression.type(of: arguments[0]) == RuntimeTypes.quantity {
            return elements.contains { isText($0, expression) } ? [quantity(id, arguments[0], expression)] : []
        }
        return elements.compactMap { element in
            guard case .constant(.string(let text)) = expression[element] else { return nil }
            return allowed(text, element, arguments[0], expression)
        }
    }

    // MARK: Enumerations

    private func allowed(
        _ text: String, _ constant: ExpressionID, _ subject: ExpressionID, _ expression: TypedExpression
    ) -> LintFinding? {
        guard !text.isEmpty, let value = schema(subject, expression), let texts = types.schemas.allowedTexts(of: value),
            !texts.contains(text)
        else { return nil }
        let help =
            closestMatch(to: text, among: texts).map { "did you mean `\($0)`?" }
            ?? "it is one of \(texts.filter { !$0.isEmpty }.map { "`\($0)`" }.joined(separator: ", "))"
        return LintFinding(
            .enum, "`\(expression.text(subject))` is never `\(text)`",
            at: .init(expression.compiled, expression.tree.span(of: constant)), help: help)
    }

    /// The schema of the field that a node reads.
    private func schema(_ id: ExpressionID, _ expression: TypedExpression) -> ValueSchema? {
        let (operand, field): (ExpressionID, String)
        switch expression[id] {
        case .select(let target, let name, isTest: false): (operand, field) = (target, name)
        case .call(Operator.optionalSelect, nil, let arguments):
            guard case .constant(.string(let name)) = expression[arguments[1]] else { return nil }
            (operand, field) = (arguments[0], name)
        case .call("orValue", let target?, _): return schema(target, expression)
        default: return nil
        }
        var type = expression.type(of: operand)
        if case .opaque("optional_type", let parameters) = type, let content = parameters.first { type = content }
        guard case .structure(let structure) = type else { return nil }
        return types.field(field, of: structure)?.schema.value
    }
}
