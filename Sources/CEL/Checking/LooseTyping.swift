package import Values

/// What an expression may take for granted beyond types.
package struct Assumptions: Sendable {
    /// Values by the name or chain of selections that has them, such as `object.kind`.
    package var values: [String: Value]

    package init(values: [String: Value] = [:]) {
        self.values = values
    }
}

/// What a loose check finds beside issues.
struct LooseFindings {
    /// Presence tests of fields that their structure does not have.
    var missing: [CompileIssue] = []
    /// The nodes of those tests.
    var absent: Set<ExpressionID> = []
    /// Conditions that the assumptions decide.
    var decided: [ExpressionID: Bool] = [:]
    /// By `ExpressionID`: whether the node was looked at.
    var visited: [Bool] = []
}

/// An expression that compiles, checked again with the types that its variables have for one kind of object.
///
/// Structures are maps at evaluation, so what maps can do is no mistake; neither is a comparison with null, nor a
/// presence test of a field that does not exist. Branches that the assumptions rule out are not looked at.
package struct LooseTyping: Sendable {
    /// Types and references of the nodes that are looked at; those of others are dyn and nil.
    package let checked: CheckedExpression
    /// What fails at evaluation, or can never be meant.
    package let issues: [CompileIssue]
    /// Presence tests of fields that their structure does not have: mistakes, unless another kind has them.
    package let missing: [CompileIssue]
    /// Conditions of `?:`, and operands of `&&` and `||`, that the assumptions decide.
    package let decided: [ExpressionID: Bool]
    /// What the whole expression is, if the assumptions decide that.
    package let value: Value?
    /// By `ExpressionID`: false for nodes in branches that the assumptions rule out.
    package let visited: [Bool]

    /// - Parameter environment: with `assumptions`.
    package init(_ parsed: ParsedExpression, in environment: Environment) {
        var checker = Checker(parsed.tree, environment)
        checker.loose.visited = Array(repeating: false, count: checker.tree.nodes.count)
        checker.check(checker.tree.root)
        for index in checker.types.indices { checker.types[index] = checker.solver.finalize(checker.types[index]) }
        checked = CheckedExpression(
            text: parsed.text, tree: checker.tree, types: checker.types, references: checker.references)
        issues = checker.issues.sorted { $0.span.start < $1.span.start }
        missing = checker.loose.missing
        decided = checker.loose.decided
        visited = checker.loose.visited
        value = checker.knownValue(checker.tree.root)
    }
}

extension Checker {
    // MARK: Branches

    /// Checks what the assumptions leave over of a branching operator.
    ///
    /// - Returns: false for other calls, which are checked as ever.
    mutating func checkLoosely(_ id: ExpressionID, _ function: String, _ arguments: [ExpressionID]) -> Bool {
        switch (function, arguments.count) {
        case (Operator.conditional, 3): checkConditional(id, arguments)
        case (Operator.and, 2): checkShortcut(id, arguments, decisive: false)
        case (Operator.or, 2): checkShortcut(id, arguments, decisive: true)
        case (Operator.index, 2), (Operator.optionalIndex, 2): return checkIndex(id, function, arguments)
        case (Operator.in, 2): return checkMembership(id, arguments)
        default: return false
        }
        return true
    }

    private mutating func checkConditional(_ id: ExpressionID, _ arguments: [ExpressionID]) {
        check(arguments[0])
        require(arguments[0], .bool)
        refer(id, .overloads(["conditional"]))
        if let truth = knownTruth(arguments[0]) {
            loose.decided[arguments[0]] = truth
            let live = arguments[truth ? 1 : 2]
            check(live)
            return set(id, type(of: live))
        }
        check(arguments[1])
        check(arguments[2])
        let (first, second) = (type(of: arguments[1]), type(of: arguments[2]))
        switch (first, second) {
        case (.null, let other), (let other, .null): set(id, other)
        default:
            set(id, solver.isAssignable(first, to: second) ? TypeSolver.mostGeneral(first, second) : .dyn)
        }
    }

    /// - Parameter decisive: the value of one operand that makes it the result, errors of the other or not.
    private mutating func checkShortcut(_ id: ExpressionID, _ arguments: [ExpressionID], decisive: Bool) {
        set(id, .bool)
        refer(id, .overloads([decisive ? "logical_or" : "logical_and"]))
        let before = (issues.count, loose.missing.count)
        for (number, argument) in arguments.enumerated() {
            check(argument)
            if !solver.isAssignable(type(of: argument), to: .bool) {
                report(CheckIssue.mismatch(expected: "bool", found: shown(type(of: argument)), mark(argument)))
            }
            guard let truth = knownTruth(argument) else { continue }
            loose.decided[argument] = truth
            guard truth == decisive else { continue }
            if number == 1 {
                // Whatever is wrong on the left does not matter.
                issues.removeLast(issues.count - before.0)
                loose.missing.removeLast(loose.missing.count - before.1)
            }
            return
        }
    }

    // MARK: Structures as maps

    /// `structure['field']` is a selection.
    private mutating func checkIndex(_ id: ExpressionID, _ function: String, _ arguments: [ExpressionID]) -> Bool {
        guard case .constant(.string(let field)) = tree[arguments[1]] else { return false }
        check(arguments[0])
        let operand = solver.resolve(type(of: arguments[0]))
        guard case .structure = operand.optionalContent ?? operand else { return false }
        set(arguments[1], .string)
        let type = checkField(id, of: arguments[0], field, isOptional: function == Operator.optionalIndex)
        set(id, solver.resolve(type))
        refer(id, .overloads(["index_map"]))
        return true
    }

