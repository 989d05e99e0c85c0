internal import Values

extension Parser {
    /// `all`, `exists` and `exists_one` over one or two variables.
    mutating func expandQuantifier(
        _ call: MacroCall, _ target: ExpressionID, second: ExpressionID?
    ) -> ExpressionID? {
        guard let variables = loopVariables(call, isPair: second != nil) else { return call.arguments[0] }
        let predicate = call.arguments[call.arguments.count - 1]
        let make = Expansion(call)
        let macro: Comprehension.Macro
        let initial: ExpressionID
        let condition: ExpressionID
        let step: ExpressionID
        let result: ExpressionID
        switch call.function {
        case "all":
            macro = .all
            initial = make.constant(.bool(true), &builder)
            condition = make.call(Operator.notStrictlyFalse, [make.accumulator(&builder)], &builder)
            step = make.call(Operator.and, [make.accumulator(&builder), predicate], &builder)
            result = make.accumulator(&builder)
        case "exists":
            macro = .exists
            initial = make.constant(.bool(false), &builder)
            let negation = make.call(Operator.not, [make.accumulator(&builder)], &builder)
            condition = make.call(Operator.notStrictlyFalse, [negation], &builder)
            step = make.call(Operator.or, [make.accumulator(&builder), predicate], &builder)
            result = make.accumulator(&builder)
        default:
            macro = .existsOne
            initial = make.constant(.int(0), &builder)
            condition = make.constant(.bool(true), &builder)
            let one = make.constant(.int(1), &builder)
            let more = make.call(Operator.add, [make.accumulator(&builder), one], &builder)
            step = make.call(Operator.conditional, [predicate, more, make.accumulator(&builder)], &builder)
            let count = make.constant(.int(1), &builder)
            result = make.call(Operator.equals, [make.accumulator(&builder), count], &builder)
        }
        return make.loop(
            macro, variables, over: target, initial: initial, condition: condition, step: step, result: result,
            &builder)
    }

    mutating func expandMap(_ call: MacroCall, _ target: ExpressionID) -> ExpressionID? {
        guard let variables = loopVariables(call, isPair: false) else { return call.arguments[0] }
        let filter = call.arguments.count == 3 ? call.arguments[1] : nil
        return collect(.map, variables, call, target, filter: filter, element: call.arguments[call.arguments.count - 1])
    }

    mutating func expandFilter(_ call: MacroCall, _ target: ExpressionID) -> ExpressionID? {
        guard let variables = loopVariables(call, isPair: false) else { return call.arguments[0] }
        return collect(.filter, variables, call, target, filter: call.arguments[1], element: call.arguments[0])
    }

    /// A loop that appends `element` to a list wherever `filter` holds.
    private mutating func collect(
        _ macro: Comprehension.Macro, _ variables: LoopVariables, _ call: MacroCall, _ target: ExpressionID,
        filter: ExpressionID?, element: ExpressionID
    ) -> ExpressionID {
        let make = Expansion(call)
        let initial = make.list([], &builder)
        let addition = make.list([element], &builder)
        let step = make.call(Operator.add, [make.accumulator(&builder), addition], &builder)
        return make.filteredLoop(macro, variables, over: target, initial: initial, filter: filter, step: step, &builder)
    }

    mutating func expandTransform(_ call: MacroCall, _ target: ExpressionID) -> ExpressionID? {
        guard let variables = loopVariables(call, isPair: true) else { return call.arguments[0] }
        let filter = call.arguments.count == 4 ? call.arguments[2] : nil
        let transform = call.arguments[call.arguments.count - 1]
        guard call.function != "transformList" else {
            return collect(.transformList, variables, call, target, filter: filter, element: transform)
        }
        let make = Expansion(call)
        let initial = make.map(&builder)
        var arguments = [make.accumulator(&builder), transform]
        if call.function == "transformMap" {
            arguments.insert(make.identifier(variables.first, &builder), at: 1)
        }
        let step = make.call(MacroNames.mapInsert, arguments, &builder)
        return make.filteredLoop(
            call.function == "transformMap" ? .transformMap : .transformMapEntry, variables, over: target,
            initial: initial, filter: filter, step: step, &builder)
    }

