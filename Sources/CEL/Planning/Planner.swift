import Values

/// Turns a checked expression into nodes that run: names become slots, overloads become code, constants are folded.
struct Planner {
    let expression: CheckedExpression
    let environment: Environment
    let traced: Bool
    /// Loop variables in scope, innermost last.
    var scope: [(name: String, slot: Int)] = []
    var slotCount = 0
    private(set) var issues: [CompileIssue] = []
    private let slots: [String: Int]

    init(_ expression: CheckedExpression, in environment: Environment, traced: Bool) {
        self.expression = expression
        self.environment = environment
        self.traced = traced
        slots = Dictionary(
            environment.variables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { _, later in later })
    }

    mutating func report(_ id: String, _ message: String, at expression: ExpressionID) {
        issues.append(
            CompileIssue(
                id, message, self.expression.tree.span(of: expression),
                references: [CompileIssue.Reference(message, .planning)]))
    }

    /// A constant argument that can never work; the Go implementation finds some of them already while it checks.
    private mutating func report(
        invalid argument: ExpressionID, of function: String, _ message: String, at place: ExpressionID
    ) {
        guard Self.checkedArguments.contains(function), case .constant = expression.tree[argument] else {
            return report("cel-invalid-constant", message, at: place)
        }
        let reference = CompileIssue.Reference(
            "invalid \(function) argument", at: expression.tree.span(of: argument))
        issues.append(
            CompileIssue(
                "cel-invalid-constant", message, expression.tree.span(of: place), references: [reference]))
    }

    /// Functions whose constant arguments are checked before anything is planned.
    private static let checkedArguments: Set<String> = ["duration", "timestamp", "matches"]

    mutating func plan(_ id: ExpressionID) -> PlanNode {
        let node = planned(id)
        return traced && !(node is TracedNode) ? TracedNode(node) : node
    }

    private mutating func planned(_ id: ExpressionID) -> PlanNode {
        let reference = expression.references[Int(id.index)]
        // A structure's reference is its type, not its value.
        if case .structure(let type, let fields) = expression.tree[id] { return structure(id, type, fields) }
        if case .constant(let value) = reference { return ConstantNode(id, value) }
        switch expression.tree[id] {
        case .constant(let value): return ConstantNode(id, value)
        case .identifier(let name): return named(id, name, reference)
        case .select(let operand, let field, let isTest):
            if case .variable(let name) = reference { return global(id, name) }
            if reference == nil, !isTest, let node = qualified(id) { return node }
            return select(id, operand, field, isTest: isTest)
        case .call(let function, let target, let arguments):
            return call(id, function, target, arguments, reference)
        case .list(let elements, let optionals):
            let nodes = elements.map { plan($0) }
            let constants = nodes.compactMap(\.constant)
            if optionals.isEmpty, constants.count == nodes.count { return ConstantNode(id, .list(constants)) }
            return ListNode(id, nodes, optionals: optionals)
        case .map(let entries): return map(id, entries)
        case .structure(let type, let fields): return structure(id, type, fields)
        case .comprehension(let comprehension): return loop(id, comprehension)
        }
    }

    // MARK: Names

    private func named(_ id: ExpressionID, _ name: String, _ reference: Reference?) -> PlanNode {
        if let local = scope.last(where: { $0.name == name }) { return AttributeNode(id, .local(slot: local.slot)) }
        if case .variable(let full) = reference { return global(id, full) }
        return qualified(id) ?? global(id, name)
    }

    /// A name that no checker has resolved: a variable or type by its full name, in the container first.
    private func qualified(_ id: ExpressionID) -> PlanNode? {
        guard let name = qualifiedName(id), !scope.contains(where: { $0.name == name.prefix { $0 != "." } }) else {
            return nil
        }
        if name.hasPrefix(".") { return known(id, String(name.dropFirst())) }
        var container = Substring(environment.container)
        while !container.isEmpty {
            if let node = known(id, "\(container).\(name)") { return node }
            container = container.lastIndex(of: ".").map { container[..<$0] } ?? ""
        }
        return known(id, name)
    }

    private func known(_ id: ExpressionID, _ name: String) -> PlanNode? {
        if slots[name] != nil { return global(id, name) }
        guard let type = environment.typeNames[name], case .type(let named) = type else { return nil }
        return ConstantNode(id, .type(named.runtimeName))
    }

