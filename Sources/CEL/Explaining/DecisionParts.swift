/// The parts of an expression that decide something: what tests of a policy should have seen come out both ways.
package struct DecisionParts: Sendable {
    package enum Role: Sendable {
        /// The whole expression.
        case whole
        /// The condition of `a ? b : c`.
        case branch
        /// An operand of `&&` or `||`, or the predicate of a loop.
        case part
    }

    package struct Part: Sendable {
        package let id: ExpressionID
        package let role: Role
        package let span: SourceSpan
        package let text: String
        /// False only for a whole expression that is no condition, such as a variable that holds a list.
        package let isCondition: Bool
    }

    /// The whole expression first, then in the order of the text.
    package private(set) var parts: [Part] = []

    private let expression: CheckedExpression
    private var seen: Set<ExpressionID> = []

    package init(of expression: CheckedExpression) {
        self.expression = expression
        let root = expression.tree.root
        let isCondition = expression.type == .bool
        add(root, .whole, isCondition: isCondition)
        // What the whole negates is no part of its own.
        var core = root
        while case .call(Operator.not, nil, let operands) = expression.tree[core], let inner = operands.first {
            seen.insert(inner)
            core = inner
        }
        visit(root, isDecision: isCondition, depth: 0)
    }

    private mutating func add(_ id: ExpressionID, _ role: Role, isCondition: Bool = true) {
        // What is written down as true or false decides nothing.
        if case .constant = expression.tree[id] { return }
        guard parts.count < EvaluationLimits.decisionParts, seen.insert(id).inserted else { return }
        parts.append(
            Part(
                id: id, role: role, span: expression.tree.span(of: id), text: expression.text(of: id),
                isCondition: isCondition))
    }

    /// - Parameter isDecision: whether the node's truth matters where it stands, so that it is a part if it has none.
    private mutating func visit(_ id: ExpressionID, isDecision: Bool, role: Role = .part, depth: Int) {
        guard depth < EvaluationLimits.decisionDepth else { return }
        let next = depth + 1
        switch expression.tree[id] {
        case .call(Operator.and, nil, let operands), .call(Operator.or, nil, let operands):
            // Its operands tell all that it could.
            if role == .branch { add(id, .branch) }
            for operand in operands { visit(operand, isDecision: true, depth: next) }
            return
        case .call(Operator.not, nil, let operands):
            // `!a` is the other way round whenever `a` is.
            for operand in operands { visit(operand, isDecision: isDecision, role: role, depth: next) }
            return
        case .call(Operator.conditional, nil, let parts) where parts.count == 3:
            if role == .branch { add(id, .branch) }
            visit(parts[0], isDecision: true, role: .branch, depth: next)
            visit(parts[1], isDecision: isDecision, depth: next)
            visit(parts[2], isDecision: isDecision, depth: next)
            return
        default: break
        }
        if isDecision { add(id, role) }
        switch expression.tree[id] {
        case .constant, .identifier: break
        case .select(let operand, _, _): visit(operand, isDecision: false, depth: next)
        case .call(_, let target, let arguments):
            if let target { visit(target, isDecision: false, depth: next) }
            for argument in arguments { visit(argument, isDecision: false, depth: next) }
        case .list(let elements, _): for element in elements { visit(element, isDecision: false, depth: next) }
        case .map(let entries):
            for entry in entries {
                visit(entry.key, isDecision: false, depth: next)
                visit(entry.value, isDecision: false, depth: next)
            }
        case .structure(_, let fields): for field in fields { visit(field.value, isDecision: false, depth: next) }
        case .comprehension(let loop): visit(loop, depth: next)
        }
    }

    /// What a macro adds (accumulators and their conditions) is nobody's text.
    private mutating func visit(_ loop: Comprehension, depth: Int) {
        if loop.macro == .bind {
            visit(loop.initial, isDecision: false, depth: depth)
            return visit(loop.result, isDecision: false, depth: depth)
        }
        visit(loop.range, isDecision: false, depth: depth)
        switch (loop.macro, expression.tree[loop.step]) {
        case (.all, .call(_, nil, let operands)), (.exists, .call(_, nil, let operands)):
            if let predicate = operands.last { visit(predicate, isDecision: true, depth: depth) }
        case (_, .call(Operator.conditional, nil, let parts)) where parts.count == 3:
            visit(parts[0], isDecision: true, depth: depth)
            if loop.macro != .existsOne { visitAddition(parts[1], depth: depth) }
        default: visitAddition(loop.step, depth: depth)
        }
    }

    /// `accumulator + [element]`, or the entry put into a map.
    private mutating func visitAddition(_ id: ExpressionID, depth: Int) {
        guard case .call(_, nil, let parts) = expression.tree[id] else { return }
        for part in parts.dropFirst() { visit(part, isDecision: false, depth: depth) }
    }
}

extension CheckedExpression {
    /// A part as it is written.
    package func text(of id: ExpressionID) -> String {
        let span = tree.span(of: id)
        let bytes = text.utf8
        guard Int(span.end) <= bytes.count, span.start <= span.end else { return text }
        let start = bytes.index(bytes.startIndex, offsetBy: Int(span.start))
        return String(bytes[start..<bytes.index(bytes.startIndex, offsetBy: Int(span.end))]) ?? text
    }
}
