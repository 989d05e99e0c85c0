import Admission
import Diagnostics
import Documents
import Foundation
import PolicyEngine
import PolicyLanguages
import Testing
import ValidatingAdmissionPolicies
import Values

@Suite("Recorded requests against recorded verdicts", .enabled(if: SharedData.isThere))
struct RecordedTests {
    @Test("gives each request the verdict that Kubernetes gave")
    func verdicts() throws {
        let root = try #require(SharedData.root)
        let folder = root.appendingPathComponent("conformance/vap-recorded")
        var loader = PolicyLoader()
        loader.load(policyPath: folder.appendingPathComponent("policies.yaml").path)
        loader.load(contextPath: folder.appendingPathComponent("namespaces.yaml").path)
        loader.declare { $0.knowsAllNamespaces = true }
        let loaded = loader.finish()
        #expect(loader.log.diagnostics.map(\.message) == [])
        let set = try #require(loaded.policies)
        #expect(set.policies.count == 14)
        let lines = try Data(contentsOf: folder.appendingPathComponent("verdicts.jsonl"))
            .split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 480)
        for line in lines {
            let expected = try JSONParser().parse(Array(line)).root
            let id = expected.text("id")
            let review = try AdmissionReview(SharedData.read("admission-reviews/\(id)"))
            var outcome = CaseOutcome()
            compare(set.review(review.request), expected, &outcome)
            #expect(outcome.differences.isEmpty, "\(id)\n\(outcome.differences.joined(separator: "\n"))")
        }
    }
}