    /// `'field' in structure` is a presence test.
    private mutating func checkMembership(_ id: ExpressionID, _ arguments: [ExpressionID]) -> Bool {
        check(arguments[1])
        guard case .structure = solver.resolve(type(of: arguments[1])) else { return false }
        check(arguments[0])
        set(id, .bool)
        refer(id, .overloads(["in_map"]))
        if case .constant(.string(let field)) = tree[arguments[0]] {
            _ = checkField(id, of: arguments[1], field, isOptional: false, isTest: true)
        }
        return true
    }

    /// Calls that no overload takes with these types, and that work at evaluation.
    mutating func resolveLoosely(
        _ id: ExpressionID, _ function: FunctionDeclaration, _ target: ExpressionID?, _ arguments: [CELType]
    ) -> Bool {
        let loosened = arguments.map { solver.resolve($0).loosened }
        let isEquality = function.name == Operator.equals || function.name == Operator.notEquals
        if isEquality, loosened.count == 2, loosened[0].isNumber, loosened[1].isNumber {
            set(id, .bool)
            return true
        }
        if function.name == "orValue", let result = looseDefault(loosened) {
            set(id, result)
            return true
        }
        var result: CELType?
        for overload in function.overloads where overload.isMember == (target != nil) {
            guard let type = match(overload, loosened) else { continue }
            result = result == nil || result == type ? type : .dyn
        }
        guard let result else { return false }
        set(id, result)
        return true
    }

    /// A default of another type than the optional's content is no mistake; neither is one of a plain value where such
    /// may be defaulted.
    private func looseDefault(_ arguments: [CELType]) -> CELType? {
        guard arguments.count == 2 else { return nil }
        if arguments[0].optionalContent != nil { return .dyn }
        return environment.orValueTakesPlainValues ? arguments[0] : nil
    }

    // MARK: What is known

    /// The truth of a checked condition, if the assumptions decide it.
    func knownTruth(_ id: ExpressionID) -> Bool? {
        if case .bool(let truth) = knownValue(id) { truth } else { nil }
    }

    /// The value of a checked node, if the assumptions decide it.
    func knownValue(_ id: ExpressionID) -> Value? {
        if loose.absent.contains(id) {
            return type(of: id) == .bool ? .bool(false) : nil
        }
        switch tree[id] {
        case .constant(let value): return value
        case .identifier, .select(_, _, isTest: false):
            guard let name = path(id), !locals.contains(where: { name.hasPrefix($0.name + ".") || name == $0.name })
            else { return nil }
            return environment.assumptions?.values[name]
        case .call(let function, let target, let arguments):
            return knownResult(function, (target.map { [$0] } ?? []) + arguments)
        default: return nil
        }
    }

    private func knownResult(_ function: String, _ arguments: [ExpressionID]) -> Value? {
        switch (function, arguments.count) {
        case (Operator.not, 1): return knownTruth(arguments[0]).map { .bool(!$0) }
        case (Operator.and, 2): return knownShortcut(arguments, decisive: false)
        case (Operator.or, 2): return knownShortcut(arguments, decisive: true)
        case (Operator.conditional, 3):
            return knownTruth(arguments[0]).flatMap { knownValue(arguments[$0 ? 1 : 2]) }
        case (Operator.equals, 2), (Operator.notEquals, 2):
            guard let left = knownValue(arguments[0]), let right = knownValue(arguments[1]),
                let equal = valuesEqual(left, right)
            else { return nil }
            return .bool(equal == (function == Operator.equals))
        case (Operator.in, 2):
            guard let item = knownValue(arguments[0]), case .list(let elements, _) = tree[arguments[1]] else {
                return nil
            }
            let values = elements.compactMap { knownValue($0) }
            guard values.count == elements.count else { return nil }
            return .bool(values.contains { valuesEqual($0, item) == true })
        case ("orValue", 2) where loose.absent.contains(arguments[0]): return knownValue(arguments[1])
        case ("hasValue", 1) where loose.absent.contains(arguments[0]): return .bool(false)
        default: return nil
        }
    }

    private func knownShortcut(_ arguments: [ExpressionID], decisive: Bool) -> Value? {
        let truths = arguments.map { knownTruth($0) }
        if truths.contains(decisive) { return .bool(decisive) }
        return truths.contains(nil) ? nil : .bool(!decisive)
    }

    private func path(_ id: ExpressionID) -> String? {
        switch tree[id] {
        case .identifier(let name): name
        case .select(let operand, let field, isTest: false): path(operand).map { "\($0).\(field)" }
        default: nil
        }
    }
}

extension CELType {
    /// As evaluation sees it: structures are maps, and where null stands anything may.
    fileprivate var loosened: CELType {
        switch self {
        case .structure: .map(.string, .dyn)
        case .null: .dyn
        case .list(let element): .list(element.loosened)
        case .map(let key, let value): .map(key, value.loosened)
        case .opaque(let name, let parameters): .opaque(name, parameters.map(\.loosened))
        default: self
        }
    }

    fileprivate var isNumber: Bool {
        switch self {
        case .int, .uint, .double: true
        default: false
        }
    }
}
