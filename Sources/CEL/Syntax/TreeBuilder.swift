/// Builds a tree and keeps its size and depth in bounds.
struct TreeBuilder {
    var tree = SyntaxTree()
    /// Levels at and below each node.
    private var depths: [UInt16] = []
    private(set) var isTooDeep = false
    /// The tree has reached `Limits.treeNodes`; nothing more is added.
    private(set) var isTooLarge = false

    mutating func reserve(_ count: Int) {
        tree.reserve(count)
        depths.reserveCapacity(count)
    }

    mutating func append(_ node: Syntax, _ span: SourceSpan, mark: SourceSpan? = nil) -> ExpressionID {
        guard depths.count < Limits.treeNodes else {
            isTooLarge = true
            return ExpressionID(UInt32(0))
        }
        let depth = 1 + deepest(node)
        if depth > Limits.treeDepth { isTooDeep = true }
        depths.append(UInt16(clamping: depth))
        return tree.append(node, span, mark: mark)
    }

    /// The whole stretch of two nodes and what is between them.
    func span(from first: ExpressionID, to last: ExpressionID) -> SourceSpan {
        SourceSpan(start: tree.span(of: first).start, end: tree.span(of: last).end)
    }

    private func depth(_ id: ExpressionID) -> Int { Int(depths[Int(id.index)]) }

    private func deepest(_ node: Syntax) -> Int {
        switch node {
        case .constant, .identifier: return 0
        case .select(let operand, _, _): return depth(operand)
        case .call(_, let target, let arguments):
            return arguments.reduce(target.map(depth) ?? 0) { max($0, depth($1)) }
        case .list(let elements, _): return elements.reduce(0) { max($0, depth($1)) }
        case .map(let entries): return entries.reduce(0) { max($0, depth($1.key), depth($1.value)) }
        case .structure(_, let fields): return fields.reduce(0) { max($0, depth($1.value)) }
        case .comprehension(let loop):
            return max(
                depth(loop.range), depth(loop.initial), depth(loop.condition), depth(loop.step), depth(loop.result))
        }
    }

    /// A second copy of a subtree, with the same places.
    mutating func copy(_ id: ExpressionID) -> ExpressionID {
        guard !isTooLarge else { return id }
        let node: Syntax
        switch tree[id] {
        case .constant, .identifier: node = tree[id]
        case .select(let operand, let field, let isTest):
            node = .select(operand: copy(operand), field: field, isTest: isTest)
        case .call(let function, let target, let arguments):
            node = .call(function: function, target: target.map { copy($0) }, arguments: arguments.map { copy($0) })
        case .list(let elements, let optionals):
            node = .list(elements: elements.map { copy($0) }, optionals: optionals)
        case .map(var entries):
            for index in entries.indices {
                entries[index].key = copy(entries[index].key)
                entries[index].value = copy(entries[index].value)
                entries[index].id = copyMark(entries[index].id)
            }
            node = .map(entries: entries)
        case .structure(let type, var fields):
            for index in fields.indices {
                fields[index].value = copy(fields[index].value)
                fields[index].id = copyMark(fields[index].id)
            }
            node = .structure(type: type, fields: fields)
        case .comprehension(var loop):
            loop.range = copy(loop.range)
            loop.initial = copy(loop.initial)
            loop.condition = copy(loop.condition)
            loop.step = copy(loop.step)
            loop.result = copy(loop.result)
            node = .comprehension(loop)
        }
        return append(node, tree.span(of: id), mark: tree.mark(of: id))
    }

    private mutating func copyMark(_ id: ExpressionID) -> ExpressionID {
        append(tree[id], tree.span(of: id), mark: tree.mark(of: id))
    }
}
