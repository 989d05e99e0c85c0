package import Diagnostics
package import Values

/// Why the API server would refuse a policy object, at which field.
package struct FieldError: Sendable {
    /// The raw value is the id of the diagnostic.
    package enum Kind: String, Sendable {
        case required = "field-required"
        case invalid = "field-invalid"
        case notSupported = "field-not-supported"
        case duplicate = "field-duplicate"
        case forbidden = "field-forbidden"
        case tooMany = "field-too-many"
        case tooLong = "field-too-long"
        /// A value of another type than the field has.
        case typeInvalid = "field-type"
        case unknown = "field-unknown"
    }

    package var kind: Kind
    /// As the API server writes it, such as `spec.validations[0].expression`.
    package var field: String
    package var detail: String
    package var node: Node
    package var help: String?
    /// What is wrong inside an expression; each becomes a diagnostic of its own at its own place.
    package var issues: [Diagnostic] = []
    package var notes: [Diagnostic.Note] = []

    package init(_ kind: Kind, _ field: String, _ detail: String, at node: Node, help: String? = nil) {
        self.kind = kind
        self.field = field
        self.detail = detail
        self.node = node
        self.help = help
    }

    /// For the user, at the place in the file.
    package var diagnostics: [Diagnostic] {
        if !issues.isEmpty { return issues }
        let what = detail.isEmpty ? Self.defaultDetail(kind) : detail
        return [
            Diagnostic(
                kind.rawValue, .error, "`\(field)`: \(what)", file: node.document.source,
                range: node.position.map { SourceRange(at: $0) }, notes: notes, help: help)
        ]
    }

    private static func defaultDetail(_ kind: Kind) -> String {
        switch kind {
        case .required: "required"
        case .duplicate: "duplicate value"
        default: "invalid value"
        }
    }
}
