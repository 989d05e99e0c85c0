extension CheckedExpression {
    /// The environment's variables that the expression names, by their full names. A loop's variable hides one of the same
    /// name, as in `images.containers.map(image, …)`.
    package var freeVariables: Set<String> {
        var walk = FreeVariables(expression: self)
        walk.visit(tree.root)
        return walk.names
    }
}

/// Looks for names that no loop has bound. As deep as the checker goes, and no deeper.
private struct FreeVariables {
    let expression: CheckedExpression
    var names: Set<String> = []
    private var locals: [String] = []

    init(expression: CheckedExpression) { self.expression = expression }

    mutating func visit(_ id: ExpressionID) {
        let reference = expression.references[Int(id.index)]
        switch expression.tree[id] {
        case .constant: break
        case .identifier(let name):
            if !locals.contains(name), case .variable(let full) = reference { names.insert(full) }
        case .select(let operand, _, _):
            if case .variable(let full) = reference { names.insert(full) } else { visit(operand) }
        case .call(_, let target, let arguments):
            if let target { visit(target) }
            for argument in arguments { visit(argument) }
        case .list(let elements, _): for element in elements { visit(element) }
        case .map(let entries):
            for entry in entries {
                visit(entry.key)
                visit(entry.value)
            }
        case .structure(_, let fields): for field in fields { visit(field.value) }
        case .comprehension(let loop): visit(loop)
        }
    }

    private mutating func visit(_ loop: Comprehension) {
        visit(loop.range)
        visit(loop.initial)
        let count = locals.count
        locals.append(loop.accumulator)
        locals.append(loop.variable)
        if let second = loop.secondVariable { locals.append(second) }
        visit(loop.condition)
        visit(loop.step)
        locals.removeSubrange((count + 1)...)
        visit(loop.result)
        locals.removeLast()
    }
}
