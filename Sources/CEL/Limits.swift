/// What bounds the work on one expression, whoever wrote it.
enum Limits {
    /// Code points in an expression; Kubernetes' own limit.
    static let expressionSize = 100_000
    /// Nesting of brackets, and separately of operators, selections and calls, as the Go implementation counts them.
    static let recursion = 250
    /// Levels of a syntax tree after macro expansion. Nothing that `recursion` lets through comes near; later passes
    /// rely on it to recurse safely.
    static let treeDepth = 2_000
    /// Nodes of a syntax tree after macro expansion: `optMap` copies its target, so chains of it grow fast.
    static let treeNodes = 300_000
    /// Issues reported per expression.
    static let issues = 20
    /// Parts of one type: `{a: a}` doubles the type of `a`.
    static let typeSize = 2_000
    /// Steps of all type comparisons in one check.
    static let unificationSteps = 2_000_000
    /// Candidate signatures shown when none matches.
    static let shownSignatures = 6
}
