import Admission
import Diagnostics
import Documents
import PolicyEngine
import PolicyLanguages
import Testing
import Values

@Suite("EvaluationTests")
struct EvaluationTests {
    private func set(_ spec: String, actions: String = "[Deny]", _ change: (inout ClusterContext) -> Void = { _ in })
        throws -> PolicySet
    {
        var loader = PolicyLoader()
        let binding = LoadingTests.binding.replacing("[Deny]", with: actions)
        loader.load(policies: SourceFile(name: "p.yaml", text: LoadingTests.policy(spec) + binding))
        loader.declare(change)
        let loaded = loader.finish().policies
        #expect(loader.log.diagnostics.map(\.message) == [])
        return try #require(loaded)
    }

    private func pod(_ image: String = "nginx:latest") throws -> AdmissionRequest {
        var stream = ManifestStream(
            SourceFile(
                name: "pod.yaml",
                text: """
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: web, namespace: prod}
                    spec:
                      containers:
                      - name: app
                        image: \(image)
                    """))
        return try AdmissionRequest(manifest: try #require(try stream.next()))
    }

    private static let rule = """
        validations:
        - expression: "object.spec.containers.all(c, !c.image.endsWith(':latest'))"
          message: no latest
        """

    @Test("denies in the API server's words, with the places of policy and manifest")
    func denies() throws {
        let verdict = try set(Self.rule).review(pod(), explains: true)
        let status = try #require(verdict.status)
        #expect(status.code == 422)
        #expect(status.reason == .invalid)
        #expect(
            status.message == "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied "
                + "request: no latest")
        let denial = try #require(verdict.denial)
        #expect(denial.check?.field == "spec.validations[0].expression")
        #expect(denial.check?.range?.start == SourcePosition(line: 10, column: 18))
        let explanation = try #require(denial.explanation)
        #expect(explanation.expression.contains("endsWith"))
        #expect(explanation.place?.position == SourcePosition(line: 7, column: 12))
        #expect(try set(Self.rule).review(pod("nginx:1")).isAllowed)
    }

    @Test("warns and audits instead where the binding says so")
    func warns() throws {
        let warned = try set(Self.rule, actions: "[Warn, Audit]").review(pod())
        #expect(warned.isAllowed)
        #expect(
            warned.warnings == ["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': no latest"])
        #expect(warned.auditAnnotations.map(\.key) == ["validation.policy.admission.k8s.io/validation_failure"])
        #expect(
            warned.auditAnnotations.map(\.value) == [
                #"[{"message":"no latest","policy":"p","binding":"b","expressionIndex":0,"#
                    + #""validationActions":["Warn","Audit"]}]"#
            ])
    }

    @Test("errors follow the failure policy", arguments: [("Fail", false), ("Ignore", true)])
    func errors(failurePolicy: String, isAllowed: Bool) throws {
        let spec = "failurePolicy: \(failurePolicy)\nvalidations:\n- expression: object.spec.missing == 1"
        let verdict = try set(spec).review(pod())
        #expect(verdict.isAllowed == isAllowed)
        #expect(verdict.decisions.map(\.evaluation) == [.error])
    }

    @Test("never passes silently what it cannot know")
    func undecided() throws {
        let spec = "validations:\n- expression: namespaceObject.metadata.name == 'prod'"
        let unknown = try set(spec).review(pod())
        #expect(!unknown.isAllowed)
        #expect(unknown.denial?.missing == .namespace("prod"))
        #expect(unknown.status?.message.hasSuffix("undecided: needs namespace `prod`") == true)
        let none = try set(spec) { $0.knowsAllNamespaces = true }.review(pod())
        #expect(none.status?.code == 404)
        let document = try JSONParser().parse(Array(#"{"metadata":{"name":"prod"}}"#.utf8))
        #expect(try set(spec) { $0.add(namespace: document.root) }.review(pod()).isAllowed)
        let asks = "validations:\n- expression: authorizer.requestResource.check('x').allowed()"
        #expect(try set(asks).review(pod()).denial?.missing == .authorizer)
    }

    @Test("variables and messages")
    func variables() throws {
        let spec = """
            variables:
            - {name: images, expression: 'object.spec.containers.map(c, c.image)'}
            validations:
            - expression: variables.images.all(i, i == '')
              messageExpression: "'images: ' + variables.images.join(' ')"
              reason: Forbidden
            """
        let verdict = try set(spec).review(pod())
        #expect(verdict.denial?.message == "images: nginx:latest")
        #expect(verdict.status?.code == 403)
    }

    @Test("policies that are left when the time is over follow their failurePolicy")
    func timeLimit() throws {
        let (good, over) = (try pod("nginx:1"), TimeLimit { true })
        let failing = try set(Self.rule)
        #expect(failing.review(good, timeLimit: TimeLimit { false }).isAllowed)
        let late = failing.review(good, timeLimit: over)
        let words = "undecided: the time for the request was over"
        #expect(late.status?.message.hasSuffix(words) == true, "\(late.status?.message ?? "allowed")")
        #expect(late.denial?.evaluation == .error && late.denial?.missing == .time)
        #expect(try set("failurePolicy: Ignore\n" + Self.rule).review(good, timeLimit: over).isAllowed)
        #expect(failing.review(good, workloads: .deny, timeLimit: over).denial?.missing == .time)
    }
}
