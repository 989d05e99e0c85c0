import CEL

/// The wording of what may not be there.
enum PresenceRules {
    static func finding(_ access: Access) -> LintFinding {
        let expression = access.expression
        let place = LintFinding.Place(expression.compiled, expression.tree.mark(of: access.node))
        switch access.subject {
        case .object:
            let operation = access.path == "object" ? "DELETE" : "CREATE"
            return LintFinding(
                .nullObject, "`\(access.path)` is null for \(operation), which the policy matches", at: place,
                help: "test `\(access.path) != null` or `request.operation` first")
        case .field:
            let (operand, field) = (access.operand, lastPart(access))
            return LintFinding(
                .absentField, "`\(operand).\(field)` may be absent, and reading it is then an error", at: place,
                help: "test `has(\(operand).\(field))` first, or read `\(operand).?\(field).orValue(…)`")
        case .key(let key):
            return LintFinding(
                .absentKey, "`\(access.operand)` may lack the key `\(key)`, and reading it is then an error",
                at: place,
                help: "test `'\(key)' in \(access.operand)` first, or read `\(access.operand)[?'\(key)'].orValue(…)`")
        }
    }

    private static func lastPart(_ access: Access) -> String {
        access.path.split(separator: ".").last.map(String.init) ?? access.path
    }
}