    private func global(_ id: ExpressionID, _ name: String) -> PlanNode {
        guard let slot = slots[name] else {
            // INVARIANT: the checker has resolved every name; an unknown one is "no such attribute" at run time.
            return FailingNode(id, EvaluationError(.noSuchAttribute, "no such attribute(s): \(name)", at: id))
        }
        return AttributeNode(id, .variable(slot: slot, name: name))
    }

    private mutating func select(
        _ id: ExpressionID, _ operand: ExpressionID, _ field: String, isTest: Bool
    ) -> PlanNode {
        if let index = composedIndex(operand, field) {
            return isTest ? ConstantNode(id, .bool(true)) : AttributeNode(id, .composed(index: index))
        }
        let attribute = attribute(plan(operand), id, appending: .field(FieldName(field)), isOptional: false)
        return isTest ? PresenceNode(id, attribute) : attribute
    }

    private func composedIndex(_ operand: ExpressionID, _ field: String) -> Int? {
        guard let composed = environment.composed, case .identifier(let name) = expression.tree[operand],
            name == composed.variable, !scope.contains(where: { $0.name == name })
        else { return nil }
        return composed.fields.lastIndex { $0.name == field }
    }

    private func attribute(
        _ operand: PlanNode, _ id: ExpressionID, appending key: Qualifier.Key, isOptional: Bool
    ) -> AttributeNode {
        let qualifier = Qualifier(
            id: id, key: key, isOptional: isOptional, needsParts: environment.hasStrictOptionalSelection)
        if let attribute = operand.core as? AttributeNode { return attribute.appending(qualifier, id: id) }
        return AttributeNode(id, .expression(operand), [qualifier])
    }

    private mutating func index(
        _ id: ExpressionID, _ operand: ExpressionID, _ key: ExpressionID, isOptional: Bool
    ) -> PlanNode {
        let operand = plan(operand)
        let key = plan(key)
        let step: Qualifier.Key =
            if let constant = key.constant {
                constant.stringValue.map { .field(FieldName($0)) } ?? .constant(constant)
            } else {
                .dynamic(key)
            }
        return attribute(operand, id, appending: step, isOptional: isOptional)
    }

    // MARK: Calls

    private mutating func call(
        _ id: ExpressionID, _ function: String, _ target: ExpressionID?, _ arguments: [ExpressionID],
        _ reference: Reference?
    ) -> PlanNode {
        let overloads: [String] = if case .overloads(let ids) = reference { ids } else { [] }
        if target == nil, let node = operatorNode(id, function, arguments, overloads) { return node }
        if let target, arguments.count == 1, overloads.first?.hasPrefix("optional_or") == true {
            let unwraps = overloads.first == "optional_orValue_value"
            return OptionalOrNode(
                id, plan(target), plan(arguments[0]), unwraps: unwraps,
                takesPlainValues: unwraps && environment.orValueTakesPlainValues)
        }
        var name = function
        var operands = (target.map { [$0] } ?? []) + arguments
        if let target, let prefix = qualifiedName(target), environment.functions["\(prefix).\(function)"] != nil,
            !scope.contains(where: { $0.name == prefix.prefix { $0 != "." } })
        {
            // A function in a namespace, such as `sets.contains(a, b)`.
            name = "\(prefix).\(function)"
            operands = arguments
        }
        return functionCall(id, name, operands, overloads)
    }

    /// `a.b.c` of a chain of plain selections.
    private func qualifiedName(_ id: ExpressionID) -> String? {
        switch expression.tree[id] {
        case .identifier(let name): name
        case .select(let operand, let field, false): qualifiedName(operand).map { "\($0).\(field)" }
        default: nil
        }
    }

    private static let conversions: Set<String> = [
        "bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint",
    ]

