import Admission
import PolicyEngine
import Testing
import Values

@Suite("Workloads in the webhook")
struct WorkloadReviewTests {
    private static let policies = """
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
        ---

        """

    private func deployment(_ image: String) throws -> AdmissionRequest {
        try Support.request(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: "\(image)"}]}}}
            """)
    }

    @Test("judges a workload's Pods where that is asked for")
    func modes() throws {
        let set = try #require(try Support.load(Self.policies).set)
        let request = try deployment("nginx")
        #expect(set.review(request, workloads: .off).warnings.isEmpty)
        let warned = set.review(request, workloads: .warn)
        #expect(warned.isAllowed)
        #expect(
            warned.warnings == [
                "the Pods of this Deployment would be denied at Pod creation: ValidatingAdmissionPolicy 'tags' with "
                    + "binding 'tags' denied request: images need a tag"
            ])
        let denied = set.review(request, workloads: .deny)
        #expect(denied.status?.code == 422)
        #expect(
            denied.status?.message
                == "deployments.apps \"web\" is forbidden: would be denied at Pod creation: ValidatingAdmissionPolicy "
                + "'tags' with binding 'tags' denied request: images need a tag")
        #expect(denied.denial?.policy.name == "tags")
        #expect(set.review(try deployment("nginx:1"), workloads: .deny).isAllowed)
    }

    @Test("the mutating policies change the Pods first")
    func mutation() throws {
        let mutating = Support.policy(
            """
            autogen: {podControllers: {controllers: []}}
            mutations:
            - patchType: ApplyConfiguration
              applyConfiguration:
                expression: >-
                  Object{spec: Object.spec{containers: object.spec.containers.map(c,
                    Object.spec.containers{name: c.name, image: c.image + ':1'})}}
            """, name: "default-tag", kind: "MutatingPolicy")
        let set = try #require(try Support.load(Self.policies + mutating).set)
        #expect(set.review(try deployment("nginx"), workloads: .deny).isAllowed)
    }
}
