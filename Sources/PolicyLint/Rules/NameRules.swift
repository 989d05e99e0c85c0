import CEL
import Diagnostics
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// Variables that nothing uses, and loop variables that hide other names.
enum NameRules {
    static func findings(_ policy: PolicyInspection) -> [LintFinding] {
        unused(policy) + policy.expressions.flatMap { shadowed($0, policy) }
    }

    // MARK: Variables

    private static func unused(_ policy: PolicyInspection) -> [LintFinding] {
        // Used is what the others use, and what these use in turn.
        let roots = policy.expressions.filter { expression in
            !policy.variables.contains { $0.expression === expression }
        }
        var used = roots.reduce(into: Set<String>()) { $0.formUnion(variables($1)) }
        for variable in policy.variables.reversed() where used.contains(variable.name) {
            used.formUnion(variables(variable.expression))
        }
        return policy.variables.enumerated().compactMap { index, variable in
            guard variable.isWritten, !used.contains(variable.name) else { return nil }
            let node = policy.root["spec"]?["variables"]?.element(at: index)?["name"] ?? variable.expression.node
            return LintFinding(
                .unusedVariable, "nothing uses the variable `\(variable.name)`", at: .init(node))
        }
    }

    private static func variables(_ expression: CompiledExpression) -> Set<String> {
        guard let checked = expression.checked else { return [] }
        var names: Set<String> = []
        for node in checked.tree.nodes {
            switch node {
            case .select(let operand, let field, _):
                if case .identifier("variables") = checked.tree[operand] { names.insert(field) }
            case .call(_, nil, let arguments) where arguments.count == 2:
                guard case .identifier("variables") = checked.tree[arguments[0]],
                    case .constant(.string(let field)) = checked.tree[arguments[1]]
                else { continue }
                names.insert(field)
            default: break
            }
        }
        return names
    }

    // MARK: Loops

    private static func shadowed(_ expression: CompiledExpression, _ policy: PolicyInspection) -> [LintFinding] {
        guard let checked = expression.checked else { return [] }
        let declared = Set(policy.environment.variables.map(\.name).filter { !$0.contains(".") } + ["variables"])
        var walk = LoopWalk(tree: checked.tree, text: Array(checked.text.utf8), declared: declared)
        walk.visit(checked.tree.root, [], depth: 0)
        return walk.found.map { name, span, isLoop in
            LintFinding(
                .shadowedName,
                "the loop variable `\(name)` hides \(isLoop ? "that of the loop around it" : "the variable `\(name)`")",
                at: .init(expression, span), help: "give it another name")
        }
    }
}

private struct LoopWalk {
    let tree: SyntaxTree
    let text: [UInt8]
    let declared: Set<String>
    var found: [(name: String, span: SourceSpan, isLoop: Bool)] = []

    mutating func visit(_ id: ExpressionID, _ names: [String], depth: Int) {
        guard depth < LintLimits.depth else { return }
        guard case .comprehension(let loop) = tree[id], loop.macro != .bind else {
            var children: [ExpressionID] = []
            tree.forEachChild(of: id) { children.append($0) }
            for child in children { visit(child, names, depth: depth + 1) }
            return
        }
        visit(loop.range, names, depth: depth + 1)
        let own = [loop.variable] + (loop.secondVariable.map { [$0] } ?? [])
        for name in own where declared.contains(name) || names.contains(name) {
            found.append((name, place(of: name, in: id), names.contains(name)))
        }
        visit(loop.step, names + own, depth: depth + 1)
    }

    /// The variable behind the macro's parenthesis; the tree has no node for it.
    private func place(of name: String, in id: ExpressionID) -> SourceSpan {
        let mark = tree.mark(of: id)
        let bytes = Array(name.utf8)
        var start = Int(mark.start)
        while start + bytes.count <= text.count {
            if text[start..<start + bytes.count].elementsEqual(bytes) {
                return SourceSpan(start: start, end: start + bytes.count)
            }
            start += 1
        }
        return mark
    }
}
