import Admission
import Diagnostics
import Documents
import PolicyEngine
import Testing
import Values

@Suite("Kyverno's MutatingPolicy")
struct MutatingPolicyTests {
    private func mutate(
        _ spec: String, _ manifest: String = Support.pod, kind: String = "MutatingPolicy", and other: String = "",
        context: String = "", now: Timestamp = Support.time(1_767_225_600)
    ) throws -> MutationVerdict {
        let (set, log) = try Support.load(Support.policy(spec, kind: kind) + other, context: context)
        return try #require(set, "\(log.diagnostics.map(\.message))").mutate(try Support.request(manifest), now: now)
    }

    private func text(_ node: Node?) -> String {
        node.map { String(decoding: JSONWriter(sortsKeys: true).write($0), as: UTF8.self) } ?? ""
    }

    private static func apply(_ expression: String) -> String {
        """
        - patchType: ApplyConfiguration
          applyConfiguration:
            expression: >-
              \(expression)
        """
    }

    private static func patch(_ expression: String) -> String {
        """
        - patchType: JSONPatch
          jsonPatch:
            expression: >-
              \(expression)
        """
    }

    private static let label = "mutations:\n" + apply("Object{metadata: Object.metadata{labels: {'team': 'a'}}}")

    // MARK: Mutations

    @Test("merges fields by the kind's schema and patches, one mutation after the other")
    func mutations() throws {
        let verdict = try mutate(
            "mutations:\n"
                + Self.apply("Object{spec: Object.spec{containers: [Object.spec.containers{name: 'main', tty: true}]}}")
                + "\n"
                + Self.patch(
                    "[JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a/b'), "
                        + "value: string(object.spec.containers[0].tty)}]"))
        #expect(verdict.isAllowed)
        #expect(text(verdict.object?["spec"]) == #"{"containers":[{"image":"nginx:1.25","name":"main","tty":true}]}"#)
        #expect(text(verdict.object?["metadata"]?["labels"]) == #"{"a/b":"true","app":"web"}"#)
        #expect(verdict.records.map(\.policy.kind) == ["MutatingPolicy"])
    }

    @Test("has Kyverno's functions, and its variables keep the value that they had first")
    func variables() throws {
        let verdict = try mutate(
            """
            variables:
            - {name: count, expression: "size(object.metadata.labels)"}
            matchConditions:
            - {name: some, expression: "variables.count == 1"}
            mutations:
            \(Self.apply("Object{metadata: Object.metadata{labels: {'first': string(variables.count)}}}"))
            \(Self.apply("Object{metadata: Object.metadata{labels: {'second': string(variables.count), "
                + "'registry': parseImageReference(object.spec.containers[0].image).registry()}}}"))
            """)
        #expect(
            text(verdict.object?["metadata"]?["labels"])
                == #"{"app":"web","first":"1","registry":"index.docker.io","second":"1"}"#)
    }

