package import CEL
internal import Values

/// Kubernetes' list functions: `isSorted`, `sum`, `min`, `max`, `indexOf`, `lastIndexOf`.
extension Library {
    private static let summable: [(name: String, type: CELType, zero: Value)] = [
        ("int", .int, .int(0)), ("uint", .uint, .uint(0)), ("double", .double, .double(0)),
        ("duration", .duration, .duration(0)),
    ]
    private static let comparable: [(name: String, type: CELType)] = [
        ("int", .int), ("uint", .uint), ("double", .double), ("bool", .bool), ("duration", .duration),
        ("timestamp", .timestamp), ("string", .string), ("bytes", .bytes),
    ]
    private static let listOfA = CELType.list(.parameter("A"))

    package static let kubernetesLists = Library(
        "kubernetes.lists",
        functions: [
            FunctionDeclaration(
                "sum",
                summable.map { name, type, zero in
                    Overload(
                        "list_\(name)_sum_\(name)", member: true, [.list(type)], type, cost: .treeTraversal,
                        .unary { list throws(EvaluationError) in
                            var total = zero
                            try list.forEachElement { element throws(EvaluationError) in total = try sum(total, element)
                            }
                            return total
                        })
                }, dynamicCost: .treeTraversal),
            FunctionDeclaration(
                "isSorted",
                comparable.map { name, type in
                    Overload(
                        "list_\(name)_is_sorted_bool", member: true, [.list(type)], .bool, cost: .treeTraversal,
                        .unary { list throws(EvaluationError) in .bool(try isSorted(list)) })
                }, dynamicCost: .treeTraversal),
            extremum("max", replacing: -1),
            extremum("min", replacing: 1),
            FunctionDeclaration(
                "indexOf",
                [
                    Overload(
                        "list_a_index_of_int", member: true, [listOfA, .parameter("A")], .int, cost: .treeTraversal,
                        .binary { list, item throws(EvaluationError) in
                            let index = try list.elements().firstIndex { valuesEqual($0, item) == true }
                            return .int(Int64(index ?? -1))
                        })
                ], dynamicCost: .treeTraversal),
            FunctionDeclaration(
                "lastIndexOf",
                [
                    Overload(
                        "list_a_last_index_of_int", member: true, [listOfA, .parameter("A")], .int,
                        cost: .treeTraversal,
                        .binary { list, item throws(EvaluationError) in
                            let index = try list.elements().lastIndex { valuesEqual($0, item) == true }
                            return .int(Int64(index ?? -1))
                        })
                ], dynamicCost: .treeTraversal),
        ])

    /// `min` or `max`; elements without an order against the best so far are passed over, as in Kubernetes.
    ///
    /// - Parameter replacing: how the best so far compares with an element that takes its place.
    private static func extremum(_ function: String, replacing: Int) -> FunctionDeclaration {
        FunctionDeclaration(
            function,
            comparable.map { name, type in
                Overload(
                    "list_\(name)_\(function)_\(name)", member: true, [.list(type)], type, cost: .treeTraversal,
                    .unary { list throws(EvaluationError) in
                        var best: Value?
                        try list.forEachElement { element throws(EvaluationError) in
                            guard element.isComparable else { throw .noSuchOverload() }
                            guard let current = best else {
                                best = element
                                return
                            }
                            if orderOf(current, element) == replacing { best = element }
                        }
                        guard let best else {
                            throw EvaluationError(.invalidArgument, "\(function) called on empty list")
                        }
                        return best
                    })
            }, dynamicCost: .treeTraversal)
    }

    private static func isSorted(_ list: Value) throws(EvaluationError) -> Bool {
        var previous: Value?
        var sorted = true
        try list.forEachElement { element throws(EvaluationError) in
            guard element.isComparable else { throw .noSuchOverload() }
            if let previous, orderOf(previous, element) == 1 { sorted = false }
            previous = element
        }
        return sorted
    }

    private static func sum(_ total: Value, _ element: Value) throws(EvaluationError) -> Value {
        switch (total, element) {
        case (.int(let left), .int(let right)):
            let (sum, overflow) = left.addingReportingOverflow(right)
            if overflow { throw EvaluationError(.overflow, "integer overflow") }
            return .int(sum)
        case (.uint(let left), .uint(let right)):
            let (sum, overflow) = left.addingReportingOverflow(right)
            if overflow { throw EvaluationError(.overflow, "unsigned integer overflow") }
            return .uint(sum)
        case (.double(let left), .double(let right)): return .double(left + right)
        case (.duration(let left), .duration(let right)):
            let (sum, overflow) = left.addingReportingOverflow(right)
            if overflow { throw EvaluationError(.overflow, "integer overflow") }
            return .duration(sum)
        default: throw .noSuchOverload()
        }
    }
}
