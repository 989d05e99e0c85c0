import Diagnostics
import KubernetesCEL
import PolicyEngine
import PolicyLanguages
import Testing

@Suite("LoadingTests")
struct LoadingTests {
    static let binding = """
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: b}
        spec:
          policyName: p
          validationActions: [Deny]
        """

    static func policy(_ spec: String) -> String {
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata:
          name: p
        spec:
          matchConstraints:
            resourceRules:
            - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}

        """ + spec.split(separator: "\n").map { "  \($0)\n" }.joined()
    }

    private func load(_ text: String) -> (PolicySet?, [Diagnostic]) {
        var loader = PolicyLoader()
        loader.load(policies: SourceFile(name: "p.yaml", text: text))
        let set = loader.finish().policies
        return (set, loader.log.diagnostics)
    }

    @Test(
        "a function is there from its Kubernetes version on",
        arguments: [
            ("quantity('1').isGreaterThan(quantity('0'))", 27, 28), ("sets.contains([1], [1])", 28, 29),
            ("isIP('::1')", 29, 30), ("[1, 2].all(i, v, v > i)", 31, 32), ("isSemver('1.0.0')", 32, 33),
            ("[3, 1].sort() == [1, 3]", 33, 34), ("optional.of(1).hasValue()", 27, 28),
            ("object.?spec.hasValue()", 27, 28),
        ])
    func versions(expression: String, before: Int, since: Int) throws {
        func load(_ minor: Int) -> [Diagnostic] {
            var loader = PolicyLoader(languages: PolicyLanguages.all(version: KubernetesVersion(minor: minor)))
            let text = Self.policy("validations:\n- expression: \"\(expression)\"") + Self.binding
            loader.load(policies: SourceFile(name: "p.yaml", text: text))
            _ = loader.finish()
            return loader.log.diagnostics
        }
        #expect(load(since).isEmpty)
        let diagnostic = try #require(load(before).first)
        #expect(["cel-undeclared-reference", "cel-unsupported-syntax"].contains(diagnostic.id))
        #expect(diagnostic.help?.contains("Kubernetes 1.\(since)") == true, "\(diagnostic.help ?? "")")
    }

    @Test("loads a policy with its binding")
    func loads() throws {
        let (set, diagnostics) = load(Self.policy("validations:\n- expression: 'true'") + Self.binding)
        #expect(diagnostics.isEmpty)
        #expect(try #require(set).policies.count == 1)
    }

    @Test(
        "refuses broken policies at the place that is wrong",
        arguments: [
            ("validation:\n- expression: 'true'", "field-unknown", "9:3"),
            ("validations:\n- expresion: 'true'", "field-unknown", "10:5"),
            ("validations:\n- message: m", "field-required", "10:5"),
            ("validations:\n- expression: objct.x", "cel-undeclared-reference", "10:17"),
            ("validations:\n- expression: 'true && objct.x'", "cel-undeclared-reference", "10:26"),
            ("validations:\n- expression: >-\n    true &&\n    objct.x", "cel-undeclared-reference", "12:7"),
            (
                "validations:\n- expression: >-\n    object.spec.containers.all(c,\n    c.name != objct.x)",
                "cel-undeclared-reference", "12:17"
            ),
            ("validations:\n- expression: object.x", "cel-result-type", "10:17"),
            ("validations:\n- {expression: 'true', reason: Nope}", "field-not-supported", "10:34"),
            ("validations:\n- {expression: 'true', message: \"a\\nb\"}", "field-invalid", "10:35"),
            ("failurePolicy: fail\nvalidations:\n- expression: 'true'", "field-not-supported", "9:18"),
            (
                "variables:\n- {name: for, expression: '1'}\nvalidations:\n- expression: 'true'", "field-invalid",
                "10:12"
            ),
            (
                "matchConditions:\n- {name: a, expression: variables.x}\nvalidations:\n- expression: 'true'",
                "cel-undeclared-reference", "10:27"
            ),
            ("auditAnnotations:\n- {key: k, valueExpression: '1'}", "cel-result-type", "10:32"),
        ])
    func refuses(spec: String, id: String, place: String) throws {
        let (set, diagnostics) = load(Self.policy(spec) + Self.binding)
        #expect(set == nil)
        let diagnostic = try #require(diagnostics.first { $0.id == id }, "\(diagnostics.map(\.message))")
        let start = try #require(diagnostic.range?.start)
        #expect("\(start.line):\(start.column)" == place, "\(diagnostic.message)")
        #expect(diagnostic.file?.name == "p.yaml")
    }

    @Test("suggests the field that was meant")
    func suggests() {
        let (_, diagnostics) = load(Self.policy("validations:\n- expresion: 'true'") + Self.binding)
        #expect(diagnostics.contains { $0.help == "did you mean `expression`?" })
    }

    @Test("reports a policy without a binding, a binding without a policy, and duplicates")
    func pairs() {
        let policy = Self.policy("validations:\n- expression: 'true'")
        #expect(load(policy).1.map(\.id) == ["vap-no-binding"])
        let other = Self.binding.replacing("policyName: p", with: "policyName: pp")
        #expect(load(policy + other).1.map(\.id) == ["vap-no-binding", "vap-no-policy"])
        #expect(load(policy + "---\n" + policy + Self.binding).1.map(\.id) == ["vap-duplicate-name"])
    }

    @Test("a document that is no policy, and nothing at all, are errors")
    func unknown() {
        #expect(load("apiVersion: v1\nkind: Pod\n").1.map(\.id) == ["policy-unknown-kind"])
        #expect(load("# nothing\n").1.map(\.id) == ["policy-none"])
        #expect(
            load("apiVersion: admissionregistration.k8s.io/v2\nkind: ValidatingAdmissionPolicy\n").1.map(\.id)
                == ["vap-version"])
    }
}
