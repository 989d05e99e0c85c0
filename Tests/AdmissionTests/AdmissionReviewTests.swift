import Admission
import Documents
import Testing
import Values

@Suite("AdmissionReviewTests")
struct AdmissionReviewTests {
    private static func review(_ request: String) -> String {
        #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":"# + request + "}"
    }

    private static let pod = #"""
        {"uid":"u1","kind":{"group":"","version":"v1","kind":"Pod"},
        "resource":{"group":"","version":"v1","resource":"pods"},"name":"","namespace":"prod","operation":"CREATE",
        "userInfo":{"username":"eve","groups":[]},"object":{"metadata":{"generateName":"web-"}},"oldObject":null}
        """#

    private static func decode(_ text: String) throws -> AdmissionReview {
        try AdmissionReview(JSONParser().parse(Array(text.utf8)))
    }

    @Test("reads a request and writes it as the API server would have")
    func normalizes() throws {
        let request = try Self.decode(Self.review(Self.pod)).request
        #expect(request.operation == .create)
        #expect(request.uid == "u1")
        #expect(request.displayName == "web-")
        #expect(request.groupResource == "pods")
        #expect(request.node["name"] == nil)
        #expect(request.node["dryRun"]?.bool == false)
        #expect(request.userInfo?["groups"] == nil)
        #expect(request.node["requestKind"]?["kind"]?.string == "Pod")
        #expect(!request.isDryRun)
    }

    @Test(
        "refuses what cannot be answered",
        arguments: [
            ("[]", "admission-review-kind"),
            (#"{"kind":"Pod","apiVersion":"v1"}"#, "admission-review-kind"),
            (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1"}"#, "admission-review-version"),
            (#"{"kind":"AdmissionReview"}"#, "admission-review-version"),
            (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}"#, "admission-review-request"),
            (review("{}"), "admission-review-uid"),
            (review(#"{"uid":""}"#), "admission-review-uid"),
            (review(#"{"uid":7}"#), "admission-review-uid"),
            (review(#"{"uid":"u"}"#), "admission-review-operation"),
            (review(#"{"uid":"u","operation":"PATCH"}"#), "admission-review-operation"),
            (review(#"{"uid":"u","operation":"CREATE"}"#), "admission-review-field"),
            (
                review(pod.replacing("\"namespace\":\"prod\"", with: "\"namespace\":1")),
                "admission-review-field"
            ),
        ])
    func refuses(text: String, id: String) {
        do {
            _ = try Self.decode(text)
            Issue.record("accepted")
        } catch let error as AdmissionReviewError {
            #expect(error.id == id)
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("writes a response that JSON readers read back")
    func encodes() throws {
        let response = AdmissionResponse(
            uid: "u\"1", status: .init(code: 422, reason: "Invalid", message: "a\n\u{1}b"), warnings: ["w1", "w2"],
            auditAnnotations: [(key: "p/k", value: "v")])
        let root = try JSONParser().parse(response.encoded()).root
        let body = try #require(root["response"])
        #expect(body["uid"]?.string == "u\"1")
        #expect(body["allowed"]?.bool == false)
        #expect(body["status"]?["message"]?.string == "a\n\u{1}b")
        #expect(body["status"]?["code"]?.int == 422)
        #expect(body["warnings"]?.count == 2)
        #expect(body["auditAnnotations"]?["p/k"]?.string == "v")
    }

    @Test("allows without a status")
    func encodesAllowed() throws {
        let root = try JSONParser().parse(AdmissionResponse(uid: "u").encoded()).root
        #expect(root["response"]?["allowed"]?.bool == true)
        #expect(root["response"]?["status"] == nil)
        #expect(root["apiVersion"]?.string == "admission.k8s.io/v1")
    }
}