    private mutating func functionCall(
        _ id: ExpressionID, _ function: String, _ operands: [ExpressionID], _ overloadIDs: [String]
    ) -> PlanNode {
        let declaration = environment.functions[function]
        let overloads = declaration?.overloads.filter {
            $0.parameters.count == operands.count && (overloadIDs.isEmpty || overloadIDs.contains($0.id))
        }
        guard let declaration, let overloads, !overloads.isEmpty else {
            if overloadIDs.isEmpty, expression.isUnchecked {
                return FailingNode(id, EvaluationError(.noSuchOverload, "no such overload: \(function)", at: id))
            }
            report("cel-undeclared-function", "undeclared function `\(function)`", at: id)
            return ConstantNode(id, .null)
        }
        let nodes = operands.map { plan($0) }
        let isStatic =
            overloads.count == 1 && operands.allSatisfy { expression.types[Int($0.index)].isConcrete }
        var candidates: [CallNode.Candidate] = []
        for overload in overloads {
            guard var implementation = overload.implementation else { continue }
            if overloads.count == 1, let specialize = overload.specialize {
                do throws(EvaluationError) {
                    implementation = try specialize(nodes.map(\.constant)) ?? implementation
                } catch {
                    let place = zip(nodes, operands).first { $0.0.constant != nil }?.1 ?? id
                    report(invalid: operands.last ?? id, of: function, error.message, at: place)
                }
            }
            candidates.append(
                CallNode.Candidate(
                    parameters: overload.parameters, implementation: implementation,
                    needsCheck: !isStatic && overload.isGuarded))
        }
        guard !candidates.isEmpty else {
            report("cel-unsupported-function", "function `\(function)` is not supported", at: id)
            return ConstantNode(id, .null)
        }
        let cost = overloads.count == 1 ? overloads[0].cost : declaration.dynamicCost
        let node = CallNode.make(id, function: function, arguments: nodes, candidates: candidates, cost: cost)
        if Self.conversions.contains(function), nodes.count == 1, nodes[0].constant != nil {
            return folded(node, function, operands[0])
        }
        if !nodes.isEmpty, candidates.count == 1, case .nullary(let body) = candidates[0].implementation {
            return folded(body, id)
        }
        if candidates.count == 1, case .scoped = candidates[0].implementation { return node }
        if !traced, nodes.allSatisfy(\.isSteady), let steady = SteadyNode(node) { return steady }
        return node
    }

    /// A conversion of a constant is a constant, and a failing one a compile error.
    private mutating func folded(_ node: PlanNode, _ function: String, _ argument: ExpressionID) -> PlanNode {
        let program = Program(root: node, localCount: 0, type: .dyn)
        var budget = CostBudget.unlimited
        do throws(EvaluationError) {
            return ConstantNode(node.id, try program.evaluate(Activation([]), budget: &budget))
        } catch {
            report(invalid: argument, of: function, error.message, at: node.id)
            return ConstantNode(node.id, .null)
        }
    }

    /// A call that its constant arguments have made a constant.
    private mutating func folded(
        _ body: () throws(EvaluationError) -> Value, _ id: ExpressionID
    ) -> PlanNode {
        do throws(EvaluationError) {
            return ConstantNode(id, try body())
        } catch {
            report("cel-invalid-constant", error.message, at: id)
            return ConstantNode(id, .null)
        }
    }

    private mutating func operatorNode(
        _ id: ExpressionID, _ function: String, _ arguments: [ExpressionID], _ overloads: [String]
    ) -> PlanNode? {
        switch (function, arguments.count) {
        case (Operator.index, 2): return index(id, arguments[0], arguments[1], isOptional: false)
        case (Operator.optionalIndex, 2), (Operator.optionalSelect, 2):
            return index(id, arguments[0], arguments[1], isOptional: true)
        default: break
        }
        guard Operator.evaluated.contains(function) else { return nil }
        let operands = arguments.map { plan($0) }
        guard let node = operatorNode(id, function, operands, overloads) else { return nil }
        // Logic costs nothing: without this a loop could repeat any amount of it within its cost limit.
        if !traced, operands.allSatisfy(\.isSteady), node.constant == nil, let steady = SteadyNode(node) {
            return steady
        }
        return node
    }

    private func operatorNode(
        _ id: ExpressionID, _ function: String, _ operands: [PlanNode], _ overloads: [String]
    ) -> PlanNode? {
        switch (function, operands.count) {
        case (Operator.conditional, 3): return ConditionalNode(id, operands[0], operands[1], operands[2])
        case (Operator.and, 2): return LogicNode(id, operands[0], operands[1], decisive: false)
        case (Operator.or, 2): return LogicNode(id, operands[0], operands[1], decisive: true)
        case (Operator.not, 1): return NotNode(id, operands[0])
        case (Operator.notStrictlyFalse, 1): return NotStrictlyFalseNode(id, operands[0])
        case (Operator.negate, 1): return NegationNode(id, operands[0])
        case (_, 2): return binary(id, function, operands[0], operands[1], overloads)
        default: return nil
        }
    }

