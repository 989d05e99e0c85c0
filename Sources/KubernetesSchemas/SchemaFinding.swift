package import Diagnostics
package import Values

/// One thing that is wrong with an object, at a node of it.
package struct SchemaFinding: Sendable {
    package enum Code: String, Sendable, CaseIterable {
        /// Refused while decoding.
        case unknownField = "schema-unknown-field"
        case type = "schema-type"
        case quantity = "schema-quantity"
        case format = "schema-format"
        case range = "schema-range"
        /// Refused by validation, after defaulting.
        case required = "schema-required"
        case `enum` = "schema-enum"
        case value = "schema-value"
        case duplicate = "schema-duplicate"
        case forbidden = "schema-forbidden"
        case depth = "schema-depth"
        /// Of custom resources: too long a text, too many elements.
        case length = "schema-length"
        /// Of custom resources: a rule in x-kubernetes-validations.
        case rule = "schema-rule"
    }

    package let code: Code
    /// As the API server writes it: `spec.containers[0].image`; empty for the object itself.
    package let path: String
    /// Without the path.
    package let message: String
    package let suggestion: String?
    /// What to point at: the value, or for an unknown field its key.
    package let node: Node
    /// The object, in which the node is.
    package let root: Node

    package var position: SourcePosition? { node.position }

    /// Whether strict decoding refuses the object for it, before any validation.
    package var isDecoding: Bool {
        switch code {
        case .unknownField, .type, .quantity, .format, .range, .depth: true
        case .required, .enum, .value, .duplicate, .forbidden, .length, .rule: false
        }
    }

    /// As the API server's status has it.
    package var reason: String { isDecoding ? "BadRequest" : "Invalid" }

    package func diagnostic(file: SourceFile?) -> Diagnostic {
        Diagnostic(
            code.rawValue, .error, path.isEmpty || code == .unknownField ? message : "`\(path)`: \(message)",
            file: file,
            range: position.map { SourceRange(at: $0) }, help: suggestion.map { "did you mean `\($0)`?" })
    }
}

/// Collects findings up to `SchemaLimits.maximumFindings`.
package struct FindingList {
    package internal(set) var findings: [SchemaFinding] = []

    package init() {}

    package mutating func add(
        _ code: SchemaFinding.Code, _ message: @autoclosure () -> String, at node: Node, of root: Node,
        field: String? = nil, key: Node? = nil, suggestion: @autoclosure () -> String? = nil
    ) {
        guard findings.count < SchemaLimits.maximumFindings else { return }
        var path = root.fieldPath(to: node) ?? ""
        if let field { path += path.isEmpty ? field : "." + field }
        findings.append(
            SchemaFinding(
                code: code, path: path, message: code == .unknownField ? "unknown field `\(path)`" : message(),
                suggestion: suggestion(), node: key ?? node, root: root))
    }
}
