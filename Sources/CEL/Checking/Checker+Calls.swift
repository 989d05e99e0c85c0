internal import Values

extension Checker {
    mutating func checkCall(
        _ id: ExpressionID, _ function: String, _ target: ExpressionID?, _ arguments: [ExpressionID]
    ) {
        if function == Operator.optionalSelect { return checkOptionalSelect(id, arguments) }
        if isLoose, target == nil, checkLoosely(id, function, arguments) { return }
        for argument in arguments { check(argument) }
        guard let target else {
            guard let declaration = self.function(function) else {
                set(id, .error)
                report(
                    CheckIssue.undeclaredFunction(
                        function, nil, argumentCount: arguments.count, mark(id), environment))
                return
            }
            if declaration.name != function {
                tree[id] = .call(function: declaration.name, target: nil, arguments: arguments)
            }
            return resolveCall(id, declaration, nil, arguments)
        }
        let prefix = qualifiedName(target)
        if let prefix, let declaration = self.function("\(prefix).\(function)") {
            // The target was only the function's namespace.
            tree[id] = .call(function: declaration.name, target: nil, arguments: arguments)
            return resolveCall(id, declaration, nil, arguments)
        }
        if reportKnownElsewhere(id, function, target, arguments) { return }
        check(target)
        guard let declaration = self.function(function) else {
            set(id, .error)
            report(
                CheckIssue.undeclaredFunction(
                    function, namespace(target), argumentCount: arguments.count, mark(id), environment))
            return
        }
        resolveCall(id, declaration, target, arguments)
    }

    /// A plain identifier that is nothing by itself may have been meant as a namespace, such as `cel` in `cel.bind`.
    private func namespace(_ target: ExpressionID) -> String? {
        guard case .identifier(let name) = tree[target], case .error = type(of: target) else { return nil }
        return name
    }

    /// A function such as `sets.contains` that another version has: then its namespace is no undeclared name as well.
    private mutating func reportKnownElsewhere(
        _ id: ExpressionID, _ function: String, _ target: ExpressionID, _ arguments: [ExpressionID]
    ) -> Bool {
        guard case .identifier(let name) = tree[target], environment.knownElsewhere["\(name).\(function)"] != nil,
            resolve(name) == nil
        else { return false }
        set(target, .error)
        set(id, .error)
        report(
            CheckIssue.undeclaredFunction(
                function, name, argumentCount: arguments.count, mark(target), call: mark(id), environment))
        return true
    }

    private mutating func checkOptionalSelect(_ id: ExpressionID, _ arguments: [ExpressionID]) {
        guard arguments.count == 2, case .constant(.string(let field)) = tree[arguments[1]] else {
            set(id, .error)
            return
        }
        set(arguments[1], .string)
        let type = checkField(id, of: arguments[0], field, isOptional: true)
        set(id, solver.resolve(type))
        refer(id, .overloads(["select_optional_field"]))
    }

    private mutating func resolveCall(
        _ id: ExpressionID, _ function: FunctionDeclaration, _ target: ExpressionID?, _ arguments: [ExpressionID]
    ) {
        if target == nil, function.name == Operator.and || function.name == Operator.or {
            return checkLogical(id, function, arguments)
        }
        var argumentTypes: [CELType] = []
        argumentTypes.reserveCapacity(arguments.count + 1)
        if let target { argumentTypes.append(type(of: target)) }
        for argument in arguments { argumentTypes.append(type(of: argument)) }
        var matching: [String] = []
        var result: CELType?
        for overload in function.overloads where overload.isMember == (target != nil) {
            guard let type = match(overload, argumentTypes) else { continue }
            matching.append(overload.id)
            if let previous = result {
                if !previous.isDynOrError, previous != type { result = .dyn }
            } else {
                result = type
            }
        }
        guard let result else {
            if isLoose, resolveLoosely(id, function, target, argumentTypes) { return }
            set(id, .error)
            let finished = argumentTypes.map { solver.finalize($0) }
            return report(CheckIssue.noMatchingOverload(function, finished, isMember: target != nil, mark(id)))
        }
        set(id, result)
        refer(id, .overloads(matching))
    }

    /// The result type if the overload takes these arguments.
    mutating func match(_ overload: Overload, _ arguments: [CELType]) -> CELType? {
        guard overload.parameters.count == arguments.count else { return nil }
        for index in arguments.indices where arguments[index].clearlyDiffers(from: overload.parameters[index]) {
            return nil
        }
        guard overload.isGeneric else {
            return solver.areAssignable(arguments, to: overload.parameters) ? overload.result : nil
        }
        var instantiation = Instantiation()
        let parameters = overload.parameters.map { instantiation.instantiate($0, &solver) }
        guard solver.areAssignable(arguments, to: parameters) else { return nil }
        return solver.resolve(instantiation.instantiate(overload.result, &solver))
    }

    private mutating func checkLogical(
        _ id: ExpressionID, _ function: FunctionDeclaration, _ arguments: [ExpressionID]
    ) {
        var isBool = true
        for argument in arguments where !solver.isAssignable(type(of: argument), to: .bool) {
            report(
                CheckIssue.mismatch(expected: "bool", found: shown(type(of: argument)), mark(argument)))
            isBool = false
        }
        set(id, isBool ? .bool : .error)
        refer(id, .overloads(function.overloads.map(\.id)))
    }
}