    @Test("changes all or nothing, and follows its failurePolicy")
    func failure() throws {
        let spec = Self.label + "\n" + Self.patch("[JSONPatch{op: 'remove', path: '/spec/nothing'}]")
        let denied = try mutate(spec)
        #expect(denied.status?.code == 403)
        #expect(
            denied.status?.message
                == "MutatingPolicy 'p' denied request: JSON Patch: error in remove for path: '/spec/nothing': Unable to "
                + "remove nonexistent key: nothing: missing value")
        #expect(denied.denial?.check?.field == "spec.mutations[1].jsonPatch.expression")
        let ignored = try mutate("failurePolicy: Ignore\n" + spec)
        #expect(ignored.isAllowed)
        #expect(!ignored.isChanged)
        #expect(ignored.errors.count == 1)
    }

    @Test("replaces atomic lists only if it says so")
    func atomics() throws {
        let args = Self.apply(
            "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'main', args: ['-v']}]}}")
        let refused = try mutate("mutations:\n" + args)
        #expect(refused.status?.message.contains("may not mutate atomic arrays, maps or structs") == true)
        let allowed = try mutate("evaluation: {useServerSideApply: true}\nmutations:\n" + args)
        #expect(text(allowed.object?["spec"]?["containers"]?.element(at: 0)?["args"]) == #"["-v"]"#)
    }

    @Test("does nothing where a condition is false, and asks for data that is missing")
    func conditions() throws {
        let other = try mutate("matchConditions:\n- {name: never, expression: 'false'}\n" + Self.label)
        #expect(other.records.map(\.isMatch) == [false])
        #expect(!other.isChanged)
        let missing = try mutate(
            "failurePolicy: Ignore\nmutations:\n"
                + Self.apply(
                    "Object{metadata: Object.metadata{labels: {'x': "
                        + "string(resource.get('v1', 'secrets', 'default', 's').type)}}}"))
        #expect(missing.errors.map(\.missing) == [.data("the object `secrets` `default/s`")])
    }

    @Test("publishes its audit annotations")
    func annotations() throws {
        let verdict = try mutate(
            Self.label + "\nauditAnnotations:\n- {key: who, valueExpression: \"'team ' + object.metadata.labels.team\"}"
        )
        #expect(verdict.auditAnnotations.map { "\($0.key)=\($0.value)" } == ["p/who=team a"])
    }

    @Test("a policy in a namespace changes objects of that namespace only")
    func namespaced() throws {
        let own = try mutate(Self.label, kind: "NamespacedMutatingPolicy")
        #expect(own.isChanged)
        let other = Support.pod.replacing("name: web\n", with: "name: web\n  namespace: other\n")
        #expect(try !mutate(Self.label, other, kind: "NamespacedMutatingPolicy").isChanged)
    }

    // MARK: Generated rules

    static let workloads: [(String, String, String)] = [
        ("apps/v1", "Deployment", "spec: {template: "), ("batch/v1", "Job", "spec: {template: "),
        ("batch/v1", "CronJob", "spec: {jobTemplate: {spec: {template: "),
    ]

    @Test("a policy on Pods changes the templates of workloads", arguments: workloads)
    func autogen(test: (String, String, String)) throws {
        let braces = String(repeating: "}", count: test.2.filter { $0 == "{" }.count)
        let manifest = """
            apiVersion: \(test.0)
            kind: \(test.1)
            metadata: {name: w, labels: {own: "1"}}
            \(test.2){metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: nginx}]}}\(braces)
            """
        let verdict = try mutate(
            "mutations:\n"
                + Self.apply(
                    "Object{metadata: Object.metadata{labels: {'team': object.metadata.labels.app}}, "
                        + "spec: Object.spec{containers: object.spec.containers.map(c, "
                        + "Object.spec.containers{name: c.name, imagePullPolicy: 'Always'})}}")
                + "\n" + Self.patch("[JSONPatch{op: 'add', path: '/spec/hostNetwork', value: false}]"), manifest)
        #expect(verdict.errors.map(\.message) == [])
        let object = try #require(verdict.object)
        let (template, path) = try #require(WorkloadExpansion.template(of: object, verdict.request.kind))
        #expect(text(template["metadata"]) == #"{"labels":{"app":"web","team":"web"}}"#)
        #expect(
            text(template["spec"])
                == #"{"containers":[{"image":"nginx","imagePullPolicy":"Always","name":"main"}],"hostNetwork":false}"#)
        // The workload's own metadata stays as it is.
        #expect(text(object["metadata"]) == #"{"labels":{"own":"1"},"name":"w","namespace":"default"}"#)
        let prefix = "/" + path.replacing(".", with: "/")
        #expect(verdict.patch().operations.allSatisfy { $0.path.hasPrefix(prefix) })
        let patched = try verdict.patch().applied(to: try #require(verdict.originalObject))
        #expect(patched.root.isEqual(to: object))
    }

    @Test("autogen names the workloads that are covered")
    func controllers() throws {
        let deployment = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: d}
            spec: {template: {spec: {containers: []}}}
            """
        let only = "autogen: {podControllers: {controllers: [jobs]}}\n" + Self.label
        #expect(try !mutate(only, deployment).isChanged)
        #expect(try mutate(Self.label, deployment).isChanged)
    }

    // MARK: Exceptions

    private static func exception(_ rest: String, kind: String = "MutatingPolicy") -> String {
        """
        ---
        apiVersion: policies.kyverno.io/v1
        kind: PolicyException
        metadata: {name: e, namespace: shop}
        spec:
          policyRefs: [{name: p, kind: \(kind)}]
        \(rest.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))

        """
    }

    @Test("an exception leaves the object as it is, until it expires")
    func exceptions() throws {
        let excused = try mutate(Self.label, and: Self.exception("expiresAt: 2026-06-01T00:00:00Z"))
        #expect(!excused.isChanged)
        #expect(excused.usedExceptions.map(\.qualifiedName) == ["shop/e"])
        let expired = try mutate(
            Self.label, and: Self.exception("expiresAt: 2026-06-01T00:00:00Z"), now: Support.time(1_790_000_000))
        #expect(expired.isChanged)
        #expect(expired.records.flatMap(\.remarks) == ["exception `shop/e` has expired"])
        #expect(Array(expired.usedExceptions).isEmpty)
        let other = try mutate(
            Self.label,
            and: Self.exception("matchConditions: [{name: named, expression: \"object.metadata.name == 'x'\"}]"))
        #expect(other.isChanged)
    }

    @Test("an exception with values loosens the policy that asks for it")
    func allowances() throws {
        let spec =
            "mutations:\n"
            + Self.apply(
                "Object{metadata: Object.metadata{labels: {'allowed': exceptions.allowedValues.map(v, string(v)).join('-')}}}"
            )
        let verdict = try mutate(spec, and: Self.exception("allowedValues: [x, z]"))
        #expect(verdict.object?["metadata"]?["labels"]?["allowed"]?.string == "x-z")
        #expect(verdict.usedExceptions.map(\.qualifiedName) == ["shop/e"])
    }

    @Test("an exception excuses from Kubernetes' own mutating policies too")
    func nativePolicies() throws {
        let native = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingAdmissionPolicy
            metadata: {name: p}
            spec:
              matchConstraints:
                resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
              reinvocationPolicy: Never
              mutations:
              - patchType: ApplyConfiguration
                applyConfiguration: {expression: "Object{metadata: Object.metadata{labels: {'team': 'a'}}}"}
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingAdmissionPolicyBinding
            metadata: {name: p}
            spec: {policyName: p}

            """
        for (exception, isChanged) in [("", true), (Self.exception("", kind: "MutatingAdmissionPolicy"), false)] {
            let (set, log) = try Support.load(native + exception)
            let verdict = try #require(set, "\(log.diagnostics)").mutate(try Support.request(Support.pod))
            #expect(verdict.isChanged == isChanged)
        }
    }

    // MARK: Reinvocation

    @Test("runs again after another policy's change, if it may")
    func reinvocation() throws {
        let counting =
            "mutations:\n"
            + Self.apply(
                "Object{metadata: Object.metadata{labels: {'n': "
                    + "string(int(object.metadata.labels.?n.orValue('0')) + 1)}}}")
        for (policy, expected) in [("", "1"), ("reinvocationPolicy: IfNeeded\n", "2")] {
            #expect(try mutate(policy + counting).object?["metadata"]?["labels"]?["n"]?.string == expected)
        }
    }

    // MARK: Documents

    @Test("mode JSON patches documents of any shape")
    func documents() throws {
        let policy = """
            apiVersion: policies.kyverno.io/v1
            kind: MutatingPolicy
            metadata: {name: p}
            spec:
              evaluation: {mode: JSON}
              mutations:
            \(Self.patch("[JSONPatch{op: 'add', path: '/region', value: 'eu-' + object.zone}]").split(separator: "\n")
                .map { "  \($0)" }.joined(separator: "\n"))
            """
        let set = try #require(try Support.load(policy).set)
        #expect(set.judgesDocuments)
        let document = try #require(try Support.nodes("zone: a\nkind: x").first)
        let judged = try #require(set.mutateAndReview(document: document))
        #expect(text(judged.mutation.object) == #"{"kind":"x","region":"eu-a","zone":"a"}"#)
    }

    // MARK: Refusals

    static let refused: [(spec: String, id: String, message: String, place: String)] = [
        ("mutations: []", "field-required", "`spec.mutations`: mutations must contain at least one item", "12:14"),
        (
            label + "\nevaluation: {mutateExisting: {enabled: true}}", "kyverno-mutate-existing",
            "the policy changes objects that exist already, which happens in a cluster and not at admission", "17:42"
        ),
        (
            label + "\nevaluation: {admission: {enabled: false}}", "kyverno-not-at-admission",
            "the policy changes nothing at admission, so it has no effect here", "17:27"
        ),
        (
            label + "\nevaluation: {mode: HTTP}", "kyverno-mode",
            "evaluation mode `HTTP` is not for policies of this kind", "17:22"
        ),
        (
            label + "\nevaluation: {mode: JSON}", "field-invalid",
            "`spec.mutations[0].applyConfiguration.expression`: a document of any shape has no schema to merge by",
            "15:19"
        ),
        (
            label + "\nevaluation: {useServerSideApply: 1}", "field-type",
            "`spec.evaluation.useServerSideApply`: must be true or false", "17:36"
        ),
        (
            label + "\nreinvocationPolicy: Often", "field-not-supported",
            "`spec.reinvocationPolicy`: supported values: \"IfNeeded\", \"Never\"", "17:23"
        ),
        (label + "\nvalidations: []", "field-unknown", "`spec.validations`: unknown field", "17:3"),
        (
            label + "\ntargetMatchConstraints: {}", "field-required",
            "`spec.targetMatchConstraints.resourceRules`: required", "17:27"
        ),
        (
            "mutations:\n" + patch("[1]"), "cel-result-type",
            "`spec.mutations[0].jsonPatch.expression`: must evaluate to list(JSONPatch) but got list(int)", "16:9"
        ),
    ]

    @Test("refuses what cannot be done, with the place", arguments: refused)
    func refuses(test: (spec: String, id: String, message: String, place: String)) throws {
        let (set, log) = try Support.load(Support.policy(test.spec, kind: "MutatingPolicy"))
        #expect(set == nil)
        let match = log.diagnostics.first { $0.id == test.id && $0.message == test.message }
        let start = match?.range?.start
        #expect(
            start.map { "\($0.line):\($0.column)" } == test.place,
            "\(log.diagnostics.map { "\($0.id): \($0.message) \(String(describing: $0.range?.start))" })")
    }
}
