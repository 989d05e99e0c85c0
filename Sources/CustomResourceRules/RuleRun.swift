import CEL
import KubernetesSchemas
import Values

/// One object held against its kind's rules.
struct RuleRun {
    let rules: KindRules
    let root: Node
    var list = FindingList()
    private(set) var budget = CostBudget(limit: RuleLimits.costOfObject)

    init(rules: KindRules, root: Node) {
        self.rules = rules
        self.root = root
    }

    mutating func check(_ node: Node, old: Node?, _ schema: CustomSchema, depth: Int) {
        guard schema.hasRules, !node.isNull, depth < RuleLimits.maximumDepth, !budget.isExhausted else { return }
        let old = old.flatMap { $0.isNull ? nil : $0 }
        for rule in rules.rules(of: schema) where !budget.isExhausted { check(rule, node, old, schema) }
        if node.isList, let items = schema.items {
            for element in node.elements {
                check(element, old: counterpart(of: element, in: old, schema), items, depth: depth + 1)
            }
        }
        guard node.isMap else { return }
        for (key, value) in node.entries {
            guard let part = schema.property(key.utf8) ?? schema.additional else { continue }
            check(value, old: old?[utf8: key.utf8], part, depth: depth + 1)
        }
    }

    /// The same element of the old list; only lists with keys tell which that is.
    private func counterpart(of element: Node, in old: Node?, _ schema: CustomSchema) -> Node? {
        guard schema.listType == .map, let old, old.isList else { return nil }
        return old.elements.first { candidate in
            schema.mapKeys.allSatisfy { key in
                switch (element[key], candidate[key]) {
                case (nil, nil): true
                case (let a?, let b?): valuesEqual(Value(a), Value(b)) == true
                default: false
                }
            }
        }
    }

    private mutating func check(_ rule: CompiledRule, _ node: Node, _ old: Node?, _ schema: CustomSchema) {
        if rule.isTransition, old == nil, !rule.takesNoOld { return }
        let program: Program
        switch rule.program {
        case .success(let compiled): program = compiled
        case .failure(let error):
            report(rule, "the rule does not compile: \(error.issues.first?.message ?? "")", at: node)
            return
        }
        var oldValue = old.map { TypedValue.value($0, schema) }
        if rule.takesNoOld { oldValue = .optional(oldValue.map { OptionalValue($0) } ?? .none) }
        // INVARIANT: slots as `CompiledRule` declares them; without an old value nothing reads the second.
        let activation = Activation([TypedValue.value(node, schema), oldValue ?? .null])
        var own = CostBudget(limit: RuleLimits.costOfRule)
        do throws(EvaluationError) {
            let result = try program.evaluate(activation, budget: &own)
            budget.spend(own.used)
            if case .bool(true) = result { return }
            report(rule, rule.words(activation, budget: &budget), at: node)
        } catch {
            budget.spend(own.used)
            report(rule, "\(error.message), evaluating the rule `\(rule.text)`", at: node)
        }
        if budget.isExhausted {
            list.add(
                .rule, "the rules cost more than the API server allows; no further rules are evaluated", at: node,
                of: root)
        }
    }

    private mutating func report(_ rule: CompiledRule, _ words: String, at node: Node) {
        let (place, rest) = Self.follow(rule.fieldPath, from: node)
        let lead =
            switch rule.reason {
            case "FieldValueRequired": "required value"
            case "FieldValueForbidden": "forbidden"
            case "FieldValueDuplicate": "duplicate value"
            default: "invalid value"
            }
        list.add(.rule, "\(lead): \(words)", at: place, of: root, field: rest)
    }

    /// Goes down a path such as `.spec.ports['a b']` as far as there is something.
    ///
    /// - Returns: the last node that is there, and what is missing below it.
    private static func follow(_ path: String, from node: Node) -> (Node, String?) {
        var place = node
        var missing: [String] = []
        for part in parts(of: path) {
            if missing.isEmpty, let next = place[part] { place = next } else { missing.append(part) }
        }
        return (place, missing.isEmpty ? nil : missing.joined(separator: "."))
    }

    private static func parts(of path: String) -> [String] {
        var parts: [String] = []
        var rest = path[...]
        while let first = rest.first {
            if first == "[", let end = rest.firstRange(of: "']") {
                parts.append(String(rest[..<end.lowerBound].dropFirst(2)).replacing("\\'", with: "'"))
                rest = rest[end.upperBound...]
            } else {
                rest = first == "." ? rest.dropFirst() : rest
                let part = rest.prefix { $0 != "." && $0 != "[" }
                guard !part.isEmpty else { break }
                parts.append(String(part))
                rest = rest[part.endIndex...]
            }
        }
        return parts
    }
}
