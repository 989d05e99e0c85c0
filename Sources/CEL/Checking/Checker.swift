internal import Values

extension CheckedExpression {
    /// Resolves every name and call of an expression and infers its types.
    ///
    /// - Throws: everything found wrong, up to `Limits.issues`.
    package init(checking parsed: ParsedExpression, in environment: Environment) throws(CompileError) {
        var checker = Checker(parsed.tree, environment)
        try checker.run()
        self.init(text: parsed.text, tree: checker.tree, types: checker.types, references: checker.references)
    }
}

/// Walks a syntax tree from the leaves up; the rules are those of the Go implementation's checker.
struct Checker {
    var tree: SyntaxTree
    let environment: Environment
    var types: [CELType]
    var references: [Reference?]
    var solver = TypeSolver()
    /// Names that loops bind, the innermost last.
    var locals: [(name: String, type: CELType)] = []
    var issues: [CompileIssue] = []
    /// Only with assumptions; see `LooseTyping`.
    var loose = LooseFindings()

    var isLoose: Bool { environment.assumptions != nil }

    init(_ tree: SyntaxTree, _ environment: Environment) {
        self.tree = tree
        self.environment = environment
        types = Array(repeating: .dyn, count: tree.nodes.count)
        references = Array(repeating: nil, count: tree.nodes.count)
    }

    mutating func run() throws(CompileError) {
        check(tree.root)
        for index in types.indices { types[index] = solver.finalize(types[index]) }
        if solver.isExhausted { report(CheckIssue.typeTooLarge(tree.span(of: tree.root))) }
        if issues.isEmpty, environment.requiresHomogeneousLiterals { checkHomogeneousLiterals() }
        guard issues.isEmpty else {
            throw CompileError(Array(issues.sorted { $0.span.start < $1.span.start }.prefix(Limits.issues)))
        }
    }

    func type(of id: ExpressionID) -> CELType { types[Int(id.index)] }

    mutating func set(_ id: ExpressionID, _ type: CELType) { types[Int(id.index)] = type }

    mutating func refer(_ id: ExpressionID, _ reference: Reference) { references[Int(id.index)] = reference }

    func mark(_ id: ExpressionID) -> SourceSpan { tree.mark(of: id) }

    mutating func report(_ issue: CompileIssue) {
        // A node that a macro copied is wrong in both copies, at the same place.
        guard issues.count < Limits.issues, !issues.contains(where: { $0.span == issue.span && $0.id == issue.id })
        else { return }
        issues.append(issue)
    }

    /// The type as a message shows it.
    mutating func shown(_ type: CELType) -> String { solver.finalize(type).description }

    /// Infers the type of a node and everything below it.
    mutating func check(_ id: ExpressionID) {
        if isLoose { loose.visited[Int(id.index)] = true }
        switch tree[id] {
        case .constant(let value): set(id, Self.type(ofConstant: value))
        case .identifier(let name): checkIdentifier(id, name)
        case .select(let operand, let field, let isTest): checkSelect(id, operand, field, isTest: isTest)
        case .call(let function, let target, let arguments): checkCall(id, function, target, arguments)
        case .list(let elements, let optionals): checkList(id, elements, optionals)
        case .map(let entries): checkMap(id, entries)
        case .structure(let type, let fields): checkStructure(id, type, fields)
        case .comprehension(let loop): checkComprehension(id, loop)
        }
    }

    private static func type(ofConstant value: Value) -> CELType {
        switch value {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        default: .dyn
        }
    }

    private mutating func checkIdentifier(_ id: ExpressionID, _ name: String) {
        guard let declaration = resolve(name) else {
            set(id, .error)
            report(CheckIssue.undeclared(name, mark(id), environment, locals: locals.map(\.name)))
            return
        }
        set(id, declaration.type)
        refer(id, declaration.reference)
    }

    private mutating func checkSelect(_ id: ExpressionID, _ operand: ExpressionID, _ field: String, isTest: Bool) {
        if !isTest, let name = qualifiedName(id), let declaration = resolve(name) {
            set(id, declaration.type)
            refer(id, declaration.reference)
            return
        }
        let type = checkField(id, of: operand, field, isOptional: false, isTest: isTest)
        set(id, isTest ? .bool : solver.resolve(type))
    }

    /// Checks `operand.field` and gives its type.
    mutating func checkField(
        _ id: ExpressionID, of operand: ExpressionID, _ field: String, isOptional: Bool, isTest: Bool = false
    ) -> CELType {
        check(operand)
        let operandType = solver.resolve(type(of: operand))
        let target = operandType.optionalContent ?? operandType
        let result: CELType
        switch target {
        case .map(_, let value): result = value
        case .structure(let name):
            result = fieldType(field, of: name) ?? .error
            if case .error = result {
                let issue = CheckIssue.undefinedField(field, name, mark(id), fields(of: name))
                if isLoose, isOptional || isTest || operandType.optionalContent != nil {
                    loose.missing.append(issue)
                    loose.absent.insert(id)
                } else {
                    report(issue)
                }
            }
        case .variable:
            _ = solver.isAssignable(.dyn, to: target)
            result = .dyn
        case .dyn, .any, .error: result = .dyn
        case .null where isLoose: result = .dyn
        default:
            report(CheckIssue.noFields(shown(target), field, mark(id)))
            result = .dyn
        }
        return isOptional || operandType.optionalContent != nil ? .optional(result) : result
    }

    private mutating func checkComprehension(_ id: ExpressionID, _ loop: Comprehension) {
        check(loop.range)
        check(loop.initial)
        let range = solver.resolve(type(of: loop.range))
        let accumulator = type(of: loop.initial)
        let isPair = loop.secondVariable != nil
        var first = CELType.dyn
        var second = CELType.dyn
        switch range {
        case .list(let element): (first, second) = isPair ? (.int, element) : (element, .dyn)
        case .map(let key, let value): (first, second) = (key, value)
        case .dyn, .any, .error, .variable:
            if case .variable = range { _ = solver.isAssignable(.dyn, to: range) }
        case .structure where isLoose: (first, second) = (.string, .dyn)
        default:
            report(CheckIssue.noRange(shown(range), mark(loop.range)))
            (first, second) = (.error, .error)
        }
        locals.append((loop.accumulator, accumulator))
        locals.append((loop.variable, first))
        if let name = loop.secondVariable { locals.append((name, second)) }
        check(loop.condition)
        require(loop.condition, .bool)
        check(loop.step)
        require(loop.step, accumulator)
        locals.removeLast(isPair ? 2 : 1)
        check(loop.result)
        locals.removeLast()
        set(id, solver.resolve(type(of: loop.result)))
    }

    mutating func require(_ id: ExpressionID, _ expected: CELType) {
        let found = type(of: id)
        guard !solver.isAssignable(expected, to: found), !isLoose else { return }
        report(CheckIssue.mismatch(expected: shown(expected), found: shown(found), mark(id)))
    }
}