    private func binary(
        _ id: ExpressionID, _ function: String, _ left: PlanNode, _ right: PlanNode, _ overloads: [String]
    ) -> PlanNode? {
        // The price of text operators counts only where the checker knew that they work on text.
        let onText = overloads.count == 1 && (overloads[0].hasSuffix("_string") || overloads[0].hasSuffix("_bytes"))
        if let relation = OrderingNode.Relation(rawValue: function) {
            return OrderingNode(id, relation, left, right, cost: onText ? .smaller : .one)
        }
        if let arithmetic = Arithmetic(function) {
            return ArithmeticNode(id, arithmetic, left, right, cost: arithmetic == .add && onText ? .both : .one)
        }
        switch function {
        case Operator.equals, Operator.notEquals:
            return equality(id, left, right, negated: function == Operator.notEquals)
        case Operator.in: return membership(id, left, right, isList: overloads == ["in_list"])
        default: return nil
        }
    }

    private func equality(_ id: ExpressionID, _ left: PlanNode, _ right: PlanNode, negated: Bool) -> PlanNode {
        let general = EqualityNode(id, left, right, negated: negated)
        if let attribute = left as? AttributeNode, let text = right.constant?.stringValue {
            return TextEqualityNode(general, attribute, text)
        }
        if let attribute = right as? AttributeNode, let text = left.constant?.stringValue {
            return TextEqualityNode(general, attribute, text)
        }
        return general
    }

    private func membership(_ id: ExpressionID, _ left: PlanNode, _ right: PlanNode, isList: Bool) -> PlanNode {
        if isList, case .list(let elements) = right.constant {
            if elements.isEmpty { return ConstantNode(id, .bool(false)) }
            if elements.allSatisfy(\.isHashableScalar) { return ConstantMembershipNode(id, left, elements) }
        }
        let general = MembershipNode(id, left, right, cost: isList ? .right : .one)
        if !isList, let attribute = right as? AttributeNode, let key = left.constant?.stringValue {
            return KeyMembershipNode(general, key, attribute)
        }
        return general
    }
}

/// A node that can only fail.
final class FailingNode: PlanNode, @unchecked Sendable {
    private let error: EvaluationError

    init(_ id: ExpressionID, _ error: EvaluationError) {
        self.error = error
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value { throw error }
}

extension Value {
    /// Kinds that a constant list may hold for membership to be a look-up.
    fileprivate var isHashableScalar: Bool {
        switch self {
        case .bool, .int, .uint, .string, .text: true
        case .double(let value): !value.isNaN
        default: false
        }
    }
}

extension CELType {
    /// As `type(x)` names values of this type.
    fileprivate var runtimeName: String {
        switch self {
        case .null: "null_type"
        case .list: "list"
        case .map: "map"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .type: "type"
        case .opaque(let name, _): name
        default: description
        }
    }

    /// Whether nothing about a value of this type is left to run time.
    var isConcrete: Bool {
        switch self {
        case .dyn, .error, .parameter, .any: false
        case .list(let element): element.isConcrete
        case .map(let key, let value): key.isConcrete && value.isConcrete
        case .opaque(_, let parameters): parameters.allSatisfy(\.isConcrete)
        case .wrapper: false
        default: true
        }
    }
}

extension Program {
    /// - Parameter traced: make a program that records every node's value, for explanations.
    /// - Throws: constants that can never work, and functions without code.
    package init(
        planning expression: CheckedExpression, in environment: Environment, traced: Bool = false
    ) throws(CompileError) {
        var planner = Planner(expression, in: environment, traced: traced)
        let root = planner.plan(expression.tree.root)
        let formats = environment.checksFormatCalls ? FormatValidator(expression: expression).issues() : []
        let issues = planner.issues + formats
        guard issues.isEmpty else { throw CompileError(issues) }
        self.init(root: root, localCount: planner.slotCount, type: expression.type)
    }
}
