/// Something wrong with an expression's text, found before evaluation.
package struct CompileIssue: Error, Sendable {
    /// Stable kebab-case id, such as `cel-syntax` or `cel-undeclared-reference`.
    package let id: String
    package let message: String
    package let span: SourceSpan
    package let help: String?
    /// The message in the words of the Go implementation, which API servers put into a policy's status; nil where
    /// nothing needs it.
    package let reference: String?

    package init(
        _ id: String, _ message: String, _ span: SourceSpan, help: String? = nil, reference: String? = nil
    ) {
        self.reference = reference
        self.id = id
        self.message = message
        self.span = span
        self.help = help
    }
}

/// All that is wrong with one expression; never empty, in the order of the text.
package struct CompileError: Error, Sendable {
    package let issues: [CompileIssue]

    package init(_ issues: [CompileIssue]) {
        self.issues = issues
    }
}
