package import Diagnostics
package import Values

extension DiagnosticLog {
    /// Says what is wrong with a policy.
    ///
    /// - Parameter node: where; nil for the whole document.
    package mutating func report(
        _ id: String, _ message: String, severity: Severity = .error, in source: PolicySource,
        at node: Node?, help: String? = nil
    ) {
        report(
            Diagnostic(
                id, severity, message, file: source.file,
                range: (node ?? source.root).position.map { SourceRange(at: $0) }, help: help))
    }

    /// Says that an object has the name of one that came before.
    ///
    /// - Parameter what: the object, such as ``policy named `p` ``.
    package mutating func reportDuplicate(_ id: String, _ what: String, _ root: Node, earlier: Node) {
        func place(_ root: Node) -> SourceRange? {
            (root["metadata" as StaticString]?["name" as StaticString] ?? root).position.map { SourceRange(at: $0) }
        }
        report(
            Diagnostic(
                id, .error, "a \(what) exists already", file: root.document.source, range: place(root),
                notes: [Diagnostic.Note("the first is here", file: earlier.document.source, range: place(earlier))]))
    }
}
