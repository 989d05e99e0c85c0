package import Values

/// What mutating policies make of an object before it is judged.
package struct SubjectMutation: Sendable {
    /// One field that is another one afterwards.
    package struct Change: Sendable {
        package enum Kind: String, Sendable {
            case added = "+"
            case removed = "-"
            case changed = "~"
        }

        package var kind: Kind
        /// Such as `spec.containers[0].image`.
        package var fieldPath: String
        /// nil where the field was not there.
        package var old: Node?
        /// nil where the field is gone.
        package var new: Node?

        package init(_ kind: Kind, fieldPath: String, old: Node?, new: Node?) {
            self.kind = kind
            self.fieldPath = fieldPath
            self.old = old
            self.new = new
        }
    }

    /// The policies that changed something, in the order in which they did.
    package var policies: [PolicySummary]
    /// What changed, as a JSON Patch (RFC 6902) of the object as it is written.
    package var patch: Node
    /// The same, field by field.
    package var changes: [Change]

    package init(policies: [PolicySummary], patch: Node, changes: [Change]) {
        self.policies = policies
        self.patch = patch
        self.changes = changes
    }
}
