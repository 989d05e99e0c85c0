import Foundation
import Testing

@Suite("policy-check on workloads and exceptions")
struct WorkloadTests {
    private static let policy = """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: tags}
        spec:
          matchConstraints:
            resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
          validations:
          - expression: object.spec.containers.all(c, c.image.contains(':'))
            message: images need a tag
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: tags}
        spec: {policyName: tags, validationActions: [Deny]}

        """
    private static let deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: main
                image: nginx

        """

    private func run(_ policy: String, _ manifest: String, _ arguments: [String] = []) throws -> CommandRun {
        let directory = try TemporaryDirectory()
        try directory.write(policy, to: "policy.yaml")
        try directory.write(manifest, to: "manifest.yaml")
        return try CommandRun(["--policy", "policy.yaml"] + arguments + ["manifest.yaml"], in: directory.url)
    }

    @Test("says that a workload's Pods would be denied, at the place in the template")
    func expands() throws {
        let run = try run(Self.policy, Self.deployment)
        #expect(run.status == 1)
        #expect(run.output.contains("would be denied at Pod creation: images need a tag"), "\(run.output)")
        #expect(run.output.contains("manifest.yaml:11:16"))
        #expect(run.output.contains("spec.template.spec.containers[0].image"))
    }

    @Test("leaves workloads alone where told to; then nothing is checked")
    func off() throws {
        #expect(try run(Self.policy, Self.deployment, ["--no-expand-workloads"]).status == 2)
    }

    @Test("judges a workload once where the policy is about it too")
    func both() throws {
        let policy = Self.policy.replacingOccurrences(
            of: "resources: [pods]}",
            with:
                "resources: [pods]}, {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}"
        )
        .replacingOccurrences(of: "object.spec.containers", with: "object.spec.template.spec.containers")
        let run = try run(policy, Self.deployment)
        #expect(run.status == 1)
        #expect(!run.output.contains("Pod creation"))
    }

    private static let exception = """
        ---
        apiVersion: policies.kyverno.io/v1
        kind: PolicyException
        metadata: {name: legacy, namespace: team}
        spec:
          policyRefs: [{name: tags, kind: ValidatingAdmissionPolicy}]

        """

    @Test("honours exceptions, reports unused ones, and tells of expired ones")
    func exceptions() throws {
        let excused = try run(Self.policy + Self.exception, Self.deployment)
        #expect(excused.status == 0, "\(excused.output)\(excused.errors)")
        #expect(!excused.errors.contains("exception-unused"))
        let expired = try run(Self.policy + Self.exception + "  expiresAt: 2020-01-01T00:00:00Z\n", Self.deployment)
        #expect(expired.status == 1)
        #expect(expired.output.contains("images need a tag; exception `team/legacy` has expired"))
        #expect(
            expired.errors.contains("warning[exception-expired]: exception `team/legacy` has expired on"))
    }

    @Test("judges documents of any shape by policies in JSON mode")
    func documents() throws {
        let policy = """
            apiVersion: policies.kyverno.io/v1
            kind: ValidatingPolicy
            metadata: {name: size}
            spec:
              evaluation: {mode: JSON}
              validations: [{expression: object.size > 3, message: too small}]
            """
        let run = try run(policy, "name: x\nsize: 2\n")
        #expect(run.status == 1)
        #expect(run.output.contains("too small"))
        #expect(run.output.contains("manifest.yaml:2:7"), "\(run.output)")
    }
}