    private mutating func loopVariables(_ call: MacroCall, isPair: Bool) -> LoopVariables? {
        guard let first = loopVariable(call.function, call.arguments[0]) else { return nil }
        guard isPair else { return LoopVariables(first: first, second: nil) }
        guard let second = loopVariable(call.function, call.arguments[1]) else { return nil }
        guard first != second else {
            _ = macroError(call.function, "two different loop variables", call.arguments[1])
            return nil
        }
        return LoopVariables(first: first, second: second)
    }
}

struct LoopVariables {
    let first: String
    let second: String?
}

/// Makes the nodes of one expansion; all of them stand where the macro call stands.
struct Expansion {
    private let span: SourceSpan
    private let mark: SourceSpan

    init(_ call: MacroCall) {
        span = call.span
        mark = call.mark
    }

    func append(_ node: Syntax, _ builder: inout TreeBuilder) -> ExpressionID {
        builder.append(node, span, mark: mark)
    }

    func constant(_ value: Value, _ builder: inout TreeBuilder) -> ExpressionID { append(.constant(value), &builder) }

    func identifier(_ name: String, _ builder: inout TreeBuilder) -> ExpressionID {
        append(.identifier(name), &builder)
    }

    func accumulator(_ builder: inout TreeBuilder) -> ExpressionID { identifier(MacroNames.accumulator, &builder) }

    func list(_ elements: [ExpressionID], _ builder: inout TreeBuilder) -> ExpressionID {
        append(.list(elements: elements, optionals: []), &builder)
    }

    func map(_ builder: inout TreeBuilder) -> ExpressionID { append(.map(entries: []), &builder) }

    func call(
        _ function: String, target: ExpressionID? = nil, _ arguments: [ExpressionID], _ builder: inout TreeBuilder
    ) -> ExpressionID {
        append(.call(function: function, target: target, arguments: arguments), &builder)
    }

    func loop(
        _ macro: Comprehension.Macro, _ variables: LoopVariables, over range: ExpressionID, initial: ExpressionID,
        condition: ExpressionID, step: ExpressionID, result: ExpressionID, _ builder: inout TreeBuilder
    ) -> ExpressionID {
        append(
            .comprehension(
                Comprehension(
                    macro: macro, variable: variables.first, secondVariable: variables.second, range: range,
                    accumulator: MacroNames.accumulator, initial: initial, condition: condition, step: step,
                    result: result)), &builder)
    }

    /// A loop over everything whose step is skipped where `filter` does not hold.
    func filteredLoop(
        _ macro: Comprehension.Macro, _ variables: LoopVariables, over range: ExpressionID, initial: ExpressionID,
        filter: ExpressionID?, step: ExpressionID, _ builder: inout TreeBuilder
    ) -> ExpressionID {
        let condition = constant(.bool(true), &builder)
        var step = step
        if let filter { step = call(Operator.conditional, [filter, step, accumulator(&builder)], &builder) }
        return loop(
            macro, variables, over: range, initial: initial, condition: condition, step: step,
            result: accumulator(&builder), &builder)
    }

    /// A loop over nothing that gives `body` with `variable` bound to `value`.
    func binding(
        _ variable: String, to value: ExpressionID, in body: ExpressionID,
        _ builder: inout TreeBuilder
    ) -> ExpressionID {
        let range = list([], &builder)
        let condition = constant(.bool(false), &builder)
        let step = identifier(variable, &builder)
        return append(
            .comprehension(
                Comprehension(
                    macro: .bind, variable: MacroNames.unused, range: range, accumulator: variable, initial: value,
                    condition: condition, step: step, result: body)), &builder)
    }
}
