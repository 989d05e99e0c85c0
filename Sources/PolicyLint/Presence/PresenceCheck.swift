import Admission
import CEL
import KubernetesSchemas
import PolicyEngine
import Values

/// Finds what expressions read although it need not be there: reading it is then an error, and most errors of policies
/// at evaluation are of this kind.
///
/// What a condition tests is certain where it decides, on either side of `&&` and `||` (errors on one side do not
/// matter if the other decides). Variables are evaluated where they are used, so what such a place knows holds in them.
struct PresenceCheck {
    private let typing: KindTyping
    private let types: RuntimeTypes
    private let paths: Paths
    private let guards: Guards
    /// What the policy's rules are about.
    private let operations: OperationSet
    /// By variable.
    private var accesses: [String: [Access]] = [:]
    private var found: [Access] = []
    /// Paths read without a test before, in the same expression.
    private var reported: Set<String> = []

    init(_ typing: KindTyping, _ types: RuntimeTypes, operations: OperationSet) {
        self.typing = typing
        self.types = types
        self.operations = operations
        paths = Paths(variables: typing.variables)
        guards = Guards(paths: paths)
    }

    /// All such readings of a policy, those in variables at their own place, once each.
    static func accesses(_ typing: KindTyping, _ types: RuntimeTypes, operations: OperationSet) -> [Access] {
        var check = PresenceCheck(typing, types, operations: operations)
        var result: [Access] = []
        var start = Facts(operations: operations)
        for (index, condition) in typing.matchConditions.enumerated() {
            var facts = Facts(operations: operations)
            // A condition that is false skips the policy, whatever errors the others have.
            for (other, expression) in typing.matchConditions.enumerated() where other != index {
                facts.add(check.guards.facts(expression.root, is: true, expression, LoopScope(), explicit: true))
            }
            result += check.run(condition, facts)
            start.add(check.guards.facts(condition.root, is: true, condition, LoopScope()))
        }
        for validation in typing.validations {
            result += check.run(validation.expression, start)
            guard let message = validation.message else { continue }
            let root = validation.expression.root
            result += check.run(
                message, start.adding(check.guards.facts(root, is: false, validation.expression, LoopScope())))
        }
        for expression in typing.others { result += check.run(expression, start) }
        return result
    }

    private mutating func run(_ expression: TypedExpression, _ facts: Facts) -> [Access] {
        let before = (found, reported)
        (found, reported) = ([], [])
        defer { (found, reported) = before }
        _ = visit(expression.root, expression, facts, LoopScope(), depth: 0)
        return found
    }

    /// - Returns: whether something on the way to the node's value was reported, so that what it leads to need not be.
    @discardableResult
    private mutating func visit(
        _ id: ExpressionID, _ expression: TypedExpression, _ facts: Facts, _ scope: LoopScope, depth: Int
    ) -> Bool {
        guard depth < LintLimits.depth, expression.isLive(id) else { return false }
        switch expression[id] {
        case .constant: return false
        case .identifier: return false
        case .select(let operand, let field, let isTest):
            if let variable = paths.variable(id, expression, scope) {
                visitVariable(field, variable, facts)
                return false
            }
            if paths.isVariables(operand, expression, scope) { return false }
            let isReported = visit(operand, expression, facts, scope, depth: depth + 1)
            if isTest || isReported { return isReported }
            return read(id, operand, field, expression, facts, scope)
        case .call(let function, let target, let arguments):
            return visitCall(id, function, (target.map { [$0] } ?? []) + arguments, expression, facts, scope, depth)
        case .list, .map, .structure:
            expression.tree.forEachChild(of: id) { visit($0, expression, facts, scope, depth: depth + 1) }
            return false
        case .comprehension(let loop):
            visitLoop(loop, expression, facts, scope, depth: depth)
            return false
        }
    }

    private mutating func visitCall(
        _ id: ExpressionID, _ function: String, _ arguments: [ExpressionID], _ expression: TypedExpression,
        _ facts: Facts, _ scope: LoopScope, _ depth: Int
    ) -> Bool {
        func known(_ id: ExpressionID, is truth: Bool, explicit: Bool = false) -> Facts {
            guards.facts(id, is: truth, expression, scope, explicit: explicit)
        }
        switch (function, arguments.count) {
        case (Operator.and, 2), (Operator.or, 2):
            let goesOn = function == Operator.and
            visit(
                arguments[0], expression, facts.adding(known(arguments[1], is: goesOn, explicit: true)), scope,
                depth: depth + 1)
            visit(
                arguments[1], expression, facts.adding(known(arguments[0], is: goesOn)), scope, depth: depth + 1)
            return false
        case (Operator.conditional, 3):
            visit(arguments[0], expression, facts, scope, depth: depth + 1)
            let first = visit(
                arguments[1], expression, facts.adding(known(arguments[0], is: true)), scope, depth: depth + 1)
            let second = visit(
                arguments[2], expression, facts.adding(known(arguments[0], is: false)), scope, depth: depth + 1)
            return first || second
        case (Operator.index, 2):
            let isReported = visit(arguments[0], expression, facts, scope, depth: depth + 1)
            visit(arguments[1], expression, facts, scope, depth: depth + 1)
            guard !isReported, case .constant(.string(let key)) = expression[arguments[1]] else { return isReported }
            return read(id, arguments[0], key, expression, facts, scope)
        default:
            var isReported = false
            for argument in arguments {
                isReported = visit(argument, expression, facts, scope, depth: depth + 1) || isReported
            }
            return isReported
        }
    }

