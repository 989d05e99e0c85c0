internal import Values

/// cel-go's sets extension: lists seen as sets.
extension Library {
    package static let sets = Library(
        "sets",
        functions: [
            FunctionDeclaration(
                "sets.contains",
                [
                    setOverload("list_sets_contains_list", factor: 1) { left, right in contains(left, right) }
                ]),
            FunctionDeclaration(
                "sets.equivalent",
                [
                    setOverload("list_sets_equivalent_list", factor: 2) { left, right in
                        contains(left, right) && contains(right, left)
                    }
                ]),
            FunctionDeclaration(
                "sets.intersects",
                [
                    setOverload("list_sets_intersects_list", factor: 1) { left, right in
                        let index = ValueIndex(right)
                        var found = false
                        left.forEachElement { if !found { found = index.contains($0) } }
                        return found
                    }
                ]),
        ])

    private static func contains(_ list: Value, _ part: Value) -> Bool {
        let index = ValueIndex(list)
        var all = true
        part.forEachElement { if all { all = index.contains($0) } }
        return all
    }

    private static func setOverload(
        _ id: String, factor: Double, _ body: @escaping @Sendable (Value, Value) -> Bool
    ) -> Overload {
        let list = CELType.list(.parameter("T"))
        return Overload(
            id, [list, list], .bool,
            cost: .sized { left, right in
                let pairs = Double(costSize(left)) * Double(costSize(right)) * factor
                return (UInt64(exactly: pairs.rounded(.up)) ?? .max - 1) + 1
            },
            .binary { left, right throws(EvaluationError) in .bool(body(left, right)) })
    }
}
