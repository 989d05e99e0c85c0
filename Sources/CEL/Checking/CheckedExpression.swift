package import Values

/// An expression with correct syntax; made by `ParsedExpression(parsing:in:)`.
package struct ParsedExpression: Sendable {
    package let text: String
    package let tree: SyntaxTree

    package init(text: String, tree: SyntaxTree) {
        self.text = text
        self.tree = tree
    }
}

/// What a name or call means.
package enum Reference: Sendable {
    /// A variable by its full name; also on a `select` node whose whole chain names it.
    case variable(String)
    /// A name that is a constant, such as a type.
    case constant(Value)
    /// The overloads that a call may be at run time, by id; one unless an argument is dyn.
    case overloads([String])
}

/// An expression whose names and types are in order; made by `CheckedExpression(checking:in:)`.
package struct CheckedExpression: Sendable {
    package let text: String
    package let tree: SyntaxTree
    /// By `ExpressionID`.
    package let types: [CELType]
    /// By `ExpressionID`.
    package let references: [Reference?]

    /// Whether the checker was skipped.
    let isUnchecked: Bool

    package init(text: String, tree: SyntaxTree, types: [CELType], references: [Reference?], isUnchecked: Bool = false)
    {
        self.text = text
        self.tree = tree
        self.types = types
        self.references = references
        self.isUnchecked = isUnchecked
    }

    /// Skips the checker, as the specification allows: every type is dyn, names and overloads are found by the planner.
    package init(unchecked parsed: ParsedExpression) {
        let count = parsed.tree.nodes.count
        self.init(
            text: parsed.text, tree: parsed.tree, types: Array(repeating: .dyn, count: count),
            references: Array(repeating: nil, count: count), isUnchecked: true)
    }

    package var type: CELType { types[Int(tree.root.index)] }
}
