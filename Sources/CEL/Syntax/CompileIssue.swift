/// Something wrong with an expression's text, found before evaluation.
package struct CompileIssue: Error, Sendable {
    /// Stable kebab-case id, such as `cel-syntax` or `cel-undeclared-reference`.
    package let id: String
    package let message: String
    package let span: SourceSpan
    package let help: String?
    /// The message in the words of the Go implementation, which API servers show; more than one where that finds more.
    /// Empty where those words are about the states of its parser.
    package let references: [Reference]

    /// What the Go implementation says.
    package struct Reference: Sendable {
        enum Form {
            /// With the place and a caret under it.
            case placed(SourceSpan?)
            /// Of the whole text, whose line is not shown.
            case placeless
            /// Found while the program is planned.
            case planning
        }

        let text: String
        let form: Form

        /// - Parameter span: nil for the issue's own.
        init(_ text: String, at span: SourceSpan? = nil) {
            self.text = text
            form = .placed(span)
        }

        init(_ text: String, _ form: Form) {
            self.text = text
            self.form = form
        }
    }

    package init(
        _ id: String, _ message: String, _ span: SourceSpan, help: String? = nil, reference: String? = nil
    ) {
        self.init(id, message, span, help: help, references: reference.map { [Reference($0)] } ?? [])
    }

    init(_ id: String, _ message: String, _ span: SourceSpan, help: String? = nil, references: [Reference]) {
        self.references = references
        self.id = id
        self.message = message
        self.span = span
        self.help = help
    }
}

/// All that is wrong with one expression; never empty, in the order of the text.
package struct CompileError: Error, Sendable {
    package let issues: [CompileIssue]
    /// What an evaluation that needs the expression says; nil for the first issue.
    package let summary: String?

    package init(_ issues: [CompileIssue], summary: String? = nil) {
        self.issues = issues
        self.summary = summary
    }
}
