import Admission
import KubernetesSchemas
import PolicyEngine
import PolicyLint
import Testing
import ValidatingAdmissionPolicies
import Values

@Suite("Type checks against recorded warnings of Kubernetes", .enabled(if: SharedData.isThere))
struct ExpressionWarningTests {
    @Test("warns of what Kubernetes warns of, in its words", arguments: ConformanceTests.files)
    func cases(file: String) throws {
        let data = try SharedData.read("conformance/vap/\(file).json")
        var policies = 0
        for testCase in try #require(data.root["cases"]).elements {
            let expected = testCase["expected"]?["typeCheckingWarnings"]
            for policy in ConformanceTests.load(testCase).policies {
                guard let inspection = (policy as? any InspectablePolicy)?.inspection else { continue }
                let found = ExpressionWarning.warnings(of: inspection, schemas: .builtIn, resources: .builtIn)
                let wanted = (expected?[inspection.id.name]?.elements).map(Array.init) ?? []
                let id = testCase.text("id")
                #expect(found.map(\.field) == wanted.map { $0.text("fieldRef") }, "\(id): \(found.map(\.warning))")
                #expect(found.map(\.warning) == wanted.map { $0.text("warning") }, "\(id)")
                policies += 1
            }
        }
        #expect(policies > 0)
    }
}
