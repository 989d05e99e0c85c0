import Admission
import Diagnostics
import Documents
import Foundation
import PolicyEngine
import PolicyLanguages
import Testing
import Values

/// What happens around the expressions: which requests are asked about, what is an error of configuration, what is
/// billed, what runs twice.
///
/// Expected answers follow from Kubernetes 1.36's sources, named at each test.
@Suite struct DispatchTests {
    private static func policy(_ spec: String, name: String = "p", constraints: String = "") -> String {
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: \(name)}
        spec:
          matchConstraints:
            \(constraints)
            resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"]}]
          \(spec.replacing("\n", with: "\n  "))
        ---

        """
    }

    private static func binding(_ spec: String = "", policy: String = "p", kind: String = "Validating") -> String {
        let actions = kind == "Validating" ? ", validationActions: [Deny]" : ""
        return """
            apiVersion: admissionregistration.k8s.io/v1
            kind: \(kind)AdmissionPolicyBinding
            metadata: {name: b-\(policy)}
            spec: {policyName: \(policy)\(actions)\(spec)}
            ---

            """
    }

    private static func mutation(_ expression: String, _ spec: String, name: String) -> String {
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: MutatingAdmissionPolicy
        metadata: {name: \(name)}
        spec:
          matchConstraints:
            resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"]}]
          \(spec.replacing("\n", with: "\n  "))
          mutations:
          - patchType: ApplyConfiguration
            applyConfiguration: {expression: "\(expression)"}
        ---
        \(binding(policy: name, kind: "Mutating"))
        """
    }

    private func set(
        _ text: String, admitsInvalid: Bool = false, _ change: (inout ClusterContext) -> Void = { _ in }
    ) throws -> PolicySet {
        var loader = PolicyLoader(languages: PolicyLanguages.all(admitsInvalid: admitsInvalid))
        loader.load(policies: SourceFile(name: "p.yaml", text: text))
        loader.declare(change)
        let loaded = loader.finish().policies
        #expect(loader.log.diagnostics.filter { $0.severity == .error }.map(\.message) == [])
        return try #require(loaded)
    }

    private func request(_ yaml: String) throws -> AdmissionRequest {
        var stream = ManifestStream(SourceFile(name: "m.yaml", text: yaml))
        return try AdmissionRequest(manifest: try #require(try stream.next()))
    }

    private static let pod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: prod, labels: {size: abc}}
        spec:
          containers:
          - {name: app, image: nginx, env: [{name: A, value: '1'}, {name: A, value: '2'}]}
        """

    private static let never = "validations: [{expression: 'false', message: refused}]"

    // MARK: Matching

    /// `IsExemptAdmissionConfigurationResource`, and `pkg/kubeapiserver/admission/exclusion/resources.go`.
    @Test(
        "policies, webhooks and questions to the API server are judged by no policy",
        arguments: [
            ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", true),
            ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicyBinding", true),
            ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", true),
            ("authorization.k8s.io/v1", "SubjectAccessReview", true),
            ("authentication.k8s.io/v1", "TokenReview", true), ("v1", "ConfigMap", false),
            ("rbac.authorization.k8s.io/v1", "ClusterRole", false),
        ])
    func exempt(apiVersion: String, kind: String, isExempt: Bool) throws {
        let set = try set(Self.policy(Self.never) + Self.binding())
        let request = try request("apiVersion: \(apiVersion)\nkind: \(kind)\nmetadata: {name: x}\n")
        let verdict = set.review(request)
        #expect(verdict.isAllowed == isExempt)
        #expect(verdict.evaluations.isEmpty == isExempt)
    }

    /// `DefinitionMatches` and `BindingMatches` fail with the namespace's 404, which `addConfigError` words.
    @Test("a selector that asks for a namespace that does not exist is an error of configuration")
    func namespaceSelector() throws {
        let selector = "namespaceSelector: {matchLabels: {a: b}}"
        func message(_ text: String) throws -> String {
            let verdict = try set(text) { $0.knowsAllNamespaces = true }.review(request(Self.pod))
            return verdict.status.map { "\($0.code) \($0.reason.rawValue) \($0.message)" } ?? "allowed"
        }
        let introduction = "422 Invalid pods \"web\" is forbidden: ValidatingAdmissionPolicy 'p' "
        #expect(
            try message(Self.policy(Self.never, constraints: selector) + Self.binding())
                == introduction + "denied request: failed to configure policy: namespaces \"prod\" not found")
        #expect(
            try message(Self.policy(Self.never) + Self.binding(", matchResources: {\(selector)}"))
                == introduction
                + "with binding 'b-p' denied request: failed to configure binding: namespaces \"prod\" not found")
        #expect(
            try message(Self.policy("failurePolicy: Ignore\n" + Self.never, constraints: selector) + Self.binding())
                == "allowed")
        // Without selectors the namespace is looked up before evaluation, and its absence is the answer.
        #expect(
            try message(Self.policy(Self.never) + Self.binding()) == "404 NotFound namespaces \"prod\" not found")
    }

    /// `Matches` of `policy/matching`: no rules are no restriction, for policies too; they are refused on write.
    @Test("a stored policy without rules is about everything")
    func noRules() throws {
        let text = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: p}
            spec:
              matchConstraints: {resourceRules: []}
              \(Self.never)
            ---

            """
        #expect(try !set(text + Self.binding(), admitsInvalid: true).review(request(Self.pod)).isAllowed)
    }

    /// `matchesResourceRules` gives the equivalent's resource and kind, which `NewVersionedAttributes` converts to and
    /// `CreateAdmissionRequest` shows; bindings and `authorizer.requestResource` keep to the request's own.
    @Test("a policy sees the object under the name that its rules use")
    func equivalent() throws {
        let text = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: p}
            spec:
              matchConstraints:
                resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: ["*"], resources: [deployments]}]
              validations:
              - expression: >-
                  [request.resource.version, request.kind.version, request.requestResource.version, string(object.apiVersion)]
                  == ['v1', 'v1', 'v1beta2', 'apps/v1']
              - {expression: authorizer.requestResource.check('x').allowed()}
            ---

            """
        let exact =
            ", matchResources: {matchPolicy: Exact, resourceRules: [{apiGroups: [apps], apiVersions: [v1beta2], "
            + "operations: ['*'], resources: [deployments]}]}"
        var rule = AuthorizationRule()
        rule.group = "apps"
        let request = try request(
            "apiVersion: apps/v1beta2\nkind: Deployment\nmetadata: {name: web, namespace: prod}\n")
        let verdict = try set(text + Self.binding(exact)) { $0.authorization = [rule] }.review(request)
        #expect(verdict.decisions.map(\.message) == ["", ""])
        #expect(verdict.evaluations.count == 1)
    }

    /// `CreateNamespaceObject` copies a typed Namespace, whose `spec` and `status` are always written.
    @Test("a Namespace has spec and status, and no fields that say nothing")
    func namespaceObject() throws {
        let spec = """
            validations:
            - expression: >-
                has(namespaceObject.spec) && has(namespaceObject.status) && !has(namespaceObject.metadata.labels)
                && !has(namespaceObject.spec.finalizers)
            """
        var loader = PolicyLoader()
        loader.load(policies: SourceFile(name: "p.yaml", text: Self.policy(spec) + Self.binding()))
        loader.load(
            context: SourceFile(
                name: "n.yaml", text: "apiVersion: v1\nkind: Namespace\nmetadata: {name: prod, labels: {}}\n"))
        #expect(try #require(loader.finish().policies).review(request(Self.pod)).isAllowed)
    }

    // MARK: Cost

    private static let costly =
        "range.all(a, range.all(b, range.all(c, range.all(d, range.all(e, a + b + c + d + e >= 0)))))"
        .replacing("range", with: "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]")

    /// `ForInput` evaluates all conditions before `Match` looks at any.
    @Test("match conditions behind a false one are paid for")
    func costOfConditions() throws {
        let conditions = (0..<3).map { "- {name: c\($0), expression: \"\(Self.costly)\"}" }.joined(separator: "\n")
        let spec = "matchConditions:\n- {name: a, expression: 'false'}\n" + conditions + "\n" + Self.never
        let denied = try set(Self.policy(spec) + Self.binding()).review(request(Self.pod))
        #expect(denied.denial?.message.contains("running out of cost budget") == true)
        let ignored = try set(Self.policy("failurePolicy: Ignore\n" + spec) + Self.binding()).review(request(Self.pod))
        #expect(ignored.isAllowed)
        let cheap = "matchConditions:\n- {name: a, expression: 'false'}\n" + Self.never
        #expect(try set(Self.policy(cheap) + Self.binding()).review(request(Self.pod)).isAllowed)
    }

    /// The cost limit cancels a variable's own evaluation; `variableAccessor.Callback` makes an ordinary error of it.
    @Test("a variable that exceeds its limit is an error that logic absorbs")
    func costOfVariables() throws {
        let variables = "variables:\n- {name: big, expression: \"\(Self.costly)\"}\n"
        let absorbed = variables + "validations: [{expression: 'variables.big || true'}]"
        #expect(try set(Self.policy(absorbed) + Self.binding()).review(request(Self.pod)).isAllowed)
        let read = variables + "validations: [{expression: 'variables.big'}]"
        let verdict = try set(Self.policy(read) + Self.binding()).review(request(Self.pod))
        #expect(
            verdict.denial?.message
                == "expression 'variables.big' resulted in error: composited variable \"big\" fails to evaluate: "
                + "operation cancelled: actual cost limit exceeded")
    }

    /// `String.ConvertToType` of cel-go.
    @Test("a text that is no number fails in the API server's words")
    func conversion() throws {
        let spec = "validations: [{expression: 'int(object.metadata.labels.size) > 1'}]"
        #expect(
            try set(Self.policy(spec) + Self.binding()).review(request(Self.pod)).denial?.message
                == "expression 'int(object.metadata.labels.size) > 1' resulted in error: type conversion error from "
                + "'string' to 'int'")
    }

    // MARK: Authorizer

    @Test("rules tell questions apart by their selectors")
    func selectors() throws {
        let review = """
            apiVersion: authorization.k8s.io/v1
            kind: SubjectAccessReview
            spec:
              resourceAttributes: {resource: pods, verb: list, labelSelector: {rawSelector: app=web}}
            status: {allowed: true}
            """
        func verdict(_ selector: String) throws -> Bool {
            let check = "authorizer.group('').resource('pods').labelSelector('\(selector)').check('list').allowed()"
            var loader = PolicyLoader()
            loader.load(
                policies: SourceFile(
                    name: "p.yaml", text: Self.policy("validations: [{expression: \"\(check)\"}]") + Self.binding()))
            loader.load(context: SourceFile(name: "c.yaml", text: review))
            return try #require(loader.finish().policies).review(request(Self.pod)).isAllowed
        }
        #expect(try verdict("app=web"))
        #expect(try !verdict("app=db"))
    }

    // MARK: Mutation

    /// `ApplyStructuredMergeDiff` reads the object itself without `AllowDuplicates`.
    @Test("an object whose elements cannot be told apart takes no ApplyConfiguration")
    func duplicates() throws {
        let text = Self.mutation(
            "Object{spec: Object.spec{priorityClassName: 'x'}}", "reinvocationPolicy: Never", name: "m")
        let verdict = try set(text).mutate(request(Self.pod))
        #expect(
            verdict.status?.message
                == "policy 'm' with binding 'b-m' denied request: error applying patch: failed to convert original object to "
                + "typed object: .spec.containers[name=\"app\"].env: duplicate entries for key [name=\"A\"]")
        #expect(verdict.status?.code == 403)
        // An element without its key is compared with nothing, nor is what is in it.
        let nameless = Self.pod.replacingOccurrences(of: "name: app, ", with: "")
        let changed = try set(text).mutate(request(nameless))
        #expect(changed.isAllowed && changed.isChanged, "\(changed.status?.message ?? "")")
    }

    /// `dispatchInvocations` asks for the match conditions before it asks whether to run again.
    @Test("match conditions that the second pass breaks refuse the request, also of policies that run once")
    func secondPass() throws {
        let label = Self.mutation(
            "Object{metadata: Object.metadata{labels: {'size': 'seen'}}}", "reinvocationPolicy: Never", name: "m")
        func once(_ policy: String) -> String {
            Self.mutation(
                "Object{metadata: Object.metadata{annotations: {'a': 'b'}}}",
                """
                reinvocationPolicy: Never
                failurePolicy: \(policy)
                matchConditions:
                - {name: c, expression: "object.metadata.labels.size == 'abc' || object.nothing"}
                """, name: "a")
        }
        let pod = Self.pod.replacing(", {name: A, value: '2'}", with: "")
        let denied = try set(once("Fail") + label).mutate(request(pod))
        #expect(
            denied.status?.message
                == "policy 'a' with binding 'b-a' denied request: expression 'object.metadata.labels.size == 'abc' || "
                + "object.nothing' resulted in error: no such key: nothing")
        let ignored = try set(once("Ignore") + label).mutate(request(pod))
        #expect(ignored.isAllowed)
        #expect(ignored.isChanged)
    }
}
