import Foundation
import Guardrail
import Testing

@Suite("AdmissionEngineTests")
struct AdmissionEngineTests {
    private static let policy = """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: p}
        spec:
          matchConstraints:
            resourceRules:
            - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [services]}
          validations:
          - expression: "'owner' in object.metadata.?annotations.orValue({})"
            message: needs an owner
            reason: Forbidden
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: b}
        spec: {policyName: p, validationActions: [Deny]}
        """

    private func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }

    private func review(annotations: String) -> [UInt8] {
        Array(
            """
            {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u1",
            "kind":{"group":"","version":"v1","kind":"Service"},
            "resource":{"group":"","version":"v1","resource":"services"},"name":"s","namespace":"n",
            "operation":"CREATE","userInfo":{"username":"eve"},"object":{"metadata":{\(annotations)}}}}
            """.utf8)
    }

    @Test("judges AdmissionReviews by the policies of a file")
    func judges() throws {
        try withFile(Self.policy) { path in
            let engine = try AdmissionEngine(policyPaths: [path])
            let denied = String(decoding: try engine.review(review(annotations: "")), as: UTF8.self)
            #expect(denied.contains(#""allowed":false"#))
            #expect(denied.contains(#""code":403"#))
            #expect(
                denied.contains(
                    #"services \"s\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: "#
                        + "needs an owner"))
            let allowed = try engine.review(review(annotations: #""annotations":{"owner":"a"}"#))
            #expect(String(decoding: allowed, as: UTF8.self).contains(#""uid":"u1","allowed":true"#))
        }
    }

    @Test("says what is wrong with policies and bodies")
    func refuses() throws {
        #expect(throws: PolicyLoadError.self) { try AdmissionEngine(policyPaths: ["/nonexistent/policies"]) }
        try withFile(Self.policy) { path in
            let engine = try AdmissionEngine(policyPaths: [path])
            #expect { try engine.review([]) } throws: { $0 is ReviewError }
            #expect { try engine.review(Array("{}".utf8)) } throws: {
                ($0 as? ReviewError)?.id == "admission-review-kind"
            }
        }
    }
}
