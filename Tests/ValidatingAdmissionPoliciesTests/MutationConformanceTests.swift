import Admission
import Diagnostics
import Documents
import KubernetesSchemas
import PolicyEngine
import PolicyLanguages
import Testing
import ValidatingAdmissionPolicies
import Values

@Suite("MutatingAdmissionPolicy against recorded answers of Kubernetes", .enabled(if: SharedData.isThere))
struct MutationConformanceTests {
    /// Cases that differ, by name with the reason; one of them that passes fails the test, so that the list shrinks.
    static let known: [String: String] = [:]

    @Test("decides, words and changes as Kubernetes does")
    func cases() throws {
        let cases = try #require(try SharedData.read("conformance/vap/map.json").root["cases"])
        #expect(cases.count == 30)
        for testCase in cases.elements {
            let id = testCase.text("id")
            let outcome = try run(testCase)
            if Self.known[id] != nil {
                #expect(!outcome.differences.isEmpty, "\(id) passes now: take it off the list")
            } else {
                #expect(outcome.differences.isEmpty, "\(id)\n\(outcome.differences.joined(separator: "\n"))")
            }
        }
    }

    private func run(_ testCase: Node) throws -> CaseOutcome {
        let set = ConformanceTests.load(testCase)
        let request = try AdmissionRequest(try #require(testCase["request"]))
        let expected = try #require(testCase["expected"])
        let mutation = set.mutate(request)
        var outcome = CaseOutcome()
        if mutation.isAllowed {
            compare(set.review(mutation.request), expected, &outcome)
        } else {
            compareStatus(mutation.status, expected, &outcome)
        }
        compareObject(mutation, testCase, expected, &outcome)
        compareFieldErrors(testCase, expected, &outcome)
        // What a webhook answers must lead to the same object.
        if mutation.isChanged, let original = mutation.originalObject, let object = mutation.object {
            let patched = try mutation.patch().applied(to: original, dialect: .kubernetes)
            outcome.expect("patch", "\(patched.root.isEqual(to: object))", "true")
        }
        return outcome
    }

    /// The recorded object is typed, and defaulted if a mutation was applied; ours is what was sent, changed.
    private func compareObject(
        _ mutation: MutationVerdict, _ testCase: Node, _ expected: Node, _ outcome: inout CaseOutcome
    ) {
        guard let wanted = expected["objectAfterMutation"], let object = mutation.object else {
            outcome.expect(
                "object", "\(mutation.object == nil)", "\(expected["objectAfterMutation"] == nil)")
            return
        }
        guard mutation.mutations.isEmpty else {
            var options = AdmittedView.Options()
            options.appliesPlugins = false
            let view = AdmittedView(of: object, in: .builtIn, options: options)?.root ?? object
            outcome.expect("object", Self.text(view), Self.text(wanted))
            return
        }
        // Nothing was applied: the object is as it came.
        outcome.expect("object", "\(mutation.originalObject.map { $0.isEqual(to: object) } ?? false)", "true")
    }

    /// As sorted JSON without the kind, which Kubernetes' typed objects do not carry, and without what comes after
    /// mutation: the status and the priority.
    private static func text(_ object: Node) -> String {
        let removed = ["/apiVersion", "/kind", "/status", "/spec/priority", "/spec/preemptionPolicy"]
        var root = object
        for path in removed {
            let patch = JSONPatch([JSONPatch.Operation("remove", path)])
            if let document = try? patch.applied(to: root) { root = document.root }
        }
        return String(decoding: JSONWriter(sortsKeys: true).write(root), as: UTF8.self)
    }
}
