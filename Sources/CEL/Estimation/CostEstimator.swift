internal import Values

/// The least and most that an evaluation may cost, before anything is evaluated, by the Go implementation's rules.
///
/// Every loop is taken to run over all of its range, of every condition the dearer branch is taken, and sizes are what
/// the assumptions say.
package struct CostEstimator {
    let checked: CheckedExpression
    let assumptions: any CostAssumptions
    private var paths: [ExpressionID: [String]] = [:]
    private var sizes: [ExpressionID: Estimate] = [:]
    private var elementSizes: [ExpressionID: ElementSizes] = [:]
    private var locals: [Local] = []

    struct ElementSizes {
        var isList: Bool
        var key: Estimate
        var value: Estimate

        func union(_ other: ElementSizes) -> ElementSizes {
            ElementSizes(isList: isList, key: key.union(other.key), value: value.union(other.value))
        }
    }

    private struct Local {
        let name: String
        let path: [String]?
        let size: Estimate?
        let elements: ElementSizes?
    }

    package static func estimate(_ checked: CheckedExpression, _ assumptions: any CostAssumptions) -> Estimate {
        var estimator = CostEstimator(checked: checked, assumptions: assumptions)
        return estimator.cost(checked.tree.root)
    }

    private init(checked: CheckedExpression, assumptions: any CostAssumptions) {
        self.checked = checked
        self.assumptions = assumptions
    }

    func type(_ id: ExpressionID) -> CELType { checked.types[Int(id.index)] }

    mutating func cost(_ id: ExpressionID) -> Estimate {
        switch checked.tree[id] {
        case .constant: return .zero
        case .identifier(let name):
            paths[id] = local(name).map { $0.path ?? [] } ?? [name]
            return .one
        case .select(let operand, let field, let isTest):
            let inner = cost(operand)
            if isTest { return inner }
            paths[id] = path(operand).map { $0 + [field] }
            switch type(operand) {
            // A dyn operand may be a map as well as anything else.
            case .map, .structure, .dyn: return inner + .one
            default: return inner
            }
        case .call(let function, let target, let arguments): return costOfCall(id, function, target, arguments)
        case .list(let elements, _):
            var sum = Estimate.zero
            var size = Estimate(min: elements.isEmpty ? 0 : .max, max: 0)
            for element in elements {
                sum += cost(element)
                size = size.union(self.size(element) ?? .unknown)
            }
            elementSizes[id] = ElementSizes(isList: true, key: .one, value: size)
            return sum + .exactly(CostFormula.list)
        case .map(let entries): return costOfMap(id, entries)
        case .structure(_, let fields):
            return fields.reduce(.exactly(CostFormula.structure)) { $0 + cost($1.value) }
        case .comprehension(let loop): return loop.macro == .bind ? costOfBinding(id, loop) : costOfLoop(id, loop)
        }
    }

    private mutating func costOfMap(_ id: ExpressionID, _ entries: [Syntax.MapEntry]) -> Estimate {
        var sum = Estimate.zero
        let start = Estimate(min: entries.isEmpty ? 0 : .max, max: 0)
        var (key, value) = (start, start)
        for entry in entries {
            sum += cost(entry.key) + cost(entry.value)
            key = key.union(size(entry.key) ?? .unknown)
            value = value.union(size(entry.value) ?? .unknown)
        }
        elementSizes[id] = ElementSizes(isList: false, key: key, value: value)
        return sum + .exactly(Self.mapCost)
    }

    private static let mapCost: UInt64 = 30

    // MARK: Loops

    private mutating func costOfBinding(_ id: ExpressionID, _ loop: Comprehension) -> Estimate {
        let range = cost(loop.range)
        let initial = cost(loop.initial)
        push(loop.accumulator, path(loop.initial), size(loop.initial), elements(loop.initial))
        let result = cost(loop.result)
        locals.removeLast()
        sizes[id] = size(loop.result)
        elementSizes[id] = elements(loop.result)
        return range + initial + result
    }

    private mutating func costOfLoop(_ id: ExpressionID, _ loop: Comprehension) -> Estimate {
        var sum = cost(loop.range) + cost(loop.initial)
        push(loop.accumulator, nil, size(loop.initial), elements(loop.initial))
        let (range, inside) = (path(loop.range), elements(loop.range))
        let isList: Bool = if let inside { inside.isList } else if case .map = type(loop.range) { false } else { true }
        if let second = loop.secondVariable {
            push(loop.variable, range.map { $0 + [isList ? "@indices" : "@keys"] }, inside?.key, nil)
            push(second, range.map { $0 + [isList ? "@items" : "@values"] }, inside?.value, nil)
        } else {
            push(
                loop.variable, range.map { $0 + [isList ? "@items" : "@keys"] }, isList ? inside?.value : inside?.key,
                nil)
        }
        let round = cost(loop.condition) + cost(loop.step)
        locals.removeLast(loop.secondVariable == nil ? 1 : 2)
        sum += cost(loop.result)
        locals.removeLast()
        let count = size(loop.range) ?? .unknown
        switch checked.tree[loop.initial] {
        case .constant: sizes[id] = size(loop.initial)
        case .list, .map:
            sizes[id] = count
            elementSizes[id] = elements(loop.step)
        default: break
        }
        return sum + count * round
    }

    private mutating func push(_ name: String, _ path: [String]?, _ size: Estimate?, _ elements: ElementSizes?) {
        locals.append(Local(name: name, path: path, size: size, elements: elements))
    }

    private func local(_ name: String) -> Local? { locals.last { $0.name == name } }

    // MARK: Paths and sizes

    func path(_ id: ExpressionID) -> [String]? {
        if case .identifier(let name) = checked.tree[id], let local = local(name) { return local.path }
        return paths[id].flatMap { $0.isEmpty ? nil : $0 }
    }

    mutating func note(_ id: ExpressionID, path: [String]?) { paths[id] = path }

    mutating func note(_ id: ExpressionID, size: Estimate?) { if let size { sizes[id] = size } }

    mutating func note(_ id: ExpressionID, elements: ElementSizes?) { if let elements { elementSizes[id] = elements } }

    func node(_ id: ExpressionID) -> CostNode { CostNode(path: path(id), type: type(id), size: size(id)) }

    /// - Returns: nil where nothing is known.
    func size(_ id: ExpressionID) -> Estimate? {
        if let known = sizes[id] { return known }
        switch checked.tree[id] {
        case .constant(.string(let text)): return .exactly(UInt64(text.unicodeScalars.count))
        case .constant(.bytes(let bytes)): return .exactly(UInt64(bytes.count))
        case .constant: return .one
        case .list(let elements, _): return .exactly(UInt64(elements.count))
        case .map(let entries): return .exactly(UInt64(entries.count))
        default: break
        }
        if let assumed = assumptions.size(of: CostNode(path: path(id), type: type(id))) { return assumed }
        if type(id).isScalar { return .one }
        if case .identifier(let name) = checked.tree[id] { return local(name)?.size }
        return nil
    }

    func elements(_ id: ExpressionID) -> ElementSizes? {
        if let known = elementSizes[id] { return known }
        if case .identifier(let name) = checked.tree[id] { return local(name)?.elements }
        return nil
    }
}

extension CELType {
    /// Of one size whatever the value.
    fileprivate var isScalar: Bool {
        switch self {
        case .bool, .int, .uint, .double, .timestamp, .duration: true
        default: optionalContent?.isScalar ?? false
        }
    }
}
