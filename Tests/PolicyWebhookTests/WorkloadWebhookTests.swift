import Foundation
import TestCertificates
import Testing

/// The real server with `--expand-workloads`.
@Suite(.enabled(if: RunningWebhook.isBuilt && TestCertificates.isPossible, "needs openssl and curl"))
struct WorkloadWebhookTests {
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
        apiVersion: policies.kyverno.io/v1
        kind: ValidatingPolicy
        metadata: {name: gateway}
        spec:
          evaluation: {mode: Envoy}
          validations: [{expression: envoy.Denied(403).Response()}]
        """

    private func start(_ options: [String]) throws -> RunningWebhook {
        let certificates = try TestCertificates.shared.get()
        return try RunningWebhook(
            [
                "--policy", "DIRECTORY/policies", "--tls-cert", certificates.certificate, "--tls-key",
                certificates.key,
            ] + options
        ) { directory in
            let policies = directory.appending(path: "policies")
            try FileManager.default.createDirectory(at: policies, withIntermediateDirectories: true)
            try Self.policies.write(to: policies.appending(path: "p.yaml"), atomically: true, encoding: .utf8)
        }
    }

    private func review(_ webhook: RunningWebhook, image: String) throws -> [String: Any] {
        let text = #"""
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u",
            "kind":{"group":"apps","version":"v1","kind":"Deployment"},
            "resource":{"group":"apps","version":"v1","resource":"deployments"},"name":"web","namespace":"default",
            "operation":"CREATE","userInfo":{"username":"a"},"dryRun":false,"object":{"apiVersion":"apps/v1",
            "kind":"Deployment","metadata":{"name":"web","namespace":"default"},"spec":{"template":{
            "metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"\#(image)"}]}}}}}}
            """#
        return try #require(webhook.response(to: text))
    }

    @Test("denies a workload whose Pods would be denied, or warns of it, where that is asked for")
    func modes() throws {
        let words = "ValidatingAdmissionPolicy 'tags' with binding 'tags' denied request: images need a tag"
        let off = try start([])
        #expect(RunningWebhook.wait { off.isReady }, "\(off.logText)")
        #expect(try review(off, image: "nginx")["allowed"] as? Bool == true)
        #expect(try review(off, image: "nginx")["warnings"] == nil)
        // A policy that answers other servers says that it judges nothing here.
        #expect(off.logText.contains("the policy answers Envoy requests and judges no Kubernetes object"))

        let warning = try start(["--expand-workloads", "warn"])
        #expect(RunningWebhook.wait { warning.isReady }, "\(warning.logText)")
        let warned = try review(warning, image: "nginx")
        #expect(warned["allowed"] as? Bool == true)
        #expect(
            warned["warnings"] as? [String]
                == ["the Pods of this Deployment would be denied at Pod creation: \(words)"])
        #expect(try review(warning, image: "nginx:1")["warnings"] == nil)

        let denying = try start(["--expand-workloads", "deny"])
        #expect(RunningWebhook.wait { denying.isReady }, "\(denying.logText)")
        let denied = try review(denying, image: "nginx")
        #expect(denied["allowed"] as? Bool == false)
        #expect(
            (denied["status"] as? [String: Any])?["message"] as? String
                == "deployments.apps \"web\" is forbidden: would be denied at Pod creation: \(words)")
        #expect(try review(denying, image: "nginx:1")["allowed"] as? Bool == true)
    }
}
