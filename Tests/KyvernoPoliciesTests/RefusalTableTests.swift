import Diagnostics
import Foundation
import PolicyEngine
import PolicyLanguages
import Testing
import Values

/// One thing that can be wrong with a policy: what is said of it, and where.
struct Refusal: CustomTestStringConvertible, Sendable {
    let id: String
    let message: String
    /// `line:column`.
    let place: String
    let policy: String

    init(_ id: String, _ message: String, _ place: String, _ policy: String) {
        self.id = id
        self.message = message
        self.place = place
        self.policy = policy
    }

    var testDescription: String { "\(id): \(message.prefix(60))" }
}

/// Everything that can be wrong with a policy, each once at least. A new id needs a case here.
@Suite("Refusals of policies")
struct RefusalTableTests {
    private static let rules =
        "resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]"

    private static func validating(_ spec: String, version: String = "v1", name: String = "p") -> String {
        """
        apiVersion: admissionregistration.k8s.io/\(version)
        kind: ValidatingAdmissionPolicy
        metadata: {name: \(name)}
        spec:
          matchConstraints: {\(rules)}
          \(spec.replacing("\n", with: "\n  "))

        """
    }

    private static func mutating(_ spec: String, version: String = "v1", name: String = "p") -> String {
        """
        apiVersion: admissionregistration.k8s.io/\(version)
        kind: MutatingAdmissionPolicy
        metadata: {name: \(name)}
        spec:
          matchConstraints: {\(rules)}
          \(spec.replacing("\n", with: "\n  "))

        """
    }

    private static func binding(_ spec: String, kind: String = "Validating", name: String = "b") -> String {
        """
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: \(kind)AdmissionPolicyBinding
        metadata: {name: \(name)}
        spec: {\(spec)}

        """
    }

    private static let bound = binding("policyName: p, validationActions: [Deny]")
    private static let boundMutation = binding("policyName: p", kind: "Mutating")
    private static let mutations = """
        reinvocationPolicy: Never
        mutations:
        - {patchType: JSONPatch, jsonPatch: {expression: "[JSONPatch{op: 'test', path: '', value: 1}]"}}
        """

    private static func check(_ expression: String) -> String {
        validating("validations:\n- expression: |-\n    \(expression)") + bound
    }

    private static func exception(_ spec: String) -> String {
        """
        ---
        apiVersion: policies.kyverno.io/v1
        kind: PolicyException
        metadata: {name: e}
        spec: {\(spec)}

        """
    }

