import Admission
import Diagnostics
import Documents
import PolicyEngine
import Reporting
import Values

/// An explanation as lines for people.
struct ExplanationText {
    let colors: Bool

    /// Characters of an expression or a value in a line.
    private static let maximumText = 100
    /// The column where results stand, where what is in front leaves room.
    private static let resultColumn = 64

    func explain(
        _ policy: any ExplainablePolicy, _ loaded: LoadedPolicies, _ request: AdmissionRequest, _ object: Node
    ) -> String {
        let context = loaded.context(request)
        let name = "\(request.kind.kind) \(request.namespace.isEmpty ? "" : "\(request.namespace)/")\(request.name)"
        let place = object.document.source.map { file in
            "   \(file.name)\(object.position.map { ":\($0.line):\($0.column)" } ?? "")"
        }
        var out = paint(policy.id.qualifiedName, "1") + "   \(Self.line(name))\(place ?? "")\n"
        let clauses = policy.matchClauses(context)
        for clause in clauses { out += text(clause, indent: 2) }
        let bindings = policy.explain(context, withExpressions: true)
        let isMatched = clauses.allSatisfy { $0.holds == true }
        if isMatched { for binding in bindings { out += text(binding) } }
        return out + conclusion(policy, loaded, request, isMatched)
    }

    private func text(_ binding: ExplainedBinding) -> String {
        var out = "  binding \(Self.line(binding.name))\n"
        for clause in binding.clauses { out += text(clause, indent: 4) }
        for expression in binding.expressions {
            let place = expression.file.flatMap { file in
                expression.range.map { "   \(file.name):\($0.start.line):\($0.start.column)" }
            }
            let name = expression.name.isEmpty ? "" : " \(expression.name)"
            out += "    \(expression.field)\(Self.line(name))\(paint(place ?? "", "2"))\n"
            for part in expression.parts { out += text(part) }
        }
        return out
    }

    private func text(_ clause: MatchClause, indent: Int) -> String {
        let result =
            switch clause.holds {
            case true?: paint("yes", "32")
            case false?: paint("no", "31")
            case nil: paint("not known", "33")
            }
        let lead = String(repeating: " ", count: indent) + clause.field
        return "\(lead)  \(result): wants \(Self.line(clause.wanted)); this is \(Self.line(clause.found))\n"
    }

    private func text(_ part: ExplainedPart) -> String {
        let lead = String(repeating: " ", count: 6 + 2 * part.depth) + Self.line(part.text)
        let gap = String(repeating: " ", count: max(2, Self.resultColumn - lead.count))
        let result: String
        if let error = part.error {
            result = paint("error: \(Self.line(error))", "31")
        } else if let value = part.value {
            let json = Self.line(String(decoding: JSONWriter().write(value.json), as: UTF8.self))
            result = if case .bool(let isTrue) = value { paint(json, isTrue ? "32" : "31") } else { json }
        } else {
            result = paint("not evaluated", "2")
        }
        return lead + gap + result + "\n"
    }

    private func conclusion(
        _ policy: any ExplainablePolicy, _ loaded: LoadedPolicies, _ request: AdmissionRequest, _ isMatched: Bool
    ) -> String {
        guard isMatched else { return "  → \(paint("does not apply", "33"))\n" }
        let evaluations = loaded.judge(request).evaluations.filter { $0.policy == policy.id }
        let decisions = evaluations.flatMap(\.decisions)
        let effects = decisions.compactMap { decision in
            FindingBuilder.effect(of: decision).map { ($0, decision) }
        }
        if !effects.isEmpty {
            return effects.map { effect, decision in
                let code = effect.severity == .error ? "31" : "33"
                return "  → \(paint(effect.rawValue, code)): \(Self.line(decision.message))\n"
            }.joined()
        }
        return decisions.isEmpty
            ? "  → \(paint("does not apply", "33"))\n" : "  → \(paint("admits", "32"))\n"
    }

    private static func line(_ text: String) -> String {
        let joined = DiagnosticRenderer.printable(text).split(whereSeparator: \.isNewline).joined(separator: " ")
        let words = text.contains("\n") ? joined.split(separator: " ").joined(separator: " ") : joined
        return words.count > maximumText ? "\(words.prefix(maximumText))…" : words
    }

    private func paint(_ text: String, _ code: String) -> String {
        colors && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
