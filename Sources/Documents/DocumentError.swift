package import Diagnostics

/// Why a text is no document: one diagnostic of severity error, with a position where there is one.
package struct DocumentError: Error, Sendable {
    package let diagnostic: Diagnostic

    package init(_ diagnostic: Diagnostic) {
        self.diagnostic = diagnostic
    }

    package init(
        _ id: String, _ message: String, file: SourceFile? = nil, at position: SourcePosition? = nil,
        notes: [Diagnostic.Note] = [], help: String? = nil
    ) {
        diagnostic = Diagnostic(
            id, .error, message, file: file, range: position.map { SourceRange(at: $0) }, notes: notes, help: help)
    }

    package var id: String { diagnostic.id }
    package var message: String { diagnostic.message }
}

/// Errors that both readers report, worded once.
extension DocumentError {
    static func duplicateKey(
        _ id: String, _ key: String, file: SourceFile?, at position: SourcePosition?, earlier: SourcePosition?
    ) -> DocumentError {
        DocumentError(
            id, "duplicate key `\(key)`", file: file, at: position,
            notes: [
                Diagnostic.Note("the key is first given here", file: file, range: earlier.map { SourceRange(at: $0) })
            ],
            help: "tools disagree on which of the two counts; remove one")
    }

    static func tooDeep(_ id: String, file: SourceFile?, at position: SourcePosition?) -> DocumentError {
        DocumentError(
            id, "nested deeper than \(DocumentLimits.maximumDepth) levels", file: file, at: position)
    }

    static func tooLarge(_ id: String, _ bytes: Int, limit: Int, file: SourceFile?) -> DocumentError {
        DocumentError(id, "\(bytes) bytes are more than the limit of \(limit)", file: file)
    }

    static func tooManyNodes(_ id: String, file: SourceFile?, at position: SourcePosition?) -> DocumentError {
        DocumentError(
            id, "the document has more values than the limit of \(DocumentLimits.maximumTapeWords) words",
            file: file, at: position)
    }
}
