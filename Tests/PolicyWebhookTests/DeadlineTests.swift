import Foundation
import TestCertificates
import Testing

/// More policies than the caller's patience has room for.
@Suite(.enabled(if: TestCertificates.isPossible && RunningWebhook.isBuilt, "needs openssl and curl"))
struct DeadlineTests {
    /// Denies nothing, and takes a while.
    private static func slow(_ name: String, failurePolicy: String) -> String {
        let words = "'\(String(repeating: "a,", count: 150))'.split(',')"
        return """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: \(name)}
            spec:
              failurePolicy: \(failurePolicy)
              matchConstraints:
                resourceRules:
                - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}
              variables:
              - {name: words, expression: "\(words)"}
              validations:
              - expression: "variables.words.all(a, variables.words.all(b, a + b != 'x'))"
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: \(name)}
            spec: {policyName: \(name), validationActions: [Deny]}

            """
    }

    private func webhook(_ failurePolicy: String) throws -> RunningWebhook {
        let certificates = try TestCertificates.shared.get()
        let policies = (0..<400).map { Self.slow("slow-\($0)", failurePolicy: failurePolicy) }.joined(
            separator: "---\n")
        return try RunningWebhook([
            "--policy", "DIRECTORY/policies.yaml", "--tls-cert", certificates.certificate, "--tls-key",
            certificates.key,
        ]) { try Data(policies.utf8).write(to: $0.appending(path: "policies.yaml")) }
    }

    @Test("the answer comes in time, and is what failurePolicy says", arguments: ["Fail", "Ignore"])
    func answers(failurePolicy: String) throws {
        let webhook = try webhook(failurePolicy)
        let began = ContinuousClock.now
        let answer = webhook.review(namespace: "n", timeout: "1s")
        // Within curl's start, the last policy that was begun, and the machine's other work.
        #expect(ContinuousClock.now - began < .seconds(4))
        switch answer {
        case .denied(let message):
            #expect(failurePolicy == "Fail" && message.hasSuffix("undecided: the time for the request was over"))
        default: #expect(failurePolicy == "Ignore" && answer == .allowed)
        }
        #expect(webhook.terminate() == 0)
    }
}
