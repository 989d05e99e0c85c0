internal import Values

extension Checker {
    mutating func checkList(_ id: ExpressionID, _ elements: [ExpressionID], _ optionals: Set<Int>) {
        var joined: CELType?
        for (index, element) in elements.enumerated() {
            check(element)
            let elementType = optionals.contains(index) ? unwrapped(element) : type(of: element)
            joined = join(joined, elementType)
        }
        set(id, .list(joined ?? solver.newVariable()))
    }

    mutating func checkMap(_ id: ExpressionID, _ entries: [Syntax.MapEntry]) {
        var key: CELType?
        var value: CELType?
        for entry in entries {
            check(entry.key)
            key = join(key, type(of: entry.key))
            check(entry.value)
            value = join(value, entry.isOptional ? unwrapped(entry.value) : type(of: entry.value))
        }
        let type = CELType.map(key ?? solver.newVariable(), value ?? solver.newVariable())
        // `{a: a}` doubles the type of `a`: resolving it here keeps a chain of such within bounds.
        set(id, solver.resolve(type))
    }

    /// The content's type of an optional, for `?e`.
    private mutating func unwrapped(_ id: ExpressionID) -> CELType {
        let found = solver.resolve(type(of: id))
        if let content = found.optionalContent { return content }
        if !found.isDynOrError {
            report(
                CheckIssue.mismatch(
                    expected: shown(.optional(found)), found: shown(found), mark(id)))
        }
        return found
    }

    /// The most general common type of a literal's elements; dyn where there is none.
    private mutating func join(_ previous: CELType?, _ current: CELType) -> CELType {
        guard let previous else { return current }
        guard solver.isAssignable(previous, to: current) else { return .dyn }
        // An optional may be null; the list's elements stay optionals.
        if case .null = current, previous.optionalContent != nil { return previous }
        if case .null = previous, current.optionalContent != nil { return current }
        return TypeSolver.mostGeneral(previous, current)
    }

    // MARK: Messages

    mutating func checkStructure(_ id: ExpressionID, _ name: String, _ fields: [Syntax.StructureField]) {
        if environment.isOpenStructure(name) {
            set(id, .structure(name))
            refer(id, .constant(.type(name)))
            for field in fields { checkOpenField(field) }
            return
        }
        guard let declaration = resolve(name) else {
            set(id, .error)
            report(CheckIssue.undeclared(name, mark(id), environment, locals: []))
            for field in fields { check(field.value) }
            return
        }
        var result = CELType.error
        var structure: String?
        switch (declaration.type, declaration.reference) {
        case (.error, _): break
        case (.type(let type), .constant(.type(let fullName))):
            if isConstructible(fullName, type) {
                result = type
                structure = fullName
                if fullName != name { tree[id] = .structure(type: fullName, fields: fields) }
                refer(id, .constant(.type(fullName)))
            } else {
                report(CheckIssue.noMessage(name, mark(id)))
            }
        default: report(CheckIssue.noType(name, mark(id)))
        }
        set(id, result)
        for field in fields { checkField(field, of: structure) }
    }

    private mutating func checkOpenField(_ field: Syntax.StructureField) {
        check(field.value)
        if field.isOptional { _ = unwrapped(field.value) }
    }

    private func isConstructible(_ name: String, _ type: CELType) -> Bool {
        if WellKnownTypes.entry(name) != nil { return true }
        if case .structure = type { return true }
        return false
    }

    private mutating func checkField(_ field: Syntax.StructureField, of structure: String?) {
        check(field.value)
        guard let structure else { return }
        var value = type(of: field.value)
        if field.isOptional { value = unwrapped(field.value) }
        guard let expected = fieldType(field.name, of: structure) else {
            report(CheckIssue.undefinedField(field.name, structure, mark(field.id), fields(of: structure)))
            return
        }
        if !solver.isAssignable(expected, to: value) {
            report(CheckIssue.fieldMismatch(field.name, expected: shown(expected), found: shown(value), mark(field.id)))
        }
    }

    // MARK: Homogeneous literals

    /// Reports lists and maps with elements of several types, everywhere but below calls of `format`.
    ///
    /// Runs on finished types, where dyn next to another type counts as different.
    mutating func checkHomogeneousLiterals() {
        var reached = [tree.root]
        while let id = reached.popLast() {
            switch tree[id] {
            case .list(let elements, let optionals): checkHomogeneous(elements, optionals)
            case .map(let entries): checkHomogeneous(entries)
            case .call("format", _, _): continue
            default: break
            }
            tree.forEachChild(of: id) { reached.append($0) }
        }
    }

    private mutating func checkHomogeneous(_ elements: [ExpressionID], _ optionals: Set<Int>) {
        guard let first = elements.first else { return }
        let expected = content(first, isOptional: optionals.contains(0))
        for (index, element) in elements.enumerated().dropFirst() {
            let found = content(element, isOptional: optionals.contains(index))
            guard !found.isEquivalent(to: expected) else { continue }
            report(CheckIssue.mixedLiteral("list", expected: shown(expected), found: shown(found), mark(element)))
            return
        }
    }

    private mutating func checkHomogeneous(_ entries: [Syntax.MapEntry]) {
        guard let first = entries.first else { return }
        let key = type(of: first.key)
        let value = content(first.value, isOptional: first.isOptional)
        for entry in entries.dropFirst() {
            let foundKey = type(of: entry.key)
            if !foundKey.isEquivalent(to: key) {
                report(CheckIssue.mixedLiteral("map", expected: shown(key), found: shown(foundKey), mark(entry.key)))
            }
            let foundValue = content(entry.value, isOptional: entry.isOptional)
            if !foundValue.isEquivalent(to: value) {
                report(
                    CheckIssue.mixedLiteral("map", expected: shown(value), found: shown(foundValue), mark(entry.value)))
            }
        }
    }

    private func content(_ id: ExpressionID, isOptional: Bool) -> CELType {
        let found = type(of: id)
        return isOptional ? found.optionalContent ?? found : found
    }
}

extension CELType {
    /// The same type; a wrapper is as good as what it wraps, and one type value as another.
    fileprivate func isEquivalent(to other: CELType) -> Bool {
        switch (self, other) {
        case (.wrapper(let left), let right), (let right, .wrapper(let left)): left == right || self == other
        case (.type, .type): true
        case (.list(let left), .list(let right)): left.isEquivalent(to: right)
        case (.map(let leftKey, let leftValue), .map(let rightKey, let rightValue)):
            leftKey.isEquivalent(to: rightKey) && leftValue.isEquivalent(to: rightValue)
        default: self == other
        }
    }
}

extension SyntaxTree {
    /// Calls `body` with each node directly below `id`, in the order of the text where that is defined.
    package func forEachChild(of id: ExpressionID, _ body: (ExpressionID) -> Void) {
        switch self[id] {
        case .constant, .identifier: break
        case .select(let operand, _, _): body(operand)
        case .call(_, let target, let arguments):
            if let target { body(target) }
            for argument in arguments { body(argument) }
        case .list(let elements, _):
            for element in elements { body(element) }
        case .map(let entries):
            for entry in entries {
                body(entry.key)
                body(entry.value)
            }
        case .structure(_, let fields):
            for field in fields { body(field.value) }
        case .comprehension(let loop):
            body(loop.range)
            body(loop.initial)
            body(loop.condition)
            body(loop.step)
            body(loop.result)
        }
    }
}
