import Admission
import CEL
import Diagnostics
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// Fields that do not exist, calls that no function takes with these types, and fields that only some kinds have.
enum TypeRules {
    private struct Key: Hashable {
        let field: String
        let span: SourceSpan
        let id: String
    }

    private struct Sighting {
        let issue: CompileIssue
        let expression: TypedExpression
        let isTest: Bool
        var kinds: [GroupVersionKind] = []
    }

    static func findings(_ typings: [KindTyping]) -> [LintFinding] {
        var order: [Key] = []
        var sightings: [Key: Sighting] = [:]
        for typing in typings {
            guard let kind = typing.kind else { continue }
            for expression in typing.all {
                let all = expression.typing.issues.map { ($0, false) } + expression.typing.missing.map { ($0, true) }
                for (issue, isTest) in all {
                    let key = Key(field: expression.compiled.check.field, span: issue.span, id: issue.id)
                    if sightings[key] == nil {
                        order.append(key)
                        sightings[key] = Sighting(issue: issue, expression: expression, isTest: isTest)
                    }
                    sightings[key]?.kinds.append(kind)
                }
            }
        }
        return order.compactMap { key in sightings[key].flatMap { finding($0, key, typings) } }
    }

    private static func finding(_ sighting: Sighting, _ key: Key, _ typings: [KindTyping]) -> LintFinding? {
        let issue = sighting.issue
        let place = LintFinding.Place(sighting.expression.compiled, issue.span)
        let live = typings.filter { typing in
            typing.all.contains { expression in
                expression.compiled.check.field == key.field
                    && expression.tree.marks.indices.contains {
                        expression.tree.marks[$0] == key.span && expression.typing.visited[$0]
                    }
            }
        }
        let others = live.compactMap(\.kind).filter { !sighting.kinds.contains($0) }
        let isField = issue.id == "cel-undefined-field"
        if isField, !others.isEmpty {
            // A test of a field that another kind has is how to tell them apart.
            if sighting.isTest { return nil }
            return LintFinding(
                .someKinds, "\(issue.message), which the policy matches too", at: place,
                notes: [
                    Diagnostic.Note("it is an error for \(list(sighting.kinds))"),
                    Diagnostic.Note("the field is there for \(list(others))"),
                ],
                help: "test `object.kind` first, or give each kind its own policy")
        }
        let notes = typings.count > 1 ? [Diagnostic.Note("for \(list(sighting.kinds))")] : []
        return LintFinding(isField ? .undefinedField : .type, issue.message, at: place, notes: notes, help: issue.help)
    }

    static func list(_ kinds: [GroupVersionKind]) -> String {
        kinds.map { "\($0.apiVersion) \($0.kind)" }.joined(separator: ", ")
    }
}
