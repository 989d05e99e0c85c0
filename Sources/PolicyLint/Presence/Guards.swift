import Admission
import CEL
import Values

/// What follows from a condition's outcome.
struct Guards {
    let paths: Paths
    /// Variables that use each other twice over would double the work with each of them.
    private let steps = StepBudget()

    init(paths: Paths) {
        self.paths = paths
    }

    /// - Parameters:
    ///   - explicit: only what the condition tests, not what it could not have been evaluated without.
    ///   - truth: the outcome.
    func facts(
        _ id: ExpressionID, is truth: Bool, _ expression: TypedExpression, _ scope: LoopScope, explicit: Bool = false,
        depth: Int = 0
    ) -> Facts {
        guard depth < LintLimits.depth, steps.take(), expression.isLive(id) else { return Facts() }
        func facts(_ id: ExpressionID, is truth: Bool) -> Facts {
            self.facts(id, is: truth, expression, scope, explicit: explicit, depth: depth + 1)
        }
        switch expression[id] {
        case .call(Operator.not, nil, let arguments): return facts(arguments[0], is: !truth)
        case .call(Operator.and, nil, let arguments) where truth, .call(Operator.or, nil, let arguments) where !truth:
            return facts(arguments[0], is: truth).adding(facts(arguments[1], is: truth))
        case .call(Operator.and, nil, let arguments), .call(Operator.or, nil, let arguments):
            let live = arguments.filter { expression.typing.decided[$0] != !truth }
            guard live.count == 2 else { return live.first.map { facts($0, is: truth) } ?? Facts() }
            return facts(live[0], is: truth).common(with: facts(live[1], is: truth))
        case .call(Operator.conditional, nil, let arguments):
            return conditional(arguments, is: truth, expression, facts)
        default:
            var result = explicit ? Facts() : implied(id, expression, scope, depth: depth + 1)
            result.add(tested(id, is: truth, expression, scope, explicit: explicit, depth: depth + 1))
            result.add(optionals(id, is: truth, expression, scope))
            return result
        }
    }

    private func conditional(
        _ arguments: [ExpressionID], is truth: Bool, _ expression: TypedExpression,
        _ facts: (ExpressionID, Bool) -> Facts
    ) -> Facts {
        if let decided = expression.typing.decided[arguments[0]] { return facts(arguments[decided ? 1 : 2], truth) }
        func outcome(_ branch: Bool) -> Facts? {
            let value = arguments[branch ? 1 : 2]
            if case .constant(.bool(!truth)) = expression[value] { return nil }
            return facts(arguments[0], branch).adding(facts(value, truth))
        }
        switch (outcome(true), outcome(false)) {
        case (let first?, let second?): return first.common(with: second)
        case (let only?, nil), (nil, let only?): return only
        case (nil, nil): return Facts()
        }
    }

    // MARK: Tests

    private func tested(
        _ id: ExpressionID, is truth: Bool, _ expression: TypedExpression, _ scope: LoopScope, explicit: Bool,
        depth: Int
    ) -> Facts {
        func present(_ path: String?) -> Facts { path.map { Facts(present: $0) } ?? Facts() }
        if let variable = paths.variable(id, expression, scope) {
            return facts(variable.root, is: truth, variable, LoopScope(), explicit: explicit, depth: depth)
        }
        switch expression[id] {
        case .select(_, _, isTest: true) where truth: return present(paths.path(id, expression, scope))
        case .call("hasValue", let target?, _) where truth: return present(paths.path(target, expression, scope))
        case .call(Operator.in, nil, let arguments):
            return membership(arguments, is: truth, expression, scope)
        case .call(let function, nil, let arguments)
        where (function == Operator.equals || function == Operator.notEquals) && arguments.count == 2:
            let equal = (function == Operator.equals) == truth
            return comparison(arguments[0], arguments[1], equal, expression, scope)
                .adding(comparison(arguments[1], arguments[0], equal, expression, scope))
        case .comprehension(let loop) where loop.macro == .all && truth:
            guard case .call(Operator.and, nil, let operands) = expression[loop.step] else { return Facts() }
            return facts(
                operands[1], is: true, expression, paths.entering(loop, expression, scope), explicit: explicit,
                depth: depth)
        default: return Facts()
        }
    }

