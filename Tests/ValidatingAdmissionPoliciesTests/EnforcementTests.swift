import Admission
import Diagnostics
import Documents
import PolicyEngine
import PolicyLanguages
import Testing
import Values

/// What an operator's `Enforcement` makes of the verdicts of two policies that both deny.
@Suite struct EnforcementTests {
    private func set(_ change: (inout Enforcement) -> Void) throws -> PolicySet {
        var loader = PolicyLoader()
        for name in ["first", "second"] {
            let text = """
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicy
                metadata: {name: \(name)}
                spec:
                  matchConstraints:
                    resourceRules:
                    - {apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"]}
                  validations:
                  - {expression: "false", message: "\(name) says no"}
                ---
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicyBinding
                metadata: {name: \(name)}
                spec: {policyName: \(name), validationActions: [Deny]}
                """
            loader.load(policies: SourceFile(name: "\(name).yaml", text: text))
        }
        var enforcement = Enforcement()
        change(&enforcement)
        return try #require(loader.finish().policies).with(enforcement)
    }

    private func request(user: String = "dev") throws -> AdmissionRequest {
        let review = """
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "1", "operation": "CREATE",
             "kind": {"group": "", "version": "v1", "kind": "Pod"}, "namespace": "shop", "name": "web",
             "resource": {"group": "", "version": "v1", "resource": "pods"}, "userInfo": {"username": "\(user)"},
             "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}}}}
            """
        let parser = JSONParser()
        return try AdmissionReview(parser.parse(Array(review.utf8))).request
    }

    private func cause(_ name: String) -> String {
        "ValidatingAdmissionPolicy '\(name)' with binding '\(name)' denied request: \(name) says no"
    }

    @Test("as the policies say, the first denial counts")
    func full() throws {
        let verdict = try set { _ in }.review(request())
        #expect(verdict.status?.cause == cause("first"))
        #expect(verdict.warnings == [])
        #expect(verdict.unenforced == nil)
    }

    @Test("warns of each denial instead, and notes it for the audit log")
    func warn() throws {
        let verdict = try set { $0.mode = .warn }.review(request())
        #expect(verdict.isAllowed)
        #expect(verdict.warnings == [cause("first"), cause("second")])
        #expect(verdict.auditAnnotations.map(\.key) == ["would-deny"])
        #expect(verdict.auditAnnotations.first?.value == "\(cause("first")), \(cause("second"))")
        #expect(verdict.unenforced?.policy.name == "first")
    }

    @Test("only notes it for the audit log")
    func audit() throws {
        let verdict = try set { $0.mode = .audit }.review(request())
        #expect(verdict.isAllowed)
        #expect(verdict.warnings == [])
        #expect(verdict.auditAnnotations.map(\.key) == ["would-deny"])
    }

    @Test("a policy's own mode is stronger, in both directions")
    func modes() throws {
        let softened = try set { $0.modes = ["first": .warn] }.review(request())
        #expect(softened.status?.cause == cause("second"))
        #expect(softened.warnings == [cause("first")])
        let hardened = try set {
            $0.mode = .audit
            $0.modes = ["second": .deny]
        }.review(request())
        #expect(hardened.status?.cause == cause("second"))
        #expect(hardened.unenforced?.policy.name == "first")
    }

    @Test("exempt namespaces and users are not judged, and the audit log says so")
    func exemptions() throws {
        let namespace = try set { $0.exemptNamespaces = [NamePattern("sh*")] }
        let verdict = try namespace.review(request())
        #expect(verdict.isAllowed)
        #expect(verdict.exemption == "namespace shop")
        #expect(verdict.auditAnnotations.map { "\($0.key): \($0.value)" } == ["exempt: namespace shop"])
        #expect(verdict.evaluations.isEmpty)
        let user = try set { $0.exemptUsers = [NamePattern("system:serviceaccount:flux:*")] }
        #expect(try !user.review(request()).isAllowed)
        #expect(try user.review(request(user: "system:serviceaccount:flux:apply")).exemption != nil)
    }

    @Test("a namespace that does not exist is a warning where nothing is to be denied")
    func missingNamespace() throws {
        let text = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: first}
            spec:
              matchConstraints:
                resourceRules:
                - {apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"]}
              validations: [{expression: "true"}]
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: first}
            spec: {policyName: first, validationActions: [Deny]}
            """
        var loader = PolicyLoader()
        loader.load(policies: SourceFile(name: "p.yaml", text: text))
        loader.declare { $0.knowsAllNamespaces = true }
        let set = try #require(loader.finish().policies)
        #expect(try set.review(request()).status?.code == 404)
        var enforcement = Enforcement()
        enforcement.mode = .warn
        let verdict = try set.with(enforcement).review(request())
        #expect(verdict.isAllowed)
        #expect(verdict.warnings == ["namespaces \"shop\" not found"])
    }

    @Test("audit annotation keys that the API server keeps")
    func auditKeys() {
        let long = String(repeating: "p", count: 60)
        var response = AdmissionResponse(
            uid: "1",
            auditAnnotations: [("p/key", "a"), ("\(long)/key", "b"), ("would-deny", "c"), ("q\(long)/key", "d")])
        response.shortenAuditKeys()
        #expect(response.auditAnnotations.map { "\($0.key)=\($0.value)" } == ["p.key=a", "key=b, d", "would-deny=c"])
    }
}
