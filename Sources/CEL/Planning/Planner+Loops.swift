import Values

/// Literals and loops.
extension Planner {
    mutating func map(_ id: ExpressionID, _ entries: [Syntax.MapEntry]) -> PlanNode {
        let planned = entries.map {
            MapNode.Entry(key: plan($0.key), value: plan($0.value), isOptional: $0.isOptional)
        }
        let isStrict = environment.hasStrictMapKeys
        var pairs: [(key: Value, value: Value)] = []
        for entry in planned {
            guard !entry.isOptional, let key = entry.key.constant, let value = entry.value.constant else {
                return MapNode(id, planned, isStrict: isStrict)
            }
            pairs.append((key, value))
        }
        let map = MapValue(pairs)
        if isStrict, map.count < pairs.count || !map.keys.allSatisfy(\.isStrictKey) {
            return MapNode(id, planned, isStrict: true)
        }
        return ConstantNode(id, .map(map))
    }

    mutating func structure(
        _ id: ExpressionID, _ type: String, _ fields: [Syntax.StructureField]
    ) -> PlanNode {
        let fields = fields.map {
            StructureNode.Field(name: $0.name, value: plan($0.value), isOptional: $0.isOptional)
        }
        return StructureNode(id, type: type, fields: fields, make: environment.structures[type]?.make)
    }

    /// Slots are never used twice in a program: a bound value runs when it is first named, in the midst of other loops.
    private mutating func bind(_ name: String) -> Int {
        scope.append((name, slotCount))
        slotCount += 1
        return slotCount - 1
    }

    mutating func loop(_ id: ExpressionID, _ loop: Comprehension) -> PlanNode {
        let range = plan(loop.range)
        // The initial value is outside the scope of the loop's variables.
        let initial = plan(loop.initial)
        let depth = scope.count
        defer { scope.removeLast(scope.count - depth) }
        if loop.macro == .bind {
            let slot = bind(loop.accumulator)
            return BindNode(id, slot: slot, initial: initial, result: plan(loop.result))
        }
        let slots = LoopSlots(
            variable: bind(loop.variable), second: loop.secondVariable.map { bind($0) },
            accumulator: bind(loop.accumulator))
        let shape = LoopRange(node: range, slots: slots)
        if let node = knownLoop(id, loop, shape) { return node }
        let condition = plan(loop.condition)
        let step = plan(loop.step)
        // The result sees the accumulator only; the loop variables are gone there.
        scope.removeLast(scope.count - depth)
        scope.append((loop.accumulator, slots.accumulator))
        return FoldNode(
            id, shape, initial: initial, condition: condition, step: step, result: plan(loop.result))
    }

    /// The fast form of a macro's loop; nil if the expansion does not have the expected shape.
    private mutating func knownLoop(_ id: ExpressionID, _ loop: Comprehension, _ range: LoopRange) -> PlanNode? {
        switch loop.macro {
        case .all, .exists:
            guard case .call(_, nil, let parts) = expression.tree[loop.step], parts.count == 2 else { return nil }
            return QuantifierNode(id, range, plan(parts[1]), decisive: loop.macro == .exists)
        case .existsOne:
            guard case .call(Operator.conditional, nil, let parts) = expression.tree[loop.step] else { return nil }
            return ExistsOneNode(id, range, plan(parts[0]))
        case .map, .filter, .transformList:
            let (condition, addition) = split(loop.step)
            guard case .call(Operator.add, nil, let parts) = expression.tree[addition],
                case .list(let elements, _) = expression.tree[parts[1]], elements.count == 1
            else { return nil }
            return ListBuilderNode(id, range, condition: condition.map { plan($0) }, element: plan(elements[0]))
        case .transformMap, .transformMapEntry:
            let (condition, insertion) = split(loop.step)
            guard case .call("cel.@mapInsert", nil, let parts) = expression.tree[insertion], parts.count >= 2 else {
                return nil
            }
            let inserted = parts.dropFirst().map { plan($0) }
            return MapBuilderNode(id, range, condition: condition.map { plan($0) }, inserted: inserted)
        case .bind, .other: return nil
        }
    }

    /// `p ? addition : @result` into its parts; a step without a condition is the addition itself.
    private func split(_ step: ExpressionID) -> (condition: ExpressionID?, addition: ExpressionID) {
        guard case .call(Operator.conditional, nil, let parts) = expression.tree[step], parts.count == 3 else {
            return (nil, step)
        }
        return (parts[0], parts[1])
    }
}