    private mutating func visitLoop(
        _ loop: Comprehension, _ expression: TypedExpression, _ facts: Facts, _ scope: LoopScope, depth: Int
    ) {
        let inner = paths.entering(loop, expression, scope)
        if loop.macro == .bind {
            visit(loop.initial, expression, facts, scope, depth: depth + 1)
            visit(loop.result, expression, facts, inner, depth: depth + 1)
            return
        }
        visit(loop.range, expression, facts, scope, depth: depth + 1)
        var known = facts
        known.add(elementFacts(loop.range, expression, scope, depth: depth + 1))
        if let base = paths.path(loop.range, expression, scope) { known.insert("\(base)[\(base)[*]{key}]") }
        visit(loop.step, expression, known, inner, depth: depth + 1)
    }

    /// What holds for each element of a list that was filtered, also in a variable.
    private func elementFacts(
        _ range: ExpressionID, _ expression: TypedExpression, _ scope: LoopScope, depth: Int
    ) -> Facts {
        guard depth < LintLimits.depth else { return Facts() }
        if let variable = paths.variable(range, expression, scope) {
            return elementFacts(variable.root, variable, LoopScope(), depth: depth + 1)
        }
        guard case .comprehension(let loop) = expression[range], loop.macro == .filter,
            case .call(Operator.conditional, nil, let arguments) = expression[loop.step]
        else { return Facts() }
        let inner = paths.entering(loop, expression, scope)
        return guards.facts(arguments[0], is: true, expression, inner)
            .adding(elementFacts(loop.range, expression, scope, depth: depth + 1))
    }

    private mutating func visitVariable(_ name: String, _ variable: TypedExpression, _ facts: Facts) {
        let inner: [Access]
        if let known = accesses[name] {
            inner = known
        } else {
            accesses[name] = []
            inner = run(variable, Facts())
            accesses[name] = inner
        }
        for access in inner where !access.isCovered(by: facts) { report(access) }
    }

    // MARK: Reading

    /// - Returns: whether the reading was reported.
    private mutating func read(
        _ id: ExpressionID, _ operand: ExpressionID, _ name: String, _ expression: TypedExpression, _ facts: Facts,
        _ scope: LoopScope
    ) -> Bool {
        let operandPath = paths.path(operand, expression, scope)
        if let root = operandPath, root == "object" || root == "oldObject" {
            let access = Access(
                path: root, subject: .object, operand: root, expression: expression, node: operand)
            let without = root == "object" ? OperationSet.withoutObject : .withoutOldObject
            if !operations.isDisjoint(with: without), !access.isCovered(by: facts), !reported.contains(root) {
                report(access)
                return true
            }
        }
        let path = operandPath.map { "\($0).\(name)" } ?? "{\(expression.text(operand))}.\(name)"
        let subject: Access.Subject
        switch expression.type(of: operand) {
        case .structure(let structure):
            guard mayBeAbsent(name, of: structure, path) else { return false }
            subject = .field(structure)
        case .map(_, let value):
            guard value != .dyn, let operandPath,
                operandPath.hasPrefix("object.") || operandPath.hasPrefix("oldObject.")
            else { return false }
            subject = .key(name)
        default: return false
        }
        let access = Access(
            path: path, subject: subject, operand: expression.text(operand), expression: expression, node: id)
        guard !access.isCovered(by: facts), !reported.contains(path) else { return false }
        report(access)
        return true
    }

    private mutating func report(_ access: Access) {
        guard reported.insert(access.path).inserted, found.count < LintLimits.findings else { return }
        found.append(access)
    }

    private func mayBeAbsent(_ name: String, of structure: String, _ path: String) -> Bool {
        guard let field = types.field(name, of: structure), let kind = typing.kind else { return false }
        switch path {
        case "object.apiVersion", "object.kind", "object.metadata", "oldObject.apiVersion", "oldObject.kind",
            "oldObject.metadata", "object.metadata.name", "oldObject.metadata.name", "object.metadata.uid",
            "oldObject.metadata.uid", "object.metadata.creationTimestamp", "oldObject.metadata.creationTimestamp":
            // The API server has seen to these before policies see the object.
            return false
        case "object.metadata.namespace", "oldObject.metadata.namespace": return !typing.isNamespaced
        default: return !types.schemas.isAlwaysPresent(field.index, of: field.type, rootKind: kind.kind)
        }
    }
}
