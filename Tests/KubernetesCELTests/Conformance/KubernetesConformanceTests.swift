import CEL
import Documents
import Foundation
import KubernetesCEL
import Testing
import Values

/// Expressions with value, type, kind of error and exact cost, as Kubernetes 1.36.2 evaluates them.
@Suite struct KubernetesConformanceTests {
    @Test(
        "agrees with Kubernetes", .enabled(if: Conformance.isPresent, "the shared conformance data is missing"),
        arguments: ["generated", "library-tests", "crd-validation-tests"])
    func kubernetes(file: String) {
        let data = Conformance.json("k8s-cel/\(file).json") as? [String: Any] ?? [:]
        var runner = KubernetesCaseRunner(fixtures: data["fixtures"] as? [String: String] ?? [:])
        var tally = Tally()
        for test in data["cases"] as? [[String: Any]] ?? [] {
            tally.add(Outcome(name: test["id"] as? String ?? "", failure: runner.failure(of: test)))
        }
        tally.report(file)
        #expect(tally.failures.isEmpty)
        #expect(tally.wronglySkipped.isEmpty)
        #expect(tally.passed > 0)
    }
}

struct KubernetesCaseRunner {
    let fixtures: [String: String]
    private var documents: [String: Document] = [:]
    /// What Kubernetes lets one expression cost.
    private static let limit: UInt64 = 1_000_000

    init(fixtures: [String: String]) { self.fixtures = fixtures }

    /// - Returns: what is wrong; nil if the case passes.
    mutating func failure(of test: [String: Any]) -> String? {
        let text = test["expr"] as? String ?? ""
        let expected = test["expected"] as? [String: Any] ?? [:]
        let isPatch = test["patch"] as? Bool ?? false
        let variables = test["vars"] as? [String: Any] ?? [:]
        var environment = KubernetesEnvironment.base(mutation: isPatch)
        AdmissionVariables.declare(in: &environment, hasParams: true, hasAuthorizer: true)
        let known = Set(environment.variables.map(\.name))
        for name in variables.keys.sorted() where !known.contains(name) { environment.declare(name, .dyn) }
        if isPatch {
            environment.openStructures = ["Object"]
            environment.declare(
                Environment.Structure("JSONPatch", ["op": .string, "path": .string, "from": .string, "value": .dyn]))
        }
        let program: Program
        let checked: CheckedExpression
        do throws(CompileError) {
            let parsed = try ParsedExpression(parsing: text, in: environment)
            checked = try CheckedExpression(checking: parsed, in: environment)
            program = try Program(planning: checked, in: environment)
        } catch {
            if expected["compileError"] != nil { return nil }
            return "\(text): does not compile: \(error.issues.first?.message ?? "")"
        }
        if let message = expected["compileError"] { return "\(text): compiles, should not: \(message)" }
        if let type = expected["type"] as? String, let ours = Self.name(of: checked.type), ours != type {
            return "\(text): type is \(ours), should be \(type)"
        }
        var values = [Value?](repeating: .null, count: environment.variables.count)
        let authorizer = Self.authorizer(test)
        var request = AuthorizationQuestion()
        request.group = "apps"
        request.resource = "deployments"
        for (index, variable) in environment.variables.enumerated() {
            if let encoded = variables[variable.name] { values[index] = value(encoded) }
            if variable.name == "authorizer" {
                values[index] = .object(AuthorizerValue(authorizer, requestResource: request))
            }
            if variable.name == "authorizer.requestResource" {
                values[index] = AuthorizerValue.requestResource(authorizer, request)
            }
        }
        var budget = CostBudget(limit: Self.limit)
        let outcome: String?
        do throws(EvaluationError) {
            let value = try program.evaluate(Activation(values), budget: &budget)
            if let result = expected["result"] {
                outcome = EncodedValue.matches(value, result) == true ? nil : "gives \(value), should be \(result)"
            } else {
                outcome = "gives \(value), should fail: \(expected["evalError"] ?? "")"
            }
        } catch {
            outcome =
                expected["evalError"] != nil ? nil : "fails: \(error.message), should be \(expected["result"] ?? "")"
        }
        if let outcome { return "\(text): \(outcome)" }
        if let cost = test["cost"] as? Int, test["costVaries"] == nil, UInt64(cost) != budget.used {
            return "\(text): costs \(budget.used), should cost \(cost)"
        }
        return nil
    }

    private mutating func value(_ encoded: Any) -> Value {
        let name = (encoded as? [String: Any])?["$fixture"] as? String
        if let name, let document = documents[name] { return Value(document.root) }
        var json = Data()
        if let name {
            json = Data((fixtures[name] ?? "null").utf8)
        } else if let data = try? JSONSerialization.data(withJSONObject: encoded, options: .fragmentsAllowed) {
            json = data
        }
        guard let document = try? JSONParser().parse(Array(json)) else { return .null }
        if let name { documents[name] = document }
        return Value(document.root)
    }

    private static func authorizer(_ test: [String: Any]) -> AuthorizationRules {
        AuthorizationRules(
            (test["authz"] as? [[String: String]] ?? []).map { fields in
                var rule = AuthorizationRules.Rule()
                rule.user = fields["user"] ?? ""
                rule.verb = fields["verb"] ?? ""
                rule.path = fields["path"] ?? ""
                rule.group = fields["group"] ?? ""
                rule.resource = fields["resource"] ?? ""
                rule.subresource = fields["subresource"] ?? ""
                rule.namespace = fields["namespace"] ?? ""
                rule.name = fields["name"] ?? ""
                rule.fieldSelector = fields["fieldSelector"] ?? ""
                rule.labelSelector = fields["labelSelector"] ?? ""
                let decisions: [String: AuthorizationAnswer.Decision] = [
                    "allow": .allow, "deny": .deny, "noOpinion": .noOpinion,
                ]
                rule.answer = AuthorizationAnswer(
                    decisions[fields["decision"] ?? ""] ?? .noOpinion, reason: fields["reason"] ?? "",
                    error: fields["error"])
                return rule
            })
    }

    /// As the data names types; nil where the names of type parameters may differ.
    private static func name(of type: CELType) -> String? {
        let name = type.description
            .replacingOccurrences(of: "null", with: "null_type")
            .replacingOccurrences(of: "timestamp", with: "google.protobuf.Timestamp")
            .replacingOccurrences(of: "duration", with: "google.protobuf.Duration")
        return name.contains("type(") && !name.hasPrefix("optional_type") ? nil : name
    }
}