    private func comparison(
        _ subject: ExpressionID, _ other: ExpressionID, _ equal: Bool, _ expression: TypedExpression,
        _ scope: LoopScope
    ) -> Facts {
        guard case .constant(let value) = expression[other], let path = paths.path(subject, expression, scope) else {
            return Facts()
        }
        switch (path, value) {
        case ("object", .null), ("oldObject", .null):
            let without = path == "object" ? OperationSet.withoutObject : .withoutOldObject
            var facts = Facts(operations: equal ? without : OperationSet.all.subtracting(without))
            if !equal { facts.insert(path) }
            return facts
        case ("request.operation", .string(let name)):
            let named = Operation.allCases.filter { $0.name.description == name }
                .reduce(OperationSet()) { $0.union(OperationSet($1)) }
            return Facts(operations: equal ? named : OperationSet.all.subtracting(named))
        default: return Facts()
        }
    }

    private func membership(
        _ arguments: [ExpressionID], is truth: Bool, _ expression: TypedExpression, _ scope: LoopScope
    ) -> Facts {
        if case .list(let elements, _) = expression[arguments[1]],
            paths.path(arguments[0], expression, scope) == "request.operation"
        {
            let named = elements.reduce(OperationSet()) { set, element in
                guard case .constant(.string(let name)) = expression[element] else { return .all }
                return Operation.allCases.first { $0.name.description == name }
                    .map { set.union(OperationSet($0)) } ?? set
            }
            return Facts(operations: truth ? named : OperationSet.all.subtracting(named))
        }
        guard truth, let container = paths.path(arguments[1], expression, scope) else { return Facts() }
        if case .constant(.string(let key)) = expression[arguments[0]] { return Facts(present: "\(container).\(key)") }
        return paths.path(arguments[0], expression, scope).map { Facts(present: "\(container)[\($0)]") } ?? Facts()
    }

    // MARK: Evaluation

    /// What exists if a node could be evaluated.
    func implied(_ id: ExpressionID, _ expression: TypedExpression, _ scope: LoopScope, depth: Int = 0) -> Facts {
        guard depth < LintLimits.depth, steps.take(), expression.isLive(id) else { return Facts() }
        func implied(_ id: ExpressionID) -> Facts { self.implied(id, expression, scope, depth: depth + 1) }
        func readingPath(_ operand: ExpressionID) -> Facts {
            var result = implied(operand)
            if expression.type(of: operand).isOptional { return result }
            if let path = paths.path(id, expression, scope) { result.insert(path) }
            return result
        }
        switch expression[id] {
        case .constant, .identifier: return Facts()
        case .select(let operand, _, let isTest):
            if isTest { return implied(operand) }
            return readingPath(operand)
        case .call(Operator.index, nil, let arguments): return readingPath(arguments[0])
        case .call(Operator.optionalSelect, nil, let arguments), .call(Operator.conditional, nil, let arguments):
            return implied(arguments[0])
        case .call(Operator.and, nil, _), .call(Operator.or, nil, _): return Facts()
        case .call(_, let target, let arguments):
            return ((target.map { [$0] } ?? []) + arguments).reduce(Facts()) { $0.adding(implied($1)) }
        case .comprehension(let loop): return implied(loop.macro == .bind ? loop.initial : loop.range)
        case .list(let elements, _): return elements.reduce(Facts()) { $0.adding(implied($1)) }
        case .map, .structure: return Facts()
        }
    }

    // MARK: Optionals

    /// `x.?f.orValue(d) == v`: if that could not hold with `d`, the field is there.
    private func optionals(
        _ id: ExpressionID, is truth: Bool, _ expression: TypedExpression, _ scope: LoopScope
    ) -> Facts {
        var result = Facts()
        for (call, target) in Self.defaulted(id, expression) {
            let absent = Folding(expression: expression, absent: call).truth(id)
            if absent == !truth, let path = paths.path(target, expression, scope) { result.insert(path) }
        }
        return result
    }

    /// Calls of `orValue` in a condition, with their targets.
    private static func defaulted(
        _ root: ExpressionID, _ expression: TypedExpression
    ) -> [(call: ExpressionID, target: ExpressionID)] {
        var found: [(call: ExpressionID, target: ExpressionID)] = []
        var reached = [root]
        while let id = reached.popLast(), found.count < LintLimits.kindsPerRule {
            if case .call("orValue", let target?, _) = expression[id] { found.append((id, target)) }
            if case .comprehension(let loop) = expression[id] {
                reached.append(loop.range)
            } else {
                expression.tree.forEachChild(of: id) { reached.append($0) }
            }
        }
        return found
    }
}

/// What is left of `LintLimits.steps`; one analysis uses it on one thread.
final class StepBudget {
    private var left = LintLimits.steps

    /// - Returns: false once all is used.
    func take() -> Bool {
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}

extension CELType {
    var isOptional: Bool { if case .opaque("optional_type", _) = self { true } else { false } }
}