    static let refusals: [Refusal] = [
        // Fields.
        Refusal(
            "field-required", "`spec.validations[0].expression`: expression is not specified", "7:5",
            validating("validations:\n- message: x") + bound),
        Refusal(
            "field-required", "`spec.validationActions`: at least one validation action is required", "11:7",
            validating("validations: [{expression: 'true'}]") + binding("policyName: p")),
        Refusal(
            "field-invalid", "`metadata.name`: a lowercase RFC 1123 subdomain must consist of", "3:18",
            validating("validations: [{expression: 'true'}]", name: "P_")
                + binding("policyName: P_, validationActions: [Deny]")),
        Refusal(
            "field-not-supported", "`spec.failurePolicy`: supported values: \"Fail\", \"Ignore\"", "6:18",
            validating("failurePolicy: Sometimes\nvalidations: [{expression: 'true'}]") + bound),
        Refusal(
            "field-duplicate", "`spec.matchConditions[1].name`: duplicate value", "8:12",
            validating(
                "matchConditions:\n- {name: a, expression: 'true'}\n- {name: a, expression: 'false'}\n"
                    + "validations: [{expression: 'true'}]") + bound),
        Refusal(
            "field-forbidden", "`spec.paramRef.name`: name and selector are mutually exclusive", "11:67",
            validating("validations: [{expression: 'true'}]")
                + binding(
                    "policyName: p, validationActions: [Deny], paramRef: {name: x, selector: {}, parameterNotFoundAction: Deny}"
                )),
        Refusal(
            "field-too-many", "`spec.matchConditions`: must have at most 64 items", "6:20",
            validating(
                "matchConditions: [" + (0..<65).map { "{name: c\($0), expression: 'true'}" }.joined(separator: ", ")
                    + "]\nvalidations: [{expression: 'true'}]") + bound),
        Refusal(
            "field-required", "`spec.auditAnnotations[0].valueExpression`: must not exceed 5120 bytes in length",
            "8:22",
            validating("auditAnnotations:\n- key: k\n  valueExpression: \"'\(String(repeating: "x", count: 5200))'\"")
                + bound),
        Refusal(
            "field-too-long", "`metadata.annotations`: may not be more than 262144 bytes", "3:34",
            validating(
                "validations: [{expression: 'true'}]",
                name: "p, annotations: {a: \(String(repeating: "x", count: 262_144))}") + bound),
        Refusal("field-type", "`spec.validations`: must be a list", "6:16", validating("validations: 1") + bound),
        Refusal(
            "field-unknown", "`spec.validation`: unknown field", "6:3",
            validating("validation: []\nvalidations: [{expression: 'true'}]") + bound),
        // Expressions.
        Refusal("cel-syntax", "the expression ends here, expected an expression", "8:11", check("1 + ")),
        Refusal("cel-undeclared-reference", "undeclared reference to `objct`", "8:7", check("objct.x == 1")),
        Refusal("cel-undeclared-reference", "undeclared reference to function `nope`", "8:11", check("nope(1)")),
        Refusal(
            "cel-no-matching-overload", "no matching overload of `+` for `int + string`", "8:9", check("1 + 'a' == 2")),
        Refusal("cel-undefined-field", "undefined field `nope`", "8:14", check("request.nope == 1")),
        Refusal("cel-type-mismatch", "expected a list or map to loop over, found int", "8:7", check("1.all(x, true)")),
        Refusal(
            "cel-mixed-literal", "expected int like the first in this list, found string", "8:11",
            check("[1, 'a'] == []")),
        Refusal("cel-macro-argument", "needs", "8:11", check("has(object)")),
        Refusal(
            "cel-invalid-constant", "error parsing regexp: missing closing ]: `[`", "8:27",
            check("object.kind.matches('[')")),
        Refusal("cel-format", "`%d` cannot write a value of type `string`", "8:20", check("'%d'.format(['x']) == ''")),
        Refusal(
            "cel-result-type", "`spec.validations[0].expression`: must evaluate to bool but got int", "8:7",
            check("1 + 1")),
        Refusal(
            "cel-too-deep", "the expression nests more than", "8:",
            check(String(repeating: "(", count: 400) + "true" + String(repeating: ")", count: 400))),
        Refusal(
            "cel-too-large", "the expression has more than", "8:",
            check("'" + String(repeating: "x", count: 200_000) + "' == ''")),
        // Kubernetes' own kinds.
        Refusal(
            "vap-version", "unsupported apiVersion `admissionregistration.k8s.io/v1alpha1`", "1:13",
            validating("validations: [{expression: 'true'}]", version: "v1alpha1") + bound),
        Refusal(
            "vap-no-binding", "policy `p` has no binding, so it has no effect", "3:18",
            validating("validations: [{expression: 'true'}]")),
        Refusal(
            "vap-no-policy", "there is no policy `q` for this binding", "16:20",
            validating("validations: [{expression: 'true'}]") + bound
                + binding("policyName: q, validationActions: [Deny]", name: "c")),
        Refusal(
            "vap-duplicate-name", "a policy named `p` exists already", "10:18",
            validating("validations: [{expression: 'true'}]") + "---\n"
                + validating("validations: [{expression: 'true'}]") + bound),
        Refusal(
            "vap-duplicate-name", "a binding named `b` exists already", "15:18",
            validating("validations: [{expression: 'true'}]") + bound + bound),
        Refusal(
            "map-version", "unsupported apiVersion `admissionregistration.k8s.io/v2`", "1:13",
            mutating(mutations, version: "v2") + boundMutation),
        Refusal("map-no-binding", "policy `p` has no binding, so it has no effect", "3:18", mutating(mutations)),
        Refusal(
            "map-no-policy", "there is no policy `q` for this binding", "18:20",
            mutating(mutations) + boundMutation + binding("policyName: q", kind: "Mutating", name: "c")),
        Refusal(
            "map-duplicate-name", "a policy named `p` exists already", "12:18",
            mutating(mutations) + "---\n" + mutating(mutations) + boundMutation),
        // Kyverno's kinds.
        Refusal(
            "kyverno-kind", "`GeneratingPolicy` is not supported: it creates objects in a cluster", "2:7",
            "apiVersion: policies.kyverno.io/v1\nkind: GeneratingPolicy\nmetadata: {name: g}\n"),
        Refusal(
            "kyverno-version", "unsupported apiVersion `policies.kyverno.io/v9`", "1:13",
            "apiVersion: policies.kyverno.io/v9\nkind: ValidatingPolicy\nmetadata: {name: g}\n"),
        Refusal(
            "kyverno-mode", "evaluation mode `Envoy` is not for policies of this kind", "12:22",
            Support.policy(
                "evaluation: {mode: Envoy}\nmutations: [{patchType: JSONPatch, jsonPatch: {expression: '[]'}}]",
                kind: "MutatingPolicy")),
        Refusal(
            "kyverno-duplicate-name", "a ValidatingPolicy named `p` exists already", "17:9",
            Support.policy("validations: [{expression: 'true'}]") + "---\n"
                + Support.policy("validations: [{expression: 'true'}]")),
        Refusal(
            "kyverno-mutate-existing", "the policy changes objects that exist already", "12:42",
            Support.policy(
                "evaluation: {mutateExisting: {enabled: true}}\nmutations: [{patchType: JSONPatch, jsonPatch: {expression: '[]'}}]",
                kind: "MutatingPolicy")),
        Refusal(
            "kyverno-not-at-admission", "the policy changes nothing at admission", "12:27",
            Support.policy(
                "evaluation: {admission: {enabled: false}}\nmutations: [{patchType: JSONPatch, jsonPatch: {expression: '[]'}}]",
                kind: "MutatingPolicy")),
        Refusal(
            "exception-no-policy", "there is no ValidatingPolicy `q` for this exception", "17:21",
            Support.policy("validations: [{expression: 'true'}]")
                + exception("policyRefs: [{name: q, kind: ValidatingPolicy}]")),
        Refusal(
            "exception-allowances", "`images` and `allowedValues` have no meaning for the policies of this exception",
            "13:1",
            validating("validations: [{expression: 'true'}]") + bound
                + exception("policyRefs: [{name: p, kind: ValidatingAdmissionPolicy}], images: [x]")),
        // What is no policy at all.
        Refusal(
            "policy-unknown-kind", "`Pod` of `v1` is no kind of policy", "2:7",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"),
        Refusal("policy-none", "no policy was loaded", "", ""),
    ]

    /// Ids that no policy can bring about here, with the reason.
    static let elsewhere: [String: String] = [
        "context-kind": "is about context files; see below",
        "cel-undeclared-function": "guards against a hole in the function tables",
        "cel-unsupported-function": "guards against a hole in the function tables",
        "cel-unsupported-syntax": "needs an environment before Kubernetes 1.28; tested with versions",
        "vap-too-many": "needs 100,000 policies", "map-too-many": "needs 100,000 policies",
        "exception-too-many": "needs 10,000 exceptions",
    ]

    @Test("have an id, words and a place", arguments: refusals)
    func refusal(_ refusal: Refusal) throws {
        let (_, log) = try Support.load(refusal.policy)
        let matches = log.diagnostics.filter { $0.id == refusal.id && $0.message.contains(refusal.message) }
        let places = matches.map { match in match.range.map { "\($0.start.line):\($0.start.column)" } ?? "" }
        #expect(
            places.contains { $0 == refusal.place || refusal.place.hasSuffix(":") && $0.hasPrefix(refusal.place) },
            "\(log.diagnostics.map { "\($0.id) \($0.message) \($0.range.map { "\($0.start.line):\($0.start.column)" } ?? "")" })"
        )
        if !refusal.place.isEmpty { #expect(matches.allSatisfy { $0.file?.name == "policy.yaml" }) }
    }

    @Test("of context files have an id, words and a place")
    func context() throws {
        let (_, log) = try Support.load(
            Support.policy("validations: [{expression: 'true'}]"), context: "apiVersion: v1\nmetadata: {name: x}\n")
        let found = try #require(log.diagnostics.first)
        #expect(found.id == "context-kind")
        #expect(found.message == "an object of the context needs `apiVersion` and `kind`")
        #expect(found.range?.start == SourcePosition(line: 1, column: 1))
    }

    @Test("all have a case in this table")
    func completeness() throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        var ids: Set<String> = []
        let literal = try Regex(#""((?:field|cel|vap|map|kyverno|exception|policy|context)-[a-z-]+)""#)
        let prefixed = try Regex(#"\\\(Definition\.prefix\)-([a-z-]+)"#)
        for target in ["CEL", "KubernetesCEL", "ValidatingAdmissionPolicies", "KyvernoPolicies", "PolicyLanguages"] {
            let directory = root.appendingPathComponent("Sources/\(target)")
            let files = try #require(FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil))
            for case let file as URL in files where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: literal) { ids.insert(String(match.output[1].substring ?? "")) }
                for match in text.matches(of: prefixed) {
                    let name = String(match.output[1].substring ?? "")
                    ids.formUnion(["vap-\(name)", "map-\(name)"])
                }
            }
        }
        #expect(ids.count > 30)
        let known = Set(Self.refusals.map(\.id)).union(Self.elsewhere.keys)
        #expect(ids.subtracting(known).isEmpty, "ids without a case: \(ids.subtracting(known).sorted())")
        #expect(known.subtracting(ids).isEmpty, "cases without an id: \(known.subtracting(ids).sorted())")
    }
}
