import Admission
import Diagnostics
import PolicyEngine
import Testing
import Values

@Suite("Kyverno's ValidatingPolicy")
struct ValidatingPolicyTests {
    private func verdict(_ spec: String, _ manifest: String, explains: Bool = false) throws -> Verdict {
        let (set, log) = try Support.load(Support.policy(spec))
        return try #require(set, "\(log.diagnostics)").review(try Support.request(manifest), explains: explains)
    }

    @Test("stops at the first validation that fails and makes its message")
    func messages() throws {
        let verdict = try verdict(
            """
            variables:
            - {name: images, expression: "object.spec.containers.map(c, c.image)"}
            validations:
            - expression: "true"
            - expression: variables.images.all(i, i.startsWith('ghcr.io/'))
              messageExpression: "'not ' + variables.images[0]"
            - expression: "false"
              message: never seen
            """, Support.pod)
        #expect(verdict.decisions.map(\.evaluation) == [.admit, .deny])
        #expect(
            verdict.status?.message
                == "pods \"web\" is forbidden: ValidatingPolicy 'p' denied request: not nginx:1.25")
    }

    @Test("numbers a failed validation without a message")
    func noMessage() throws {
        #expect(
            try verdict("validations:\n- expression: 1 > 2", Support.pod).denial?.message
                == "CEL expression validation failed at index 0")
    }

    @Test("only warns and audits where its actions say so")
    func actions() throws {
        let verdict = try verdict(
            "validationActions: [Warn, Audit]\nvalidations:\n- {expression: 1 > 2, message: refused}", Support.pod)
        #expect(verdict.isAllowed)
        #expect(verdict.warnings == ["Validation failed for ValidatingPolicy 'p': refused"])
        #expect(verdict.auditAnnotations.count == 1)
    }

    @Test("follows its failurePolicy")
    func failurePolicy() throws {
        let broken = "validations:\n- expression: object.spec.nope == 1"
        #expect(try !verdict(broken, Support.pod).isAllowed)
        #expect(try verdict("failurePolicy: Ignore\n\(broken)", Support.pod).isAllowed)
    }

    @Test("is not about what its match conditions leave out")
    func matchConditions() throws {
        let spec =
            "matchConditions:\n- {name: c, expression: object.metadata.name == 'x'}\nvalidations:\n- expression: 1 > 2"
        let verdict = try verdict(spec, Support.pod)
        #expect(verdict.isAllowed)
        #expect(verdict.evaluations.map(\.decisions.count) == [0])
    }

    static let deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 1
          template:
            metadata:
              labels: {app: web}
            spec:
              containers:
              - name: main
                image: nginx
        """

    @Test("on Pods judges templates, with the place in the workload")
    func autogen() throws {
        let verdict = try verdict(
            """
            validations:
            - expression: object.metadata.labels.app == 'web' && object.metadata.name == 'web' && object.kind == 'Deployment'
            - expression: object.spec.containers.all(c, c.image.contains(':'))
            """, Self.deployment, explains: true)
        let denial = try #require(verdict.denial)
        #expect(denial.validationIndex == 1)
        let place = try #require(denial.explanation?.place?.position)
        #expect("\(place.line):\(place.column)" == "12:16")
    }

    @Test("judges the template of a CronJob")
    func cronJob() throws {
        let manifest = """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: c}
            spec:
              jobTemplate:
                spec:
                  template:
                    spec: {containers: [{name: a, image: nginx}]}
            """
        #expect(
            try !verdict("validations:\n- expression: object.spec.containers[0].image != 'nginx'", manifest).isAllowed)
    }

    @Test("generates rules for the named workloads only")
    func controllers() throws {
        let spec = "autogen: {podControllers: {controllers: [jobs]}}\nvalidations:\n- expression: 1 > 2"
        #expect(try verdict(spec, Self.deployment).evaluations.isEmpty)
    }

    @Test("in a namespace is about that namespace")
    func namespaced() throws {
        let text = Support.policy("validations:\n- expression: 1 > 2", kind: "NamespacedValidatingPolicy")
            .replacing("  name: p", with: "  name: p\n  namespace: prod")
        let set = try #require(try Support.load(text).set)
        var options = ManifestRequestOptions()
        #expect(set.review(try Support.request(Support.pod, options: options)).isAllowed)
        options.defaultNamespace = "prod"
        #expect(!set.review(try Support.request(Support.pod, options: options)).isAllowed)
    }

    @Test("judges any document in JSON mode, and no Kubernetes object")
    func json() throws {
        let text = """
            apiVersion: policies.kyverno.io/v1
            kind: ValidatingPolicy
            metadata: {name: json}
            spec:
              evaluation: {mode: JSON}
              validations:
              - {expression: object.size > 3, message: too small}
            """
        let set = try #require(try Support.load(text).set)
        #expect(set.judgesDocuments)
        #expect(set.review(try Support.request(Support.pod)).evaluations.isEmpty)
        let document = try #require(try Support.nodes("size: 2").first)
        #expect(set.review(document: document)?.verdict.denial?.message == "too small")
    }

    static let refusals: [(text: String, id: String, message: String, place: String)] = [
        (Support.policy("validations: []"), "field-required", "`spec.validations`: required", "6:3"),
        (
            Support.policy("validationActions: [Block]\nvalidations:\n- expression: 'true'"), "field-not-supported",
            "`spec.validationActions[0]`: supported values: \"Audit\", \"Deny\", \"Warn\"", "12:23"
        ),
        (
            Support.policy("validation:\n- expression: 'true'\nvalidations:\n- expression: 'true'"), "field-unknown",
            "`spec.validation`: unknown field", "12:3"
        ),
        (
            Support.policy("validations:\n- expression: object.spec.?x"), "cel-result-type",
            "`spec.validations[0].expression`: must evaluate to bool but got optional_type(dyn)", "13:17"
        ),
        (
            Support.policy("evaluation: {mode: Envoy}\nvalidations:\n- expression: 'true'"), "cel-result-type",
            "`spec.validations[0].expression`: must evaluate to one of [envoy.service.auth.v3.CheckResponse null_type] "
                + "but got bool", "14:18"
        ),
        (
            "apiVersion: policies.kyverno.io/v1\nkind: GeneratingPolicy\nmetadata: {name: g}", "kyverno-kind",
            "`GeneratingPolicy` is not supported: it creates objects in a cluster", "2:7"
        ),
        (
            "apiVersion: policies.kyverno.io/v9\nkind: ValidatingPolicy\nmetadata: {name: g}", "kyverno-version",
            "unsupported apiVersion `policies.kyverno.io/v9`", "1:13"
        ),
        (
            Support.policy("validations:\n- expression: 'true'") + "---\n"
                + Support.policy("validations:\n- expression: 'true'"), "kyverno-duplicate-name",
            "a ValidatingPolicy named `p` exists already", "18:9"
        ),
    ]

    @Test("is refused with id, message and place", arguments: refusals)
    func refused(text: String, id: String, message: String, place: String) throws {
        let (set, log) = try Support.load(text)
        #expect(set == nil)
        let found = try #require(log.diagnostics.first { $0.id == id }, "\(log.diagnostics.map(\.message))")
        #expect(found.message == message)
        let start = try #require(found.range?.start)
        #expect("\(start.line):\(start.column)" == place)
    }
}
