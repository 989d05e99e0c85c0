internal import Values

/// `cel.block`, `cel.index` and `cel.iterVar`: the form in which the specification writes common sub-expressions.
extension Parser {
    /// `cel.block([a, b], r)` is `r` with `cel.index(0)` bound to `a` and `cel.index(1)` to `b`, each seeing those before.
    mutating func expandBlock(_ call: MacroCall, _ target: ExpressionID) -> ExpressionID? {
        guard isCEL(target) else { return nil }
        guard case .list(let slots, let optionals) = builder.tree[call.arguments[0]], optionals.isEmpty else {
            return macroError("cel.block", "a list first", call.arguments[0])
        }
        let make = Expansion(call)
        var result = call.arguments[1]
        for (index, slot) in slots.enumerated().reversed() {
            result = make.binding(MacroNames.index(index), to: slot, in: result, &builder)
        }
        return result
    }

    mutating func expandBlockName(_ call: MacroCall, _ target: ExpressionID) -> ExpressionID? {
        guard isCEL(target) else { return nil }
        var numbers: [Int] = []
        for argument in call.arguments {
            guard case .constant(.int(let number)) = builder.tree[argument], let small = Int(exactly: number),
                small >= 0
            else { return macroError("cel.\(call.function)", "a number that is not negative", argument) }
            numbers.append(small)
        }
        let name = numbers.count == 1 ? MacroNames.index(numbers[0]) : MacroNames.loop(numbers[0], numbers[1])
        return Expansion(call).identifier(name, &builder)
    }

    private func isCEL(_ target: ExpressionID) -> Bool {
        if case .identifier("cel") = builder.tree[target] { true } else { false }
    }
}

extension MacroNames {
    static func index(_ number: Int) -> String { "@index\(number)" }
    static func loop(_ depth: Int, _ number: Int) -> String { "@it:\(depth):\(number)" }
}

extension Library {
    /// An optimiser's own form; only the specification's tests write it.
    package static let blocks = Library(
        "blocks", macros: [Macro("block", 2), Macro("index", 1), Macro("iterVar", 2)])
}
