import Diagnostics
import Documents
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// The same validation of the same objects twice.
struct OverlapRules {
    private struct Key: Hashable {
        let match: String
        let conditions: [String]
        let expression: String
    }

    private var seen: [Key: PolicyInspection.Validation] = [:]

    mutating func findings(_ policy: PolicyInspection) -> [LintFinding] {
        // Of templates the constraints say what they are about, and constraints may overlap for good reasons.
        guard policy.kinds == nil else { return [] }
        let spec = policy.root["spec"]
        let match =
            spec?["matchConstraints"].map { String(decoding: JSONWriter(sortsKeys: true).write($0), as: UTF8.self) }
            ?? ""
        // Variables and conditions give the expressions their meaning.
        let context = ["matchConditions", "variables", "paramKind"].map { key in
            spec?[key].map { String(decoding: JSONWriter(sortsKeys: true).write($0), as: UTF8.self) } ?? ""
        }
        return policy.validations.compactMap { validation in
            let text = Names.trimmed(validation.expression.check.expression)
            let key = Key(match: match, conditions: context, expression: text)
            guard let first = seen[key] else {
                seen[key] = validation
                return nil
            }
            let place = LintFinding.Place(first.expression)
            return LintFinding(
                .overlap, "the same is checked twice for the same objects", at: .init(validation.expression),
                notes: [Diagnostic.Note("the first is here", file: place.file, range: place.range)])
        }
    }
}
