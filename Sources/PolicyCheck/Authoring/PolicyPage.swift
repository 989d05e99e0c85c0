import Diagnostics
import Documents
import Reporting
import Values

/// What one policy says, as a page of Markdown: read from its document, so that every kind of policy has a page.
struct PolicyPage {
    let policy: Node
    /// Those that name the policy.
    let bindings: [Node]
    /// One line each.
    let waivers: [String]
    let examples: [Example]

    /// An object that the policy judged.
    struct Example {
        let object: String
        let place: String
        /// Empty if the object passes.
        let messages: [String]
    }

    /// Examples of either kind that a page shows.
    private static let maximumExamples = 5

    var name: String { policy["metadata"]?["name"]?.string ?? "" }
    var metadata: PolicyMetadata { PolicyMetadata(policy: policy) }
    private var spec: Node? { policy["spec"] }

    var text: String {
        var out = "# \(Self.plain(metadata.title ?? name))\n\n"
        var facts = ["`\(name)`", policy["kind"]?.string ?? ""]
        if let severity = metadata.severity { facts.append("severity \(severity.rawValue)") }
        if let category = metadata.category { facts.append(Self.plain(category)) }
        if let failure = spec?["failurePolicy"]?.string { facts.append("failure policy \(failure)") }
        out += facts.joined(separator: " · ") + "\n"
        if let description = metadata.description { out += "\n\(description)\n" }
        out += section("Applies to", MatchWords.text(of: spec))
        out += section("Checks", checks)
        out += section("Changes", changes)
        out += section("Variables", named(spec?["variables"]))
        out += section("Parameters", parameters)
        out += section("In force", inForce)
        out += section(
            "Audit annotations", named(spec?["auditAnnotations"], name: "key", expression: "valueExpression"))
        out += section("Waivers", waivers.map { "- \($0)\n" }.joined())
        out += section("Examples", exampleText)
        return out
    }

    private func section(_ title: String, _ text: String) -> String { text.isEmpty ? "" : "\n## \(title)\n\n\(text)" }

    private func items(_ key: String) -> [Node] { spec?[key].map { Array($0.elements) } ?? [] }

    // MARK: Parts

    /// What a validation is, if it does not say so itself: those about other servers' requests give an answer.
    private var expectation: String {
        ["Envoy", "HTTP"].contains(spec?["evaluation"]?["mode"]?.string)
            ? "Answers requests, unless it is null" : "The expression must be true"
    }

    private var checks: String {
        var out = ""
        for (index, validation) in items("validations").enumerated() {
            let message = validation["message"]?.string
            out += "\(index + 1). \(Self.plain(message ?? expectation))\n"
            out += Self.code(validation["expression"]?.string, indent: 3)
            if let computed = validation["messageExpression"]?.string {
                out += "\n   The message is computed:\n" + Self.code(computed, indent: 3)
            }
            if let reason = validation["reason"]?.string { out += "\n   Reason: \(reason)\n" }
        }
        return out
    }

    private var changes: String {
        var out = ""
        for (index, mutation) in items("mutations").enumerated() {
            out += "\(index + 1). \(mutation["patchType"]?.string ?? "Patch")\n"
            let patch = mutation["applyConfiguration"] ?? mutation["jsonPatch"]
            out += Self.code(patch?["expression"]?.string, indent: 3)
        }
        return out
    }

    private func named(_ list: Node?, name: String = "name", expression: String = "expression") -> String {
        list?.elements.map { node in
            "- `\(node[name]?.string ?? "")`\n" + Self.code(node[expression]?.string, indent: 2)
        }.joined() ?? ""
    }

    private var parameters: String {
        guard let kind = spec?["paramKind"] else { return "" }
        var out = "Objects of the kind \(kind["kind"]?.string ?? "") (\(kind["apiVersion"]?.string ?? "")):\n\n"
        for binding in bindings {
            guard let reference = binding["spec"]?["paramRef"] else { continue }
            let place = reference["namespace"]?.string.map { "\($0)/" } ?? ""
            let what =
                reference["name"]?.string.map { "`\(place)\($0)`" }
                ?? "all with \(MatchWords.selector(reference["selector"]))"
            let missing = reference["parameterNotFoundAction"]?.string ?? "Deny"
            out += "- \(Self.name(of: binding)): \(what); without any: \(missing)\n"
        }
        return out
    }

    private var inForce: String {
        if let actions = spec?["validationActions"], bindings.isEmpty { return "\(Self.list(actions))\n" }
        if (policy["kind"]?.string ?? "").hasSuffix("AdmissionPolicy"), bindings.isEmpty {
            return "Nothing binds this policy, so it is not in force.\n"
        }
        return bindings.map { binding in
            let actions = binding["spec"]?["validationActions"].map { Self.list($0) } ?? "in force"
            let scope = MatchWords.conditions(of: binding["spec"]?["matchResources"])
            return "- \(Self.name(of: binding)): \(actions)\(scope.isEmpty ? "" : ", \(scope)")\n"
        }.joined()
    }

    private var exampleText: String {
        let bad = examples.filter { !$0.messages.isEmpty }
        let good = examples.filter(\.messages.isEmpty)
        var out = ""
        for example in good.prefix(Self.maximumExamples) {
            out += "- passes: \(Self.plain(example.object)) (`\(example.place)`)\n"
        }
        for example in bad.prefix(Self.maximumExamples) {
            out += "- fails: \(Self.plain(example.object)) (`\(example.place)`)\n"
            for message in example.messages { out += "  - \(Self.plain(message))\n" }
        }
        return out
    }

    // MARK: Markdown

    static func name(of node: Node) -> String { "`\(node["metadata"]?["name"]?.string ?? "")`" }

    private static func list(_ node: Node) -> String {
        node.elements.compactMap(\.string).joined(separator: ", ")
    }

    /// Text in which nothing is markup.
    static func plain(_ text: String) -> String { MarkdownText.cell(text) }

    /// A fenced block; its fence is longer than any in the text.
    private static func code(_ text: String?, indent: Int) -> String {
        guard let text else { return "" }
        var fence = "```"
        while text.contains(fence) { fence += "`" }
        let margin = String(repeating: " ", count: indent)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
        return "\n"
            + ([fence + "cel"] + lines.map(String.init) + [fence]).map { line in
                line.isEmpty ? "\n" : margin + line + "\n"
            }.joined()
    }
}
