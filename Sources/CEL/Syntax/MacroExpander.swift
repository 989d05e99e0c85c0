internal import Values

/// A call as written, with its arguments parsed.
struct MacroCall {
    let function: String
    /// Where the function's name is; nodes that an expansion makes point at the parentheses, `mark`.
    let name: SourceSpan
    let target: ExpressionID?
    let arguments: [ExpressionID]
    let span: SourceSpan
    let mark: SourceSpan
}

/// Names that only expansions use; no source text can spell them.
enum MacroNames {
    static let accumulator = "@result"
    static let unused = "#unused"
    static let sortInput = "@__sortBy_input__"
    static let sort = "@sortByAssociatedKeys"
    static let mapInsert = "cel.@mapInsert"
}

extension Parser {
    /// The expansion of a call that names a macro of the environment; nil if it names none.
    mutating func expandMacro(_ call: MacroCall) -> ExpressionID? {
        let macro = Macro(call.function, call.arguments.count, member: call.target != nil)
        guard !environment.macros.isEmpty, environment.macros.contains(macro) else { return nil }
        guard let target = call.target else {
            return call.function == "has" && call.arguments.count == 1 ? expandHas(call) : nil
        }
        switch (call.function, call.arguments.count) {
        case ("all", 2), ("exists", 2), ("exists_one", 2), ("existsOne", 2):
            return expandQuantifier(call, target, second: nil)
        case ("all", 3), ("exists", 3), ("exists_one", 3), ("existsOne", 3):
            return expandQuantifier(call, target, second: call.arguments[1])
        case ("map", 2), ("map", 3): return expandMap(call, target)
        case ("filter", 2): return expandFilter(call, target)
        case ("transformList", 3...4), ("transformMap", 3...4), ("transformMapEntry", 3...4):
            return expandTransform(call, target)
        case ("sortBy", 2): return expandSortBy(call, target)
        case ("bind", 3): return expandBind(call, target)
        case ("block", 2): return expandBlock(call, target)
        case ("index", 1), ("iterVar", 2): return expandBlockName(call, target)
        case ("optMap", 2), ("optFlatMap", 2): return expandOptional(call, target)
        default: return nil
        }
    }

    private mutating func expandHas(_ call: MacroCall) -> ExpressionID {
        guard case .select(let operand, let field, _) = builder.tree[call.arguments[0]] else {
            return macroError("has", "a field selection such as `has(a.b)`", call.arguments[0])
        }
        let mark = builder.tree.mark(of: call.arguments[0])
        return builder.append(
            .select(operand: operand, field: field, isTest: true), call.span,
            mark: SourceSpan(start: call.mark.start, end: mark.end))
    }

    private mutating func expandBind(_ call: MacroCall, _ target: ExpressionID) -> ExpressionID? {
        guard case .identifier("cel") = builder.tree[target] else { return nil }
        guard let variable = simpleName(call.arguments[0]) else {
            return macroError("cel.bind", "a simple name first", call.arguments[0])
        }
        let make = Expansion(call)
        return make.binding(
            variable, to: call.arguments[1], in: call.arguments[2], &builder)
    }

    private mutating func expandOptional(_ call: MacroCall, _ target: ExpressionID) -> ExpressionID {
        guard let variable = simpleName(call.arguments[0]) else {
            return macroError(call.function, "a simple name first", call.arguments[0])
        }
        let make = Expansion(call)
        let hasValue = make.call("hasValue", target: target, [], &builder)
        let value = make.call("value", target: builder.copy(target), [], &builder)
        var result = make.binding(
            variable, to: value, in: call.arguments[1], &builder)
        if call.function == "optMap" { result = make.call("optional.of", [result], &builder) }
        let none = make.call("optional.none", [], &builder)
        return make.call(Operator.conditional, [hasValue, result, none], &builder)
    }

    private mutating func expandSortBy(_ call: MacroCall, _ target: ExpressionID) -> ExpressionID {
        switch builder.tree[target] {
        case .list, .select, .identifier, .comprehension, .call: break
        case .constant, .map, .structure:
            return macroError("sortBy", "a list before the dot", target)
        }
        let make = Expansion(call)
        let input = make.identifier(MacroNames.sortInput, &builder)
        guard let keys = expandMap(call, input) else { return input }
        let again = make.identifier(MacroNames.sortInput, &builder)
        let sort = make.call(MacroNames.sort, target: again, [keys], &builder)
        return make.binding(MacroNames.sortInput, to: target, in: sort, &builder)
    }

    // MARK: Arguments

    /// The name that a macro's argument is; nil if it is something else.
    func simpleName(_ argument: ExpressionID) -> String? {
        guard case .identifier(let name) = builder.tree[argument], !name.utf8.starts(with: ".".utf8) else { return nil }
        return name
    }

    /// The loop variable; nil after reporting that there is none.
    mutating func loopVariable(_ macro: String, _ argument: ExpressionID) -> String? {
        guard let name = simpleName(argument) else {
            // An argument that already was reported is not reported again.
            _ = macroError(macro, "a simple name for its loop variable", argument)
            return nil
        }
        guard name != MacroNames.accumulator, name != "__result__" else {
            _ = macroError(macro, "another name than `\(name)`, which is the loop's own", argument)
            return nil
        }
        return name
    }

    mutating func macroError(_ macro: String, _ needs: String, _ argument: ExpressionID) -> ExpressionID {
        let mark = builder.tree.mark(of: argument)
        let span = SourceSpan(start: mark.start, end: max(mark.end, mark.start))
        if !issues.contains(where: { $0.span.start == span.start }) {
            report(SyntaxIssue.macroArgument(macro, needs, span))
        }
        return argument
    }
}
