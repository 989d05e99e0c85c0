import Admission
import Diagnostics
import Documents
import Foundation
import PolicyEngine
import PolicyLanguages
import Testing
import Values

@Suite struct MutationTests {
    private static let policies: String = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.appendingPathComponent("testdata/mutation/policies.yaml").path
    }()

    private func set() throws -> PolicySet {
        var loader = PolicyLoader()
        loader.load(policyPath: Self.policies)
        let loaded = loader.finish().policies
        #expect(loader.log.diagnostics.map(\.message) == [])
        return try #require(loaded)
    }

    /// A policy on everything with these mutations, bound.
    private func set(
        mutations: String, spec: String = "reinvocationPolicy: Never", name: String = "p",
        and other: String = ""
    ) throws -> PolicySet {
        var loader = PolicyLoader()
        loader.load(policies: SourceFile(name: "p.yaml", text: Self.policy(mutations, spec, name) + other))
        let loaded = loader.finish().policies
        #expect(loader.log.diagnostics.map(\.message) == [])
        return try #require(loaded)
    }

    private static func policy(_ mutations: String, _ spec: String, _ name: String) -> String {
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: MutatingAdmissionPolicy
        metadata: {name: \(name)}
        spec:
          matchConstraints:
            resourceRules:
            - {apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"]}
          \(spec.replacing("\n", with: "\n  "))
          mutations:
          \(mutations.replacing("\n", with: "\n  "))
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: MutatingAdmissionPolicyBinding
        metadata: {name: b-\(name)}
        spec: {policyName: \(name)}
        ---

        """
    }

    private func apply(_ expression: String) -> String {
        "- patchType: ApplyConfiguration\n  applyConfiguration:\n    expression: >-\n      \(expression)"
    }

    private func patch(_ expression: String) -> String {
        "- patchType: JSONPatch\n  jsonPatch:\n    expression: >-\n      \(expression)"
    }

    private func request(_ yaml: String) throws -> AdmissionRequest {
        var stream = ManifestStream(SourceFile(name: "m.yaml", text: yaml))
        return try AdmissionRequest(manifest: try #require(try stream.next()))
    }

    private static let pod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
          namespace: prod
          annotations: {example.com/proxy: "on"}
        spec:
          containers:
          - name: app
            image: nginx:1
            ports:
            - containerPort: 80
        """

    private func text(_ node: Node?) -> String {
        node.map { String(decoding: JSONWriter().write($0), as: UTF8.self) } ?? ""
    }

    // MARK: Policies

    @Test("policies change the object one after the other, each seeing what the others did")
    func order() throws {
        let request = try request(Self.pod)
        let verdict = try set().mutate(request)
        #expect(verdict.errors.isEmpty)
        #expect(verdict.isChanged)
        let containers = verdict.object?["spec"]?["containers"].map { Array($0.elements) } ?? []
        #expect(containers.map { $0["name"]?.string } == ["app", "proxy"])
        #expect(containers.map { $0["imagePullPolicy"]?.string } == ["Always", "Always"])
        #expect(text(verdict.object?["metadata"]?["labels"]) == #"{"example.com/team":"none"}"#)
        #expect(
            verdict.records.map { "\($0.policy.name) \($0.isChange) \($0.isReinvocation)" } == [
                "sidecar true false", "team-label true false", "pull-policy true false", "pull-policy false true",
            ])
        // What did not change keeps its place in the manifest.
        #expect(containers.first?["image"]?.position == SourcePosition(line: 10, column: 12))
        #expect(verdict.object?.document.source?.name == "m.yaml")
        #expect(text(verdict.originalObject).contains("proxy:1") == false)
    }

    @Test("mutations that are left when the time is over follow their failurePolicy")
    func timeLimit() throws {
        let (mutation, pod) = (apply("Object{metadata: Object.metadata{labels: {'a': 'b'}}}"), try request(Self.pod))
        let set = try set(mutations: mutation)
        #expect(set.mutate(pod, timeLimit: TimeLimit { false }).isChanged)
        let late = set.mutate(pod, timeLimit: TimeLimit { true })
        #expect(!late.isAllowed && !late.isChanged)
        #expect(late.errors.map(\.missing) == [.time])
        let ignoring = try self.set(mutations: mutation, spec: "failurePolicy: Ignore\nreinvocationPolicy: Never")
        let passed = ignoring.mutate(pod, timeLimit: TimeLimit { true })
        #expect(passed.isAllowed && !passed.isChanged)
    }

    @Test("the patch applied to the original gives the mutated object, and mutating twice changes nothing")
    func patchAndIdempotence() throws {
        let set = try set()
        let manifests = [
            Self.pod, Self.pod.replacing("\"on\"", with: "\"off\""),
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {example.com/team: web}}",
            "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t, labels: {}}",
        ]
        for manifest in manifests {
            let request = try request(manifest)
            let verdict = set.mutate(request)
            let original = try #require(verdict.originalObject)
            let object = try #require(verdict.object)
            #expect(try verdict.patch().applied(to: original, dialect: .kubernetes).root.isEqual(to: object))
            #expect(verdict.patch().isEmpty == !verdict.isChanged)
            let again = set.mutate(verdict.request)
            #expect(!again.isChanged)
            #expect(again.patch().isEmpty)
        }
    }

    @Test("the response carries the patch in base64")
    func response() throws {
        let patch = patch("[JSONPatch{op: 'add', path: '/data', value: {'k': 'v'}}]")
        let request = try request("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}")
        let verdict = try set(mutations: patch).mutate(request)
        let response = AdmissionResponse(uid: "u", verdict: verdict).encoded()
        let encoded = Base64.encode(Array(#"[{"op":"add","path":"/data","value":{"k":"v"}}]"#.utf8))
        let json = #"{"uid":"u","allowed":true,"patch":"\#(encoded)","patchType":"JSONPatch"}}"#
        #expect(String(decoding: response, as: UTF8.self).hasSuffix(json))
        let nothing = AdmissionResponse(uid: "u", verdict: MutationVerdict(request)).encoded()
        #expect(String(decoding: nothing, as: UTF8.self).hasSuffix(#"{"uid":"u","allowed":true}}"#))
    }

    // MARK: ApplyConfiguration

    static let merges: [(String, String, String)] = [
        // Elements are told apart by all map keys, with their defaults.
        (
            "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'app', ports: "
                + "[Object.spec.containers.ports{containerPort: 80, hostPort: 8080}]}]}}",
            "/spec/containers/0/ports",
            #"[{"containerPort":80,"hostPort":8080}]"#
        ),
        (
            "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'app', ports: "
                + "[Object.spec.containers.ports{containerPort: 80, protocol: 'UDP'}]}]}}",
            "/spec/containers/0/ports",
            #"[{"containerPort":80},{"containerPort":80,"protocol":"UDP"}]"#
        ),
        // New elements come where the patch has them relative to those that both have.
        (
            "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'first', image: 'a'}, "
                + "Object.spec.containers{name: 'app'}]}}",
            "/spec/containers/0/name", #""first""#
        ),
        // A set.
        (
            "Object{metadata: Object.metadata{finalizers: ['example.com/a', 'example.com/b']}}",
            "/metadata/finalizers", #"["example.com/a","example.com/b"]"#
        ),
        (
            "Object{metadata: Object.metadata{annotations: {'x': 'y'}}}", "/metadata/annotations",
            #"{"example.com/proxy":"on","x":"y"}"#
        ),
        ("Object{kind: 'Other', spec: Object.spec{nodeName: 'n'}}", "/kind", #""Pod""#),
    ]

    @Test("merges as server-side apply does", arguments: merges)
    func merge(test: (String, String, String)) throws {
        let verdict = try set(mutations: apply(test.0)).mutate(request(Self.pod))
        #expect(verdict.errors.map(\.message) == [])
        var node = verdict.object
        for token in try #require(JSONPointer(test.1)).tokens {
            node = Int(token).map { node?.element(at: $0) } ?? node?[token]
        }
        #expect(text(node) == test.2)
    }

    static let refusals: [(String, String)] = [
        (
            "Object{spec: Object.spec{containers: [Object.spec.containers{image: 'x'}]}}",
            "error applying patch: failed to convert patch object to typed object: .spec.containers: element 0: "
                + "associative list with keys has an element that omits key field \"name\" (and doesn't have default "
                + "value)"
        ),
        (
            "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'a'}, "
                + "Object.spec.containers{name: 'a'}]}}",
            "error applying patch: failed to convert patch object to typed object: .spec.containers: duplicate entries "
                + "for key [name=\"a\"]"
        ),
        (
            "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'a', bogus: 1}]}}",
            "error applying patch: failed to convert patch object to typed object: .spec.containers[name=\"a\"].bogus: "
                + "field not declared in schema"
        ),
        (
            "Object{spec: Object.spec{terminationGracePeriodSeconds: 'x'}}",
            "error applying patch: failed to convert patch object to typed object: "
                + ".spec.terminationGracePeriodSeconds: expected numeric (int or float), got string"
        ),
        (
            "Object{spec: Object.spec{tolerations: []}}",
            "error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: "
                + ".spec.tolerations"
        ),
        (
            "Object{spec: Object.wrong{nodeName: 'n'}}",
            "type mismatch: unexpected type name \"Object.wrong\", expected \"Object.spec\", which matches field name "
                + "path from root Object type"
        ),
        (
            "Object{spec: Object.spec{activeDeadlineSeconds: [1].map(i, duration('1s'))[0]}}",
            "error applying patch: a duration has no place in an object; convert it with `string(…)`"
        ),
    ]

    @Test("refuses what server-side apply cannot merge", arguments: refusals)
    func refusal(test: (String, String)) throws {
        let verdict = try set(mutations: apply(test.0)).mutate(request(Self.pod))
        let status = try #require(verdict.status)
        #expect(status.message == "policy 'p' with binding 'b-p' denied request: \(test.1)")
        #expect(status.code == 403)
        #expect(status.reason == .invalid)
        #expect(verdict.denial?.check?.field == "spec.mutations[0].applyConfiguration.expression")
        #expect(verdict.denial?.check?.range?.start.line == 13)
        #expect(verdict.patch().isEmpty)
    }

    @Test("says that it does not know how to merge into an unknown kind, unless only metadata changes")
    func unknownKind() throws {
        let thing = try request("apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\nspec: {a: 1}")
        let unknown = try set(mutations: apply("Object{spec: Object.spec{b: 1}}")).mutate(thing)
        #expect(unknown.denial?.missing == .schema("example.com/v1 Thing"))
        let labels = try set(mutations: apply("Object{metadata: Object.metadata{labels: {'a': 'b'}}}")).mutate(thing)
        #expect(labels.isAllowed)
        #expect(text(labels.object?["metadata"]) == #"{"name":"t","namespace":"default","labels":{"a":"b"}}"#)
    }

    // MARK: JSONPatch

    @Test("a failing test changes nothing, silently, and no other mutation")
    func failingTest() throws {
        let mutations =
            patch("[JSONPatch{op: 'test', path: '/data/a', value: 'x'}, JSONPatch{op: 'remove', path: '/data'}]") + "\n"
            + patch("[JSONPatch{op: 'add', path: '/data/b', value: dyn(object.data.a) + '!'}]")
        let verdict = try set(mutations: mutations)
            .mutate(request("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}"))
        #expect(verdict.isAllowed)
        #expect(text(verdict.object?["data"]) == #"{"a":"b","b":"b!"}"#)
        #expect(verdict.mutations.map(\.isChange) == [false, true])
    }

    @Test("a field that the kind does not have refuses the request, whatever the failure policy")
    func strictDecoding() throws {
        let patch = patch("[JSONPatch{op: 'add', path: '/spec/nodename', value: 'n'}]")
        let spec = "failurePolicy: Ignore\nreinvocationPolicy: Never"
        let verdict = try set(mutations: patch, spec: spec).mutate(request(Self.pod))
        #expect(
            verdict.status?.message
                == "Internal error occurred: strict decoding error: unknown field \"spec.nodename\"")
        #expect(verdict.status?.code == 500)
        // One that was there before is not the policy's fault.
        let own = try request(Self.pod.replacing("spec:\n", with: "spec:\n  nodename: n\n"))
        let other = self.patch("[JSONPatch{op: 'add', path: '/spec/nodeName', value: 'n'}]")
        #expect(try set(mutations: other).mutate(own).isAllowed)
    }

    @Test("values take the forms that JSON has for them")
    func values() throws {
        let expression =
            "[JSONPatch{op: 'add', path: '/data', value: {'big': dyn(9007199254740993), 'double': dyn(2.0), "
            + "'bytes': dyn(b'ab'), 'time': dyn(timestamp('2024-01-01T00:00:00Z')), 'span': dyn(duration('90m')), "
            + "'null': dyn(null), 'list': dyn([1, 2]), 'kept': dyn(object.metadata)}}]"
        let verdict = try set(mutations: patch(expression))
            .mutate(request("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}"))
        #expect(verdict.errors.map(\.message) == [])
        #expect(
            text(verdict.object?["data"])
                == #"{"big":"9007199254740993","double":2,"bytes":"YWI=","time":"2024-01-01T00:00:00Z","#
                + #""span":"5400s","null":null,"list":[1,2],"kept":{"name":"c","namespace":"default"}}"#)
    }

    // MARK: Failures and reinvocation

    @Test("errors follow the failure policy; what was done before stays where it is Ignore")
    func failurePolicy() throws {
        let mutations = apply("Object{spec: Object.spec{nodeName: 'n'}}") + "\n" + patch("[JSONPatch{op: 'x'}]")
        for (policy, isAllowed) in [("Fail", false), ("Ignore", true)] {
            let verdict = try set(
                mutations: mutations, spec: "failurePolicy: \(policy)\nreinvocationPolicy: Never"
            ).mutate(request(Self.pod))
            #expect(verdict.isAllowed == isAllowed)
            #expect(verdict.errors.map(\.message) == ["JSON Patch: Unexpected kind: x"])
            #expect(verdict.object?["spec"]?["nodeName"]?.string == "n")
            #expect(verdict.patch().isEmpty == !isAllowed)
        }
    }

    @Test("a policy runs again after any mutation if it may, once")
    func reinvocation() throws {
        let count =
            "Object{spec: Object.spec{terminationGracePeriodSeconds: "
            + "object.spec.?terminationGracePeriodSeconds.orValue(0) + 1}}"
        for (policy, expected) in [("Never", 1), ("IfNeeded", 2)] {
            let verdict = try set(mutations: apply(count), spec: "reinvocationPolicy: \(policy)")
                .mutate(request(Self.pod))
            #expect(verdict.object?["spec"]?["terminationGracePeriodSeconds"]?.int == Int64(expected))
        }
    }

    @Test("validating policies judge the mutated object")
    func thenValidate() throws {
        let validating = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: v}
            spec:
              matchConstraints:
                resourceRules:
                - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
              validations:
              - expression: "!has(object.spec.nodeName)"
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: vb}
            spec: {policyName: v, validationActions: [Deny]}
            """
        let set = try set(mutations: apply("Object{spec: Object.spec{nodeName: 'n'}}"), and: validating)
        let request = try request(Self.pod)
        #expect(set.review(request).isAllowed)
        #expect(!set.review(set.mutate(request).request).isAllowed)
    }

    @Test("an expression may cost a tenth of what its mutation may")
    func budget() throws {
        let expensive =
            "[JSONPatch{op: 'add', path: '/data', value: {'a': string(object.data.l.split(',').map(a, "
            + "object.data.l.split(',').map(b, object.data.l.split(',').all(c, c == b)))==[])}}]"
        let list = Array(repeating: "x", count: 200).joined(separator: ",")
        let verdict = try set(mutations: patch(expensive))
            .mutate(request("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {l: \"\(list)\"}"))
        #expect(verdict.status?.message.contains("operation cancelled: actual cost limit exceeded") == true)
    }
}
