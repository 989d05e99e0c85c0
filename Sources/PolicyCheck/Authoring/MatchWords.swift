import Documents
import Values

/// What a policy is about, in words.
enum MatchWords {
    /// - Parameter spec: of a policy.
    static func text(of spec: Node?) -> String {
        let constraints = spec?["matchConstraints"]
        var out = ""
        for rule in constraints?["resourceRules"].map({ Array($0.elements) }) ?? [] { out += "- \(words(of: rule))\n" }
        for rule in constraints?["excludeResourceRules"].map({ Array($0.elements) }) ?? [] {
            out += "- not: \(words(of: rule))\n"
        }
        let conditions = conditions(of: constraints)
        if !conditions.isEmpty { out += "\nOnly \(conditions).\n" }
        let expressions = spec?["matchConditions"].map { Array($0.elements) } ?? []
        if !expressions.isEmpty {
            out += "\nOnly if all of these are true:\n\n"
            for condition in expressions {
                let text = condition["expression"]?.string?.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                out += "- `\(condition["name"]?.string ?? "")`: `\(text ?? "")`\n"
            }
        }
        return out
    }

    /// Selectors of a policy or binding: `in namespaces with env=prod`.
    static func conditions(of resources: Node?) -> String {
        var parts: [String] = []
        if let selector = resources?["namespaceSelector"], selector.count > 0 {
            parts.append("in namespaces with \(Self.selector(selector))")
        }
        if let selector = resources?["objectSelector"], selector.count > 0 {
            parts.append("for objects with \(Self.selector(selector))")
        }
        return parts.joined(separator: " and ")
    }

    /// As kubectl's `--selector` takes it.
    static func selector(_ node: Node?) -> String {
        var parts: [String] = []
        for (key, value) in node?["matchLabels"].map({ Array($0.entries) }) ?? [] {
            parts.append("\(key.string ?? "")=\(value.string ?? "")")
        }
        for requirement in node?["matchExpressions"].map({ Array($0.elements) }) ?? [] {
            let key = requirement["key"]?.string ?? ""
            let values = requirement["values"]?.elements.compactMap(\.string).joined(separator: ",") ?? ""
            switch requirement["operator"]?.string {
            case "In": parts.append("\(key) in (\(values))")
            case "NotIn": parts.append("\(key) notin (\(values))")
            case "DoesNotExist": parts.append("!\(key)")
            default: parts.append(key)
            }
        }
        return parts.isEmpty ? "any labels" : "`\(parts.joined(separator: ","))`"
    }

    private static let verbs = [
        "CREATE": "creating", "UPDATE": "updating", "DELETE": "deleting", "CONNECT": "connecting to",
    ]

    /// `creating or updating pods`.
    private static func words(of rule: Node) -> String {
        let operations = rule["operations"]?.elements.compactMap(\.string) ?? []
        let verbs = operations.contains("*") ? ["any operation on"] : operations.map { Self.verbs[$0] ?? $0 }
        let resources =
            rule["resources"]?.elements.compactMap(\.string).map { $0 == "*" ? "all resources" : "`\($0)`" } ?? []
        var out = "\(joined(verbs, "or")) \(joined(resources, "and"))"
        let groups = rule["apiGroups"]?.elements.compactMap(\.string).filter { !$0.isEmpty } ?? []
        if groups.contains("*") {
            out += " of any API group"
        } else if !groups.isEmpty {
            out += " of \(joined(groups.map { "`\($0)`" }, "and"))"
        }
        let names = rule["resourceNames"]?.elements.compactMap(\.string) ?? []
        if !names.isEmpty { out += " named \(joined(names.map { "`\($0)`" }, "or"))" }
        return out
    }

    private static func joined(_ parts: [String], _ word: String) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return "\(parts.dropLast().joined(separator: ", ")) \(word) \(last)"
    }
}
