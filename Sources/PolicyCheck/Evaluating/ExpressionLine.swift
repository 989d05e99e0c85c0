import CEL
import Diagnostics
import Documents
import KubernetesCEL
import Values

/// One line of `eval --jsonl`: an expression with its variables as JSON, and its result in the tagged form.
///
/// Keys: `expr`; `vars` (plain JSON values), `bindings` (tagged values), `container`, `authz` (rules of an authorizer,
/// the first match wins), `patch` (with what only mutating policies have), `id` (echoed).
struct ExpressionLine {
    private let line: Node
    private let choice: EnvironmentChoice
    private let version: KubernetesVersion

    /// - Throws: what is wrong with the line itself.
    init(_ document: Document, choice: EnvironmentChoice, version: KubernetesVersion) throws(RunFailure) {
        line = document.root
        self.choice = choice
        self.version = version
        guard line.isMap, line["expr" as StaticString]?.kind == .string else {
            throw RunFailure(.input, "a line must be an object with a string `expr`")
        }
        for key in ["vars", "bindings"] {
            guard let node = line[key], !node.isNull, !node.isMap else { continue }
            throw RunFailure(.input, "`\(key)` must be an object")
        }
    }

    /// The result as one line of JSON, line end included.
    func result() throws(RunFailure) -> [UInt8] {
        let isPatch = line["patch" as StaticString]?.bool == true
        var environment = choice.environment(version: version, mutation: isPatch)
        if let container = line["container" as StaticString]?.string { environment.container = container }
        let values = try bind(&environment)
        let text = line["expr" as StaticString]?.string ?? ""
        let run = ExpressionRun(text, in: environment, values)
        var out: [UInt8] = []
        out.append(json: "{")
        if let id = line["id" as StaticString] {
            out.append(json: "\"id\":")
            JSONWriter().write(id, to: &out)
            out.append(json: ",")
        }
        append(run, text: text, to: &out)
        out.append(json: "}\n")
        return out
    }

    // MARK: Variables

    /// The values by the environment's variables; declares those that it does not have.
    private func bind(_ environment: inout CEL.Environment) throws(RunFailure) -> [Value?] {
        var given: [String: Value] = [:]
        if let vars = line["vars" as StaticString] {
            for (key, value) in vars.entries { given[key.string ?? ""] = Value(value) }
        }
        if let bindings = line["bindings" as StaticString] {
            for (key, value) in bindings.entries {
                guard let decoded = TaggedValue.read(value) else {
                    throw RunFailure(.input, "`bindings.\(key.string ?? "")` is no tagged value")
                }
                given[key.string ?? ""] = decoded
            }
        }
        let known = Set(environment.variables.map(\.name))
        for name in given.keys.sorted() where !known.contains(name) { environment.declare(name, .dyn) }
        if known.contains("authorizer") {
            let request = line["vars" as StaticString]?["request" as StaticString]
            let rules = AuthorizationRules(
                (line["authz" as StaticString]?.elements).map { $0.map(Self.rule) } ?? [],
                user: request?["userInfo" as StaticString]?["username" as StaticString]?.string ?? "")
            let question = Self.question(request)
            given["authorizer"] = .object(AuthorizerValue(rules, requestResource: question))
            given["authorizer.requestResource"] = AuthorizerValue.requestResource(rules, question)
        }
        return environment.variables.map { given[$0.name] ?? .null }
    }

    private static func rule(_ node: Node) -> AuthorizationRules.Rule {
        func text(_ key: String) -> String { node[key]?.string ?? "" }
        var rule = AuthorizationRules.Rule()
        rule.user = text("user")
        rule.verb = text("verb")
        rule.path = text("path")
        rule.group = text("group")
        rule.resource = text("resource")
        rule.subresource = text("subresource")
        rule.namespace = text("namespace")
        rule.name = text("name")
        rule.fieldSelector = text("fieldSelector")
        rule.labelSelector = text("labelSelector")
        let decisions: [String: AuthorizationAnswer.Decision] = ["allow": .allow, "deny": .deny]
        rule.answer = AuthorizationAnswer(
            decisions[text("decision")] ?? .noOpinion, reason: text("reason"), error: node["error"]?.string)
        return rule
    }

    /// What `authorizer.requestResource` asks about: the request's own resource.
    private static func question(_ request: Node?) -> AuthorizationQuestion {
        var question = AuthorizationQuestion()
        let resource = request?["resource" as StaticString]
        question.group = resource?["group" as StaticString]?.string ?? ""
        question.resource = resource?["resource" as StaticString]?.string ?? ""
        question.subresource = request?["subResource" as StaticString]?.string ?? ""
        question.namespace = request?["namespace" as StaticString]?.string ?? ""
        question.name = request?["name" as StaticString]?.string ?? ""
        return question
    }

    // MARK: Result

    private func append(_ run: ExpressionRun, text: String, to out: inout [UInt8]) {
        switch run.outcome {
        case .value(let value):
            out.append(json: "\"result\":")
            TaggedValue.append(value, to: &out)
        case .evaluationError(let error):
            out.append(json: "\"evalError\":")
            JSONWriter().writeString(error.message, to: &out)
        case .compileError(let error):
            let file = SourceFile(name: "<expression>", text: text)
            out.append(json: "\"compileError\":")
            JSONWriter().writeString(error.issues.first?.message ?? "does not compile", to: &out)
            out.append(json: ",\"issues\":[")
            for (index, issue) in error.issues.enumerated() {
                let start = file.position(atByte: Int(issue.span.start))
                // Columns of issues count from 0, as in the data of the Go implementation.
                out.append(json: index == 0 ? "{" : ",{")
                out.append(json: "\"id\":\"\(issue.id)\",\"line\":\(start.line),\"col\":\(start.column - 1)")
                out.append(json: ",\"message\":")
                JSONWriter().writeString(issue.message, to: &out)
                out.append(json: "}")
            }
            out.append(json: "]")
        }
        if let type = run.type {
            out.append(json: ",\"type\":")
            JSONWriter().writeString(type.specificationName, to: &out)
            out.append(json: ",\"cost\":\(run.cost)")
        }
    }
}
