import Diagnostics
import PolicyEngine
import PolicyLanguages
import Testing

@Suite struct MutationLoadingTests {
    private func load(_ spec: String, operations: String = "[CREATE]", binding: String = "policyName: p")
        -> [Diagnostic]
    {
        var loader = PolicyLoader()
        loader.load(
            policies: SourceFile(
                name: "p.yaml",
                text: """
                    apiVersion: admissionregistration.k8s.io/v1
                    kind: MutatingAdmissionPolicy
                    metadata: {name: p}
                    spec:
                      matchConstraints:
                        resourceRules:
                        - {apiGroups: [""], apiVersions: [v1], operations: \(operations), resources: [pods]}
                      \(spec.replacing("\n", with: "\n  "))
                    ---
                    apiVersion: admissionregistration.k8s.io/v1
                    kind: MutatingAdmissionPolicyBinding
                    metadata: {name: b}
                    spec: {\(binding)}
                    """))
        _ = loader.finish()
        return loader.log.diagnostics
    }

    private static let good = """
        reinvocationPolicy: Never
        mutations:
        - patchType: ApplyConfiguration
          applyConfiguration: {expression: "Object{}"}
        """

    @Test("takes a policy as Kubernetes documents it")
    func accepts() {
        #expect(load(Self.good).map(\.message) == [])
        #expect(load(Self.good, operations: "[\"*\"]").map(\.message) == [])
    }

    static let refused: [(String, String, String, Int)] = [
        ("reinvocationPolicy: Never\nmutations: []", "field-required", "mutations must contain at least one item", 9),
        (
            good.replacing("Never", with: "Sometimes"), "field-not-supported",
            #"supported values: "IfNeeded", "Never""#, 8
        ),
        (good.replacing("reinvocationPolicy: Never\n", with: ""), "field-required", "`spec.reinvocationPolicy`", 5),
        (
            good.replacing("patchType: ApplyC", with: "patchType: C"), "field-not-supported",
            "`spec.mutations[0].patchType`", 10
        ),
        (
            good.replacing("patchType: ApplyConfiguration\n  ", with: ""), "field-required",
            "`spec.mutations[0].patchType`: required", 10
        ),
        (
            good.replacing("patchType: ApplyConfiguration", with: "patchType: JSONPatch"), "field-invalid",
            "must not be specified when patchType is JSONPatch", 11
        ),
        (
            good.replacing("applyConfiguration: {expression: \"Object{}\"}", with: ""), "field-required",
            "must be specified when patchType is ApplyConfiguration", 10
        ),
        (
            good.replacing("Object{}", with: " "), "field-required",
            "`spec.mutations[0].applyConfiguration.expression`: required", 11
        ),
        (
            good.replacing("Object{}", with: "{'a': 1}"), "cel-result-type",
            "must evaluate to Object but got map(string, int)", 11
        ),
        (good.replacing("Object{}", with: "Object{spec: nothing}"), "cel-undeclared-reference", "`nothing`", 11),
        (good + "\nvalidations: []", "field-unknown", "`spec.validations`", 12),
    ]

    @Test("refuses what the API server refuses, with the place", arguments: refused)
    func refuses(test: (String, String, String, Int)) {
        let found = load(test.0)
        let match = found.first { $0.id == test.1 && $0.message.contains(test.2) }
        #expect(
            match?.range?.start.line == UInt32(test.3),
            "\(found.map { "\($0.id): \($0.message) \(String(describing: $0.range?.start))" })")
    }

    @Test("DELETE cannot be mutated")
    func delete() {
        let found = load(Self.good, operations: "[DELETE]")
        #expect(found.map(\.id) == ["field-not-supported"])
        #expect(found[0].message.hasPrefix("`spec.matchConstraints.resourceRules.operations`"))
        let binding = load(
            Self.good,
            binding: "policyName: p, matchResources: {resourceRules: [{apiGroups: [''], apiVersions: [v1], "
                + "operations: [DELETE], resources: [pods]}]}")
        #expect(binding.map(\.id) == ["field-not-supported"])
    }

    @Test("bindings have no actions, and policies need one")
    func bindings() {
        #expect(load(Self.good, binding: "policyName: p, validationActions: [Deny]").map(\.id) == ["field-unknown"])
        #expect(load(Self.good, binding: "policyName: q").map(\.id) == ["map-no-binding", "map-no-policy"])
    }
}
