package import Admission
package import Diagnostics
package import Values

/// One condition for a policy or a binding to be about a request, with what the request has.
package struct MatchClause: Sendable {
    /// Where it is written, such as `spec.matchConstraints.namespaceSelector`.
    package var field: String
    /// What is asked for: `CREATE, UPDATE of pods`.
    package var wanted: String
    /// What the request has: `CREATE of services`.
    package var found: String
    /// nil if it cannot be told without data that is not there.
    package var holds: Bool?

    package init(field: String, wanted: String, found: String, holds: Bool?) {
        self.field = field
        self.wanted = wanted
        self.found = found
        self.holds = holds
    }
}

/// A part of an expression with what it came to.
package struct ExplainedPart: Sendable {
    /// How many parts it is inside of.
    package var depth: Int
    package var text: String
    /// nil if it was not evaluated, or only as part of a loop that had no round.
    package var value: Value?
    /// nil if there was none.
    package var error: String?

    package init(depth: Int, text: String, value: Value? = nil, error: String? = nil) {
        self.depth = depth
        self.text = text
        self.value = value
        self.error = error
    }
}

/// One expression of a policy with all its parts.
package struct ExplainedExpression: Sendable {
    /// Such as `spec.validations[0].expression`.
    package var field: String
    /// A variable's or a condition's name; empty for others.
    package var name: String
    /// The whole expression first, then its parts in the order of the text.
    package var parts: [ExplainedPart]
    package var file: SourceFile?
    package var range: SourceRange?

    package init(
        field: String, name: String = "", parts: [ExplainedPart], file: SourceFile? = nil, range: SourceRange? = nil
    ) {
        self.field = field
        self.name = name
        self.parts = parts
        self.file = file
        self.range = range
    }
}

/// What one binding makes of a request.
package struct ExplainedBinding: Sendable {
    package var name: String
    package var clauses: [MatchClause]
    /// Empty if the binding is not about the request.
    package var expressions: [ExplainedExpression]

    package init(name: String, clauses: [MatchClause], expressions: [ExplainedExpression] = []) {
        self.name = name
        self.clauses = clauses
        self.expressions = expressions
    }
}

/// A policy that can tell why it says what it says, for passes too.
package protocol ExplainablePolicy: CompiledPolicy {
    /// The policy's own clauses, under the names of its fields.
    func matchClauses(_ context: AdmissionContext) -> [MatchClause]
    /// - Parameter withExpressions: false for the bindings' clauses and the match conditions only, which is cheaper.
    func explain(_ context: AdmissionContext, withExpressions: Bool) -> [ExplainedBinding]
}

extension MatchResources {
    /// Each constraint that is set, with whether the request meets it.
    ///
    /// - Parameter field: under which the constraints are written.
    package func clauses(_ context: AdmissionContext, field: String, isBinding: Bool = false) -> [MatchClause] {
        let request = context.request
        let subResource = request.subResource.isEmpty ? "" : "/\(request.subResource)"
        let action = "\(request.operation.name) of \(request.groupResource)\(subResource)"
        var clauses: [MatchClause] = []
        if !resourceRules.isEmpty || !isBinding {
            let rules = MatchResources(resourceRules: resourceRules, matchPolicy: matchPolicy)
            clauses.append(
                MatchClause(
                    field: "\(field).resourceRules", wanted: Self.describe(resourceRules), found: action,
                    holds: Self.holds(rules.match(context, isBinding: isBinding))))
        }
        if !excludeResourceRules.isEmpty {
            let rules = MatchResources(resourceRules: excludeResourceRules, matchPolicy: matchPolicy)
            clauses.append(
                MatchClause(
                    field: "\(field).excludeResourceRules", wanted: "not \(Self.describe(excludeResourceRules))",
                    found: action, holds: Self.holds(rules.match(context)).map { !$0 }))
        }
        if !namespaceSelector.isEmpty {
            let only = MatchResources(namespaceSelector: namespaceSelector)
            clauses.append(
                MatchClause(
                    field: "\(field).namespaceSelector", wanted: namespaceSelector.description,
                    found: Self.namespace(context), holds: Self.holds(only.match(context, isBinding: true))))
        }
        if !objectSelector.isEmpty {
            let only = MatchResources(objectSelector: objectSelector)
            let labels = (request.objectNode ?? request.oldObjectNode)?["metadata" as StaticString]
            clauses.append(
                MatchClause(
                    field: "\(field).objectSelector", wanted: objectSelector.description,
                    found: Self.describe(labels: labels?["labels" as StaticString]),
                    holds: Self.holds(only.match(context, isBinding: true))))
        }
        return clauses
    }

    private static func holds(_ outcome: Outcome) -> Bool? {
        switch outcome {
        case .matches, .matchesConverted: true
        case .differs, .namespaceNotFound: false
        case .needsNamespace: nil
        }
    }

    private static func namespace(_ context: AdmissionContext) -> String {
        let request = context.request
        if request.namespace.isEmpty { return "no namespace" }
        let node = request.isNamespaceObject ? request.objectNode : context.cluster.namespace(request.namespace)
        guard let node else { return "namespace \(request.namespace), which is not known" }
        let labels = node["metadata" as StaticString]?["labels" as StaticString]
        return "namespace \(request.namespace) with \(describe(labels: labels))"
    }

    private static func describe(labels: Node?) -> String {
        guard let labels, labels.isMap, labels.count > 0 else { return "no labels" }
        return labels.entries.map { "\($0.key.string ?? "")=\($0.value.string ?? "")" }.joined(separator: ",")
    }

    /// `CREATE, UPDATE of pods or apps/deployments`.
    private static func describe(_ rules: [ResourceRule]) -> String {
        if rules.isEmpty { return "nothing" }
        return rules.map { rule in
            let operations = Operation.allCases.filter { rule.operations.contains(OperationSet($0)) }
            let names = rule.groups.flatMap { group in
                rule.resources.map { group.isEmpty ? $0 : "\(group)/\($0)" }
            }
            let all = operations.count == Operation.allCases.count
            let verbs = all ? "anything" : operations.map(\.name.description).joined(separator: ", ")
            return "\(verbs) of \(names.joined(separator: ", "))"
        }.joined(separator: "; or ")
    }
}

extension LabelSelector: CustomStringConvertible {
    /// As kubectl's `--selector` takes it.
    package var description: String {
        requirements.map { requirement in
            let list = requirement.values.joined(separator: ",")
            return switch requirement.operator {
            case .in:
                requirement.values.count == 1 ? "\(requirement.key)=\(list)" : "\(requirement.key) in (\(list))"
            case .notIn: "\(requirement.key) notin (\(list))"
            case .exists: requirement.key
            case .doesNotExist: "!\(requirement.key)"
            }
        }.joined(separator: ",")
    }
}
