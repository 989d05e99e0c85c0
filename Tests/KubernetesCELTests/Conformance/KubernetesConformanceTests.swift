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
        let data = Conformance.document("k8s-cel/\(file).json")?.root
        let runner = KubernetesCaseRunner(fixtures: data?["fixtures"])
        var tally = Tally()
        for test in data?["cases"].map({ Array($0.elements) }) ?? [] {
            tally.add(Outcome(name: test["id"]?.string ?? "", failure: runner.failure(of: test)))
        }
        tally.report(file)
        #expect(tally.failures.isEmpty)
        #expect(tally.wronglySkipped.isEmpty)
        #expect(tally.passed > 0)
    }
}

struct KubernetesCaseRunner {
    let fixtures: Node?
    /// What Kubernetes lets one expression cost.
    private static let limit: UInt64 = 1_000_000

    /// - Returns: what is wrong; nil if the case passes.
    func failure(of test: Node) -> String? {
        let text = test["expr"]?.string ?? ""
        let expected = test["expected"]
        let isPatch = test["patch"]?.bool ?? false
        let variables = test["vars"]
        let names = variables?.entries.map { $0.key.string ?? "" } ?? []
        var environment = KubernetesEnvironment.base(mutation: isPatch)
        AdmissionVariables.declare(in: &environment, hasParams: true, hasAuthorizer: true)
        let known = Set(environment.variables.map(\.name))
        for name in names where !known.contains(name) { environment.declare(name, .dyn) }
        let program: Program
        let checked: CheckedExpression
        do throws(CompileError) {
            let parsed = try ParsedExpression(parsing: text, in: environment)
            checked = try CheckedExpression(checking: parsed, in: environment)
            program = try Program(planning: checked, in: environment)
        } catch {
            if expected?["compileError"] != nil { return nil }
            return "\(text): does not compile: \(error.issues.first?.message ?? "")"
        }
        if let message = expected?["compileError"]?.string { return "\(text): compiles, should not: \(message)" }
        if let type = expected?["type"]?.string, let ours = Self.name(of: checked.type), ours != type {
            return "\(text): type is \(ours), should be \(type)"
        }
        var values = [Value?](repeating: .null, count: environment.variables.count)
        let authorizer = Self.authorizer(test)
        var request = AuthorizationQuestion()
        request.group = "apps"
        request.resource = "deployments"
        for (index, variable) in environment.variables.enumerated() {
            if let node = variables?[variable.name] { values[index] = value(node) }
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
            if let result = expected?["result"] {
                outcome =
                    EncodedValue.matches(value, result)
                    ? nil : "gives \(value), should be \(EncodedValue.show(result))"
            } else {
                outcome = "gives \(value), should fail: \(expected?["evalError"]?.string ?? "")"
            }
        } catch {
            let isExpected = expected?["evalError"] != nil
            outcome = isExpected ? nil : "fails: \(error.message), should be \(EncodedValue.show(expected?["result"]))"
        }
        if let outcome { return "\(text): \(outcome)" }
        if let cost = test["cost"]?.int, test["costVaries"] == nil, UInt64(cost) != budget.used {
            return "\(text): costs \(budget.used), should cost \(cost)"
        }
        return nil
    }

    private func value(_ node: Node) -> Value {
        guard let name = node["$fixture"]?.string else { return Value(node) }
        return fixtures?[name].map { Value($0) } ?? .null
    }

    private static func authorizer(_ test: Node) -> AuthorizationRules {
        AuthorizationRules(
            (test["authz"].map { Array($0.elements) } ?? []).map { fields in
                var rule = AuthorizationRules.Rule()
                rule.user = fields["user"]?.string ?? ""
                rule.verb = fields["verb"]?.string ?? ""
                rule.path = fields["path"]?.string ?? ""
                rule.group = fields["group"]?.string ?? ""
                rule.resource = fields["resource"]?.string ?? ""
                rule.subresource = fields["subresource"]?.string ?? ""
                rule.namespace = fields["namespace"]?.string ?? ""
                rule.name = fields["name"]?.string ?? ""
                rule.fieldSelector = fields["fieldSelector"]?.string ?? ""
                rule.labelSelector = fields["labelSelector"]?.string ?? ""
                let decisions: [String: AuthorizationAnswer.Decision] = [
                    "allow": .allow, "deny": .deny, "noOpinion": .noOpinion,
                ]
                rule.answer = AuthorizationAnswer(
                    decisions[fields["decision"]?.string ?? ""] ?? .noOpinion, reason: fields["reason"]?.string ?? "",
                    error: fields["error"]?.string)
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
