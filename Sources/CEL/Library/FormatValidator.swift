internal import Values

/// Finds calls of `format` with a constant text and a literal list that can never work.
struct FormatValidator {
    let expression: CheckedExpression

    func issues() -> [CompileIssue] {
        var issues: [CompileIssue] = []
        for (index, node) in expression.tree.nodes.enumerated() {
            guard case .call("format", let target?, let arguments) = node, arguments.count == 1,
                case .constant(let constant) = expression.tree[target], let format = constant.stringValue,
                case .list(let elements, let optionals) = expression.tree[arguments[0]], optionals.isEmpty
            else { continue }
            if let issue = issue(format, elements, call: ExpressionID(index)) { issues.append(issue) }
        }
        return issues
    }

    private func issue(_ format: String, _ elements: [ExpressionID], call: ExpressionID) -> CompileIssue? {
        func found(_ message: String, _ place: ExpressionID) -> CompileIssue {
            CompileIssue("cel-format", message, expression.tree.span(of: place))
        }
        let parts: [FormatPart]
        do throws(EvaluationError) {
            parts = try FormatPart.parts(of: format)
        } catch {
            return found(error.message, call)
        }
        var used = 0
        for case .clause(let verb, _) in parts {
            guard used < elements.count else {
                return found("`format` has more clauses than arguments: there are \(elements.count) arguments", call)
            }
            let argument = elements[used]
            used += 1
            let type = expression.types[Int(argument.index)]
            if !accepts(verb, type, argument, depth: 0) {
                return found("`%\(verb)` cannot write a value of type `\(type)`", argument)
            }
        }
        if used < elements.count {
            return found("`format` has \(elements.count) arguments, but only \(used) clauses", call)
        }
        return nil
    }

    private func accepts(_ verb: Unicode.Scalar, _ type: CELType, _ argument: ExpressionID, depth: Int) -> Bool {
        switch (verb, type) {
        case (_, .dyn), (_, .error), (_, .any), (_, .parameter): true
        case ("d", .int), ("d", .uint), ("o", .int), ("o", .uint), ("b", .int), ("b", .uint), ("b", .bool): true
        case ("f", .double), ("f", .string), ("e", .double), ("e", .string): true
        case ("x", .int), ("x", .uint), ("x", .string), ("x", .bytes): true
        case ("X", .int), ("X", .uint), ("X", .string), ("X", .bytes): true
        case ("s", .null), ("s", .bool), ("s", .int), ("s", .uint), ("s", .double), ("s", .string), ("s", .bytes): true
        case ("s", .timestamp), ("s", .duration), ("s", .type): true
        case ("s", .list), ("s", .map): elementsAccepted(argument, depth: depth)
        default: false
        }
    }

    /// Of containers only literals can be looked into.
    private func elementsAccepted(_ argument: ExpressionID, depth: Int) -> Bool {
        guard depth < LibraryLimits.depth else { return true }
        func accepted(_ element: ExpressionID) -> Bool {
            accepts("s", expression.types[Int(element.index)], element, depth: depth + 1)
        }
        switch expression.tree[argument] {
        case .list(let elements, _): return elements.allSatisfy(accepted)
        case .map(let entries): return entries.allSatisfy { isKey($0.key) && accepted($0.value) }
        default: return true
        }
    }

    private func isKey(_ key: ExpressionID) -> Bool {
        switch expression.types[Int(key.index)] {
        case .string, .bool, .int, .uint, .dyn, .error, .any, .parameter: true
        default: false
        }
    }
}
