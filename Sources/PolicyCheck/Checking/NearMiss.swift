import Admission
import Diagnostics
import PolicyEngine
import Reporting
import Values

/// The object that a policy which matched nothing came nearest to, and what was missing.
struct NearMiss: Sendable {
    let policy: PolicySummary
    /// How far off: conditions that do not hold, those about the kind of object counting most.
    let distance: Int
    /// `Pod default/api (deploy.yaml:1:1): …`.
    let text: String

    private static let wrongResource = 100

    init?(_ policy: any CompiledPolicy, _ summary: PolicySummary, _ context: AdmissionContext, about subject: Subject) {
        guard let policy = policy as? any ExplainablePolicy else { return nil }
        let bindings = policy.explain(context, withExpressions: false)
        let own = Self.reasons(policy.matchClauses(context))
        // One binding that applies is enough.
        let nearest = bindings.map { Self.reasons(of: $0) }.min { $0.distance < $1.distance }
        let (distance, words): (Int, [String]) =
            nearest.map { (own.distance + $0.distance, own.words + $0.words) } ?? (own.distance, own.words)
        guard let first = words.first else { return nil }
        self.policy = summary
        self.distance = distance
        let place = subject.place.map { " (\($0.description))" } ?? ""
        text = "\(subject.displayName)\(place): \(first)"
    }

    private static func reasons(_ clauses: [MatchClause], prefix: String = "") -> (distance: Int, words: [String]) {
        var (distance, words): (Int, [String]) = (0, [])
        for clause in clauses where clause.holds != true {
            distance += clause.field.hasSuffix("resourceRules") ? wrongResource : 1
            words.append("\(prefix)`\(clause.field)` wants \(clause.wanted), and this is \(clause.found)")
        }
        return (distance, words)
    }

    private static func reasons(of binding: ExplainedBinding) -> (distance: Int, words: [String]) {
        var (distance, words) = reasons(binding.clauses, prefix: "binding `\(binding.name)`: ")
        for condition in binding.expressions {
            guard case .bool(true)? = condition.parts.first?.value else {
                distance += 1
                words.append("the match condition `\(condition.name)` is not true")
                continue
            }
        }
        return (distance, words)
    }
}

/// The nearest misses of a run, one per policy.
struct NearMisses: Sendable {
    private var nearest: [ObjectIdentifier: NearMiss] = [:]

    mutating func add(_ miss: NearMiss) {
        let key = ObjectIdentifier(miss.policy)
        // Of two equally near the first in the input stays.
        if miss.distance < nearest[key]?.distance ?? .max { nearest[key] = miss }
    }

    mutating func add(_ others: NearMisses) { others.nearest.values.forEach { add($0) } }

    /// What to say about a policy that matched nothing.
    func diagnostic(for policy: PolicySummary) -> Diagnostic {
        let help = nearest[ObjectIdentifier(policy)].map { "nearest was \($0.text)" }
        return Diagnostic(
            DiagnosticID.policyUnmatched, .warning, "policy `\(policy.name)` matched nothing", file: policy.place?.file,
            range: policy.place?.range, help: help)
    }
}
