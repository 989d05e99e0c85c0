package import Values

/// cel-go's lists extension, version 3.
extension Library {
    private static let listOfT = CELType.list(.parameter("T"))
    private static let outputSize = CallCost.custom { _, result in CostFormula.allocating(1, costSize(result)) }
    private static let selfComparison = CallCost.sized { list, _ in comparisonCost(list) }
    /// The types that have an order, as overload ids name them.
    private static let sortable: [(name: String, type: CELType)] = [
        ("int", .int), ("uint", .uint), ("double", .double), ("bool", .bool),
        ("google.protobuf.Duration", .duration), ("google.protobuf.Timestamp", .timestamp), ("string", .string),
        ("bytes", .bytes),
    ]

    package static let lists = Library(
        "lists",
        functions: [
            FunctionDeclaration(
                "slice",
                [
                    Overload(
                        "list_slice", member: true, [listOfT, .int, .int], listOfT, cost: outputSize,
                        .ternary { list, start, end throws(EvaluationError) in
                            try slice(try list.elements(), try start.int(), try end.int())
                        })
                ]),
            FunctionDeclaration(
                "flatten",
                [
                    Overload(
                        "list_flatten", member: true, [.list(listOfT)], listOfT, guarded: false, cost: flattenCost,
                        .unary { list throws(EvaluationError) in .list(try flatten(list, 1)) }),
                    Overload(
                        "list_flatten_int", member: true, [.list(.dyn), .int], .list(.dyn), guarded: false,
                        cost: flattenCost,
                        .binary { list, depth throws(EvaluationError) in
                            let depth = try depth.int()
                            if depth < 0 { throw EvaluationError(.invalidArgument, "level must be non-negative") }
                            return .list(try flatten(list, depth))
                        }),
                ]),
            FunctionDeclaration(
                "sort",
                sortable.map { name, type in
                    Overload(
                        "list_\(name)_sort", member: true, [.list(type)], .list(type), cost: selfComparison,
                        .unary { list throws(EvaluationError) in
                            let elements = try list.elements()
                            return .list(try sort(elements, by: elements))
                        })
                }),
            FunctionDeclaration(
                "@sortByAssociatedKeys",
                sortable.map { name, type in
                    Overload(
                        "list_\(name)_sortByAssociatedKeys", member: true, [listOfT, .list(type)], listOfT,
                        cost: .sized { _, keys in comparisonCost(keys) },
                        .binary { list, keys throws(EvaluationError) in
                            .list(try sort(try list.elements(), by: try keys.elements()))
                        })
                }),
            FunctionDeclaration(
                "distinct",
                [
                    Overload(
                        "list_distinct", member: true, [listOfT], listOfT, cost: selfComparison,
                        .unary { list throws(EvaluationError) in
                            var index = ValueIndex()
                            return .list(
                                try list.elements().filter {
                                    if index.contains($0) { return false }
                                    index.insert($0)
                                    return true
                                })
                        })
                ]),
            FunctionDeclaration(
                "reverse",
                [
                    Overload(
                        "list_reverse", member: true, [listOfT], listOfT, cost: outputSize,
                        .unary { list throws(EvaluationError) in .list(try list.elements().reversed()) })
                ]),
            FunctionDeclaration(
                "lists.range",
                [
                    Overload(
                        "lists_range", [.int], .list(.int), cost: outputSize,
                        .unary { count throws(EvaluationError) in
                            let count = try count.int()
                            if count <= 0 { return .list([]) }
                            guard count <= LibraryLimits.rangeCount else { throw EvaluationLimits.tooLarge }
                            return .list((0..<count).map { .int($0) })
                        })
                ]),
        ], macros: [Macro("sortBy", 2)])

