internal import Values

extension CostEstimator {
    mutating func costOfCall(
        _ id: ExpressionID, _ function: String, _ target: ExpressionID?, _ arguments: [ExpressionID]
    ) -> Estimate {
        if function == "dyn", arguments.count == 1 {
            let inner = cost(arguments[0])
            note(id, size: size(arguments[0]))
            note(id, elements: elements(arguments[0]))
            return inner + .one
        }
        let costs = arguments.map { cost($0) }
        let targetCost = target.map { cost($0) } ?? .zero
        // Where the types left several open, and where a loose check found none, the name has to do.
        var overloads: [String] = [""]
        if case .overloads(let known)? = checked.references[Int(id.index)], !known.isEmpty { overloads = known }
        var result = Estimate(min: .max, max: 0)
        var size: Estimate?
        for overload in overloads {
            let call = costOfOverload(id, function, overload, target, arguments, costs)
            result = result.union(call.cost)
            if let own = call.size { size = size?.union(own) ?? own }
        }
        if function == Operator.index, arguments.count == 2 {
            size = elements(arguments[0])?.value
            let isMap: Bool
            switch type(arguments[0]) {
            case .map, .structure: isMap = true
            default: isMap = false
            }
            note(id, path: path(arguments[0]).map { $0 + [step(into: arguments[0], arguments[1], isMap: isMap)] })
        } else if function == Operator.optionalSelect, arguments.count == 2,
            case .constant(.string(let field)) = checked.tree[arguments[1]]
        {
            note(id, path: path(arguments[0]).map { $0 + [field] })
        }
        note(id, size: size)
        return targetCost + result
    }

    /// The field that a constant key of a structure names, else any element.
    private func step(into container: ExpressionID, _ key: ExpressionID, isMap: Bool) -> String {
        if case .structure = type(container), case .constant(.string(let field)) = checked.tree[key] { return field }
        return isMap ? "@values" : "@items"
    }

    private mutating func costOfOverload(
        _ id: ExpressionID, _ function: String, _ overload: String, _ target: ExpressionID?,
        _ arguments: [ExpressionID], _ costs: [Estimate]
    ) -> (cost: Estimate, size: Estimate?) {
        let sum = costs.reduce(.zero, +)
        let known = assumptions.call(
            function, overload: overload, target: target.map { node($0) }, arguments: arguments.map { node($0) })
        if let known { return (known.cost + sum, known.size) }
        func size(_ id: ExpressionID) -> Estimate { self.size(id) ?? .unknown }
        func traversal(_ estimate: Estimate) -> Estimate { estimate.scaled(by: CostFormula.traversal) }
        switch (function, arguments.count) {
        case ("format", _) where target != nil:
            return (target.map { traversal(size($0)) + sum } ?? sum, nil)
        case ("bytes", 1) where overload == "string_to_bytes":
            let text = size(arguments[0])
            return (traversal(text) + sum, Estimate(min: text.min, max: (text * .exactly(4)).max))
        case ("string", 1) where overload == "bytes_to_string":
            let bytes = size(arguments[0])
            return (traversal(bytes) + sum, Estimate(min: bytes.min / 4, max: bytes.max))
        case ("strings.quote", 1):
            let text = size(arguments[0])
            return (
                traversal(text) + sum,
                Estimate(min: (text + .exactly(2)).min, max: (text * .exactly(2) + .exactly(2)).max)
            )
        case ("startsWith", 1), ("endsWith", 1): return (traversal(size(arguments[0])) + sum, nil)
        case (Operator.in, 2) where overload != "in_map":
            if case .map = type(arguments[1]) { return (sum + .one, nil) }
            return (size(arguments[1]) + sum, nil)
        case ("matches", 1), ("matches", 2):
            let (text, pattern) = (target ?? arguments[0], arguments[arguments.count - 1])
            let textCost = traversal(size(text) + .one)
            return (textCost * size(pattern).scaled(by: CostFormula.pattern) + sum, nil)
        case ("contains", 1) where target != nil:
            let textCost = target.map { traversal(size($0)) } ?? .zero
            return (textCost * traversal(size(arguments[0])) + sum, nil)
        case (Operator.and, 2), (Operator.or, 2):
            return (Estimate(min: costs[0].min, max: (costs[0] + costs[1]).max), nil)
        case (Operator.conditional, 3):
            if let first = elements(arguments[1]), let second = elements(arguments[2]) {
                note(id, elements: first.union(second))
            }
            return (costs[0] + costs[1].union(costs[2]), size(arguments[1]).union(size(arguments[2])))
        case (Operator.add, 2): return costOfSum(id, overload, arguments, sum)
        case (Operator.equals, 2), (Operator.notEquals, 2), (Operator.less, 2), (Operator.lessEquals, 2),
            (Operator.greater, 2), (Operator.greaterEquals, 2):
            let smaller = min(size(arguments[0]).max, size(arguments[1]).max)
            return (traversal(Estimate(min: smaller > 0 ? 1 : 0, max: smaller)) + sum, nil)
        default: return (sum + .one, nil)
        }
    }

    private mutating func costOfSum(
        _ id: ExpressionID, _ overload: String, _ arguments: [ExpressionID], _ sum: Estimate
    ) -> (cost: Estimate, size: Estimate?) {
        let isList: Bool = if case .list = type(id) { true } else { overload == "add_list" }
        guard isList || ["add_string", "add_bytes"].contains(overload) || type(id) == .string else {
            return (sum + .one, nil)
        }
        let size = (size(arguments[0]) ?? .unknown) + (size(arguments[1]) ?? .unknown)
        switch (elements(arguments[0]), elements(arguments[1])) {
        case (let first?, let second?): note(id, elements: first.union(second))
        default: break
        }
        return (isList ? sum + .one : sum + size.scaled(by: CostFormula.traversal), size)
    }
}
