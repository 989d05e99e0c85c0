import Admission
import Diagnostics
import PolicyEngine
import Testing

@Suite("PolicyException")
struct PolicyExceptionTests {
    private static func exception(_ spec: String, kind: String = "ValidatingPolicy", name: String = "e") -> String {
        """
        ---
        apiVersion: policies.kyverno.io/v1
        kind: PolicyException
        metadata: {name: \(name), namespace: team}
        spec:
          policyRefs: [{name: p, kind: \(kind)}]
        \(spec.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))

        """
    }

    private static let denying = Support.policy("validations:\n- {expression: 1 > 2, message: refused}")

    private func review(_ text: String, at seconds: Int64 = 0) throws -> Verdict {
        let (set, log) = try Support.load(text)
        return try #require(set, "\(log.diagnostics)").review(
            try Support.request(Support.pod), now: Support.time(seconds))
    }

    @Test("excuses an object that meets its conditions")
    func excuses() throws {
        let spec = "matchConditions:\n- {name: c, expression: object.metadata.name == 'web'}"
        let verdict = try review(Self.denying + Self.exception(spec))
        #expect(verdict.isAllowed)
        #expect(verdict.usedExceptions.map(\.qualifiedName) == ["team/e"])
    }

    @Test("leaves other objects alone")
    func differs() throws {
        let spec = "matchConditions:\n- {name: c, expression: object.metadata.name == 'other'}"
        let verdict = try review(Self.denying + Self.exception(spec))
        #expect(verdict.denial?.message == "refused")
        #expect(Array(verdict.usedExceptions).isEmpty)
    }

    @Test("no longer excuses once it has expired, and says so")
    func expired() throws {
        let text = Self.denying + Self.exception("expiresAt: 2026-01-01T00:00:00Z")
        #expect(try review(text, at: 1_767_225_599).isAllowed)
        #expect(try review(text, at: 1_767_225_600).denial?.message == "refused; exception `team/e` has expired")
    }

    @Test("whose condition fails excuses nothing, and says so")
    func failing() throws {
        let spec = "matchConditions:\n- {name: c, expression: object.nope == 1}"
        #expect(
            try review(Self.denying + Self.exception(spec)).denial?.message
                == "refused; exception `team/e` cannot be evaluated: no such key: nope")
    }

    @Test("is about Kubernetes' own policies too")
    func kubernetes() throws {
        let policy = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: p}
            spec:
              matchConstraints:
                resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: ["*"], resources: [pods]}]
              validations: [{expression: "false"}]
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: b}
            spec: {policyName: p, validationActions: [Deny]}

            """
        #expect(try !review(policy).isAllowed)
        #expect(try review(policy + Self.exception("", kind: "ValidatingAdmissionPolicy")).isAllowed)
        let (_, log) = try Support.load(policy + Self.exception("images: [nginx]", kind: "ValidatingAdmissionPolicy"))
        #expect(log.diagnostics.map(\.id) == ["exception-allowances"])
        #expect(try !review(policy + Self.exception("images: [nginx]", kind: "ValidatingAdmissionPolicy")).isAllowed)
    }

    @Test("with allowed values loosens policies that ask for them")
    func allowances() throws {
        let policy = Support.policy("validations:\n- expression: \"'nginx' in exceptions.allowedImages\"")
        #expect(try !review(policy).isAllowed)
        let verdict = try review(policy + Self.exception("images: [nginx]"))
        #expect(verdict.isAllowed)
        #expect(verdict.usedExceptions.map(\.name) == ["e"])
    }

    @Test("for a policy that is not there is reported")
    func noPolicy() throws {
        let (_, log) = try Support.load(
            Support.policy("validations:\n- expression: 'true'", name: "pods") + Self.exception(""))
        #expect(log.diagnostics.map(\.message) == ["there is no ValidatingPolicy `p` for this exception"])
        #expect(log.diagnostics.first?.id == "exception-no-policy")
        #expect(log.diagnostics.first?.range?.start.line == 19)
    }

    static let refusals: [(spec: String, id: String, message: String)] = [
        ("expiresAt: tomorrow", "field-invalid", "`spec.expiresAt`: must be a time like `2026-12-31T00:00:00Z`"),
        ("expires: 1", "field-unknown", "`spec.expires`: unknown field"),
        (
            "matchConditions: [{name: c, expression: '1'}]", "cel-result-type",
            "`spec.matchConditions[0].expression`: must evaluate to bool but got int"
        ),
    ]

    @Test("is refused with id and message", arguments: refusals)
    func refused(spec: String, id: String, message: String) throws {
        let (set, log) = try Support.load(Self.denying + Self.exception(spec))
        #expect(set == nil)
        #expect(log.diagnostics.contains { $0.id == id && $0.message == message }, "\(log.diagnostics.map(\.message))")
    }
}