    /// `first` and `last`, which came with optional values.
    package static let listEnds = Library(
        "optional lists",
        functions: [
            FunctionDeclaration(
                "first",
                [
                    Overload(
                        "list_first", member: true, [.list(.parameter("V"))], .optional(.parameter("V")),
                        .unary { list throws(EvaluationError) in .optional(OptionalValue(try list.elements().first)) })
                ]),
            FunctionDeclaration(
                "last",
                [
                    Overload(
                        "list_last", member: true, [.list(.parameter("V"))], .optional(.parameter("V")),
                        .unary { list throws(EvaluationError) in .optional(OptionalValue(try list.elements().last)) })
                ]),
        ])

    private static let flattenCost = CallCost.sized { list, depth in
        var factor = 1.0
        if case .int(let depth) = depth { factor = Double(depth) }
        return CostFormula.allocating(factor, costSize(list))
    }

    /// Sorting and finding duplicates count as comparing each element with each.
    private static func comparisonCost(_ list: Value?) -> UInt64 {
        // The Go implementation panics on a failed argument before it counts anything.
        guard let list else { return 0 }
        guard let first = list.listElements?.first else { return CostFormula.allocating(2, 0) }
        let size = costSize(list)
        var factor = 2.0
        switch first {
        case .string, .text, .bytes: factor += CostFormula.traversal
        default: break
        }
        return CostFormula.allocating(factor, size &* size)
    }

    private static func slice(_ list: [Value], _ start: Int64, _ end: Int64) throws(EvaluationError) -> Value {
        func failure(_ reason: String) -> EvaluationError {
            EvaluationError(.range, "cannot slice(\(start), \(end)), \(reason)")
        }
        if start < 0 || end < 0 { throw failure("negative indexes not supported") }
        if start > end { throw failure("start index must be less than or equal to end index") }
        if end > list.count { throw failure("list is length \(list.count)") }
        return .list(Array(list[Int(start)..<Int(end)]))
    }

    private static func flatten(_ list: Value, _ depth: Int64) throws(EvaluationError) -> [Value] {
        var result: [Value] = []
        try append(list, depth, to: &result, nesting: 0)
        return result
    }

    private static func append(
        _ list: Value, _ depth: Int64, to result: inout [Value], nesting: Int
    ) throws(EvaluationError) {
        if nesting > LibraryLimits.depth { throw EvaluationLimits.tooLarge }
        try list.forEachElement { element throws(EvaluationError) in
            if depth > 0, element.isList {
                try append(element, depth - 1, to: &result, nesting: nesting + 1)
            } else {
                guard result.count < EvaluationLimits.elements else { throw EvaluationLimits.tooLarge }
                result.append(element)
            }
        }
    }

    private static func sort(_ list: [Value], by keys: [Value]) throws(EvaluationError) -> [Value] {
        guard list.count == keys.count else {
            throw EvaluationError(
                .invalidArgument,
                "@sortByAssociatedKeys() expected a list of the same size as the associated keys list, "
                    + "but got \(list.count) and \(keys.count) elements respectively")
        }
        guard let first = keys.first else { return [] }
        guard first.isComparable else {
            throw EvaluationError(.invalidArgument, "list elements must be comparable")
        }
        let type = first.typeName
        guard keys.allSatisfy({ $0.typeName == type }) else {
            throw EvaluationError(.invalidArgument, "list elements must have the same type")
        }
        let order = keys.indices.sorted { left, right in
            let comparison = orderOf(keys[left], keys[right]) ?? 0
            return comparison < 0 || comparison == 0 && left < right
        }
        return order.map { list[$0] }
    }
}

extension Value {
    /// True if the type has an order at all.
    package var isComparable: Bool {
        switch self {
        case .bool, .int, .uint, .double, .string, .text, .bytes, .timestamp, .duration: true
        default: false
        }
    }
}

/// -1, 0 or 1; nil where the two have no order.
package func orderOf(_ left: Value, _ right: Value) -> Int? {
    do throws(EvaluationError) { return try compareValues(left, right) } catch { return nil }
}
