import CEL
import Values

/// The loop variables in force, with the path of what they stand for.
struct LoopScope: Sendable {
    var locals: [(name: String, path: String?)] = []

    func local(_ name: String) -> (name: String, path: String?)? { locals.last { $0.name == name } }
}

/// Names what expressions read by paths, through variables and loops: two readings of one path read the same.
struct Paths {
    let variables: [String: TypedExpression]

    /// - Returns: nil for what is computed.
    func path(_ id: ExpressionID, _ expression: TypedExpression, _ scope: LoopScope, depth: Int = 0) -> String? {
        guard depth < LintLimits.depth else { return nil }
        func path(_ id: ExpressionID) -> String? { self.path(id, expression, scope, depth: depth + 1) }
        switch expression[id] {
        case .identifier(let name):
            if let local = scope.local(name) { return local.path }
            return name
        case .select(let operand, let field, _):
            if isVariables(operand, expression, scope) {
                return variables[field].flatMap { self.path($0.root, $0, LoopScope(), depth: depth + 1) }
                    ?? "variables.\(field)"
            }
            return path(operand).map { "\($0).\(field)" }
        case .call(let function, let target, let arguments):
            return pathOfCall(function, (target.map { [$0] } ?? []) + arguments, expression, path)
        case .comprehension(let loop) where loop.macro == .filter: return path(loop.range)
        default: return nil
        }
    }

    private func pathOfCall(
        _ function: String, _ arguments: [ExpressionID], _ expression: TypedExpression,
        _ path: (ExpressionID) -> String?
    ) -> String? {
        switch (function, arguments.count) {
        case (Operator.index, 2), (Operator.optionalIndex, 2), (Operator.optionalSelect, 2):
            guard let base = path(arguments[0]) else { return nil }
            switch expression[arguments[1]] {
            case .constant(.string(let key)): return "\(base).\(key)"
            case .constant(.int(let index)): return "\(base)[\(index)]"
            default: return path(arguments[1]).map { "\(base)[\($0)]" }
            }
        case ("orValue", 2), ("value", 1), ("dyn", 1): return path(arguments[0])
        case (Operator.conditional, 3):
            return expression.typing.decided[arguments[0]].flatMap { path(arguments[$0 ? 1 : 2]) }
        default: return nil
        }
    }

    /// The path of each element of what a loop runs over.
    func elementPath(_ range: ExpressionID, _ expression: TypedExpression, _ scope: LoopScope) -> String {
        (path(range, expression, scope) ?? "{\(expression.text(range))}") + "[*]"
    }

    /// The variable that a node names.
    func variable(_ id: ExpressionID, _ expression: TypedExpression, _ scope: LoopScope) -> TypedExpression? {
        guard case .select(let operand, let field, isTest: false) = expression[id],
            isVariables(operand, expression, scope)
        else { return nil }
        return variables[field]
    }

    func isVariables(_ id: ExpressionID, _ expression: TypedExpression, _ scope: LoopScope) -> Bool {
        if case .identifier("variables") = expression[id] { scope.local("variables") == nil } else { false }
    }

    /// Binds a loop's variables to the paths of what they stand for.
    func entering(_ loop: Comprehension, _ expression: TypedExpression, _ scope: LoopScope) -> LoopScope {
        var inner = scope
        if loop.macro == .bind {
            inner.locals.append((loop.accumulator, path(loop.initial, expression, scope)))
            return inner
        }
        inner.locals.append((loop.accumulator, nil))
        let element = elementPath(loop.range, expression, scope)
        var isMap = false
        switch expression.type(of: loop.range) {
        case .map, .structure: isMap = true
        default: break
        }
        if let second = loop.secondVariable {
            inner.locals.append((loop.variable, element + "{key}"))
            inner.locals.append((second, element))
        } else {
            inner.locals.append((loop.variable, isMap ? element + "{key}" : element))
        }
        return inner
    }
}
