import Admission
import Diagnostics
import PolicyEngine
import Testing
import Values

/// What Kyverno does at the edges of its functions, exceptions and generated rules.
@Suite("Edges of Kyverno's policies")
struct EdgeCaseTests {
    private func review(
        _ spec: String, _ manifest: String = Support.pod, kind: String = "ValidatingPolicy", and other: String = "",
        context: String = "", options: ManifestRequestOptions = ManifestRequestOptions()
    ) throws -> Verdict {
        let text = Support.policy(spec, kind: kind) + other
        let (set, log) = try Support.load(text, context: context)
        return try #require(set, "\(log.diagnostics.map(\.message))").review(
            try Support.request(manifest, options: options), now: Support.time(1_767_225_600))
    }

    // MARK: Functions

    static let truths: [String] = [
        // All numbers of JSON and YAML are doubles, as Go reads them.
        #"type(json.unmarshal("{\"a\": 3}").a) == double && json.unmarshal("{\"a\": 3}").a == 3"#,
        #"type(yaml.parse("a: 3").a) == double && yaml.parse("- 1\n- 2") == [1, 2]"#,
        #"json.marshal(json.unmarshal("{\"b\":3,\"a\":[1.5,\"x\"]}")) == "{\"a\":[1.5,\"x\"],\"b\":3}""#,
        #"json.unmarshal("null") == null && yaml.parse("") == null && json.unmarshal("\"x\"") == "x""#,
        #"json.marshal("<&>") == "\"\\u003c\\u0026\\u003e\"""#,
        #"yaml.parse("a: 1\n---\nb: 2") == {"a": 1}"#,
        #"parseServiceAccount("system:serviceaccount:ns:a:b").Name == "a:b""#,
        #"parseServiceAccount("system:serviceaccount:ns").Namespace == """#,
        #"parseServiceAccount("system:serviceaccount::sa").Name == "sa""#,
        #"user.parseServiceAccount("") == parseServiceAccount("system:node:x")"#,
        #"listObjToMap([{"n": "a"}], [{"other": 1}], "n", "v") == {"a": null}"#,
        #"listObjToMap([{"n": "a"}, {"n": "a"}], [{"v": 1}, {"v": 2}], "n", "v") == {"a": 2}"#,
        #"listObjToMap([], [], "n", "v") == {}"#,
        #"math.round(1234.5, -2) == 1200.0 && math.round(-1.25, 1) == -1.3 && math.round(0.5, 0) == 1.0"#,
        #"time.truncate(timestamp("2026-11-21T06:38:01Z"), duration("0s")) == timestamp("2026-11-21T06:38:01Z")"#,
        #"time.toCron(timestamp("2026-11-22T00:00:00Z")) == "0 0 22 11 0""#,
        #"image("localhost:5000/a/b").registry() == "localhost:5000" && image("a/b").registry() == "index.docker.io""#,
        #"image("nginx:1@sha256:6aefddb645ee6963afd681b1845c661d0ea4c3b20ab9db86d9e753b203d385f2").tag() == """#,
        #"!isImage("") && !isImage("registry.k8s.io/a:@") && !isImage("nginx:") && isImage("a.b/c-d_e/f.g:H")"#,
        #"image("nginx") == image("docker.io/library/nginx:latest") && image("nginx") != image("nginx:1")"#,
        #"gzip.decompress(gzip.compress("ä€😀")) == "ä€😀""#,
        #"sha256("ä") != sha256("a") && md5("").size() == 32 && hash.sha1("").size() == 40"#,
        #"random("") == "" && random("[abc]").matches("^[abc]$") && random("x|y").size() == 1"#,
    ]

    @Test("are true of", arguments: truths)
    func truth(expression: String) throws {
        let verdict = try review("validations:\n- expression: |-\n    \(expression)")
        #expect(verdict.isAllowed, "\(verdict.status?.message ?? "")")
    }

    static let failing: [(String, String)] = [
        (#"json.unmarshal("{") == 1"#, "invalid JSON"),
        (#"json.unmarshal("") == 1"#, "invalid JSON"),
        (#"yaml.parse("a: [") == 1"#, "invalid YAML"),
        (#"json.unmarshal("{\"a\": 3}").a + 1 == 4"#, "no such overload"),
        (#"listObjToMap([{"n": "a"}], [], "n", "v") == {}"#, "the lists have different lengths"),
        (#"listObjToMap([{"m": "a"}], [{"v": 1}], "n", "v") == {}"#, "the key `n` is no text in each object"),
        (#"listObjToMap([{"n": 1}], [{"v": 1}], "n", "v") == {}"#, "the key `n` is no text in each object"),
        (#"listObjToMap([dyn(1)], [dyn(1)], "n", "v") == {}"#, "the lists must hold objects"),
        (#"parseImageReference(object.metadata.name + ":@").tag() == """#, "could not parse reference: web:@"),
        (#"image.parseImageReference("A").tag() == """#, "could not parse reference: A"),
        (#"random(object.metadata.name + "[") == """#, "resulted in error"),
    ]

    @Test("fail with a reason", arguments: failing)
    func failure(expression: String, message: String) throws {
        let decision = try #require(try review("validations:\n- expression: |-\n    \(expression)").denial)
        #expect(decision.evaluation == .error && decision.missing == nil)
        #expect(decision.message.contains(message), "\(decision.message)")
    }

    @Test("find answers of other servers and entries of the global context in what is given")
    func answers() throws {
        let context = """
            apiVersion: cli.kyverno.io/v1alpha1
            kind: Context
            metadata: {name: context}
            spec:
              apiCallResponses:
              - {urlPath: "https://x/", response: {statusCode: 201, body: {count: 1}}}
              - {urlPath: "https://x/", method: POST, response: {body: [2]}}
              globalContextEntries:
              - {name: g, data: {a: {b: c}}, projections: [{name: part, path: a.b}]}
            """
        for expression in [
            #"http.Get("https://x/").statusCode == 201 && http.Get("https://x/").body.count == 1"#,
            #"http.Post("https://x/", {"a": "b"}).body == [2] && http.post("https://x/", 1, {"h": "v"}).statusCode == 200"#,
            #"globalContext.Get("g").a.b == "c" && globalContext.get("g", "part") == "c""#,
        ] {
            let verdict = try review("validations:\n- expression: |-\n    \(expression)", context: context)
            #expect(verdict.isAllowed, "\(verdict.status?.message ?? "")")
        }
    }

    // MARK: Namespaced policies

    private static let configMap = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: cm, namespace: NAMESPACE}
        data: {x: "1"}
        """

    @Test("in a namespace ask for objects of that namespace only, without naming it")
    func namespaced() throws {
        func decision(_ namespace: String, _ expression: String) throws -> Decision? {
            var options = ManifestRequestOptions()
            options.defaultNamespace = "prod"
            let text = Support.policy(
                "validations:\n- expression: \(expression)", kind: "NamespacedValidatingPolicy"
            ).replacing("  name: p", with: "  name: p\n  namespace: prod")
            let (set, log) = try Support.load(
                text, context: Self.configMap.replacing("NAMESPACE", with: namespace))
            let policies = try #require(set, "\(log.diagnostics.map(\.message))")
            return policies.review(try Support.request(Support.pod, options: options)).evaluations.first?.decisions
                .first
        }
        let get = #"resource.Get("v1", "configmaps", "cm").data.x == "1""#
        #expect(try decision("prod", get)?.evaluation == .admit)
        #expect(try decision("other", get)?.message.contains("not found") ?? false)
        let list = #"resource.List("v1", "configmaps").items.size() == 1"#
        #expect(try decision("prod", list)?.evaluation == .admit)
        #expect(try decision("other", list)?.evaluation == .deny)
    }

    // MARK: Exceptions

    private static func exception(_ reference: String, _ spec: String = "", name: String = "e") -> String {
        """
        ---
        apiVersion: policies.kyverno.io/v1
        kind: PolicyException
        metadata: {name: \(name), namespace: team}
        spec:
          policyRefs: [\(reference)]
        \(spec.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))

        """
    }

    private static let denying = "validations:\n- {expression: 1 > 2, message: refused}"

    @Test("are excused only where kind and name are theirs")
    func references() throws {
        for (reference, isExcused) in [
            ("{name: p, kind: ValidatingPolicy}", true), ("{name: p, kind: MutatingPolicy}", false),
            ("{name: q, kind: ValidatingPolicy}", false), ("{name: prod/p, kind: ValidatingPolicy}", false),
            ("{name: q, kind: ValidatingPolicy}, {name: p, kind: ValidatingPolicy}", true),
        ] {
            #expect(try review(Self.denying, and: Self.exception(reference)).isAllowed == isExcused, "\(reference)")
        }
    }

    @Test("are excused by any exception whose conditions all hold")
    func conditions() throws {
        let reference = "{name: p, kind: ValidatingPolicy}"
        let no = "matchConditions:\n- {name: a, expression: 'true'}\n- {name: b, expression: 'false'}"
        #expect(try !review(Self.denying, and: Self.exception(reference, no)).isAllowed)
        let yes = "matchConditions:\n- {name: a, expression: request.operation == 'CREATE'}"
        let both = Self.exception(reference, no) + Self.exception(reference, yes, name: "f")
        #expect(try review(Self.denying, and: both).usedExceptions.map(\.name) == ["f"])
    }

    @Test("are loosened by one exception and then not excused by another")
    func loosened() throws {
        let spec = "validations:\n- {expression: \"'x' in exceptions.allowedValues\", message: refused}"
        let reference = "{name: p, kind: ValidatingPolicy}"
        let all = Self.exception(reference)
        #expect(try review(spec, and: all).isAllowed)
        let values = Self.exception(reference, "allowedValues: [z]", name: "f")
        #expect(try review(spec, and: all + values).denial?.message == "refused")
        let wanted = Self.exception(reference, "allowedValues: [x]", name: "g")
        #expect(try review(spec, and: values + wanted).isAllowed)
    }

    // MARK: Generated rules

    private static func workload(_ apiVersion: String, _ kind: String) -> String {
        let template = "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: nginx}]}}"
        let spec = kind == "CronJob" ? "jobTemplate: {spec: {\(template)}}" : template
        return "apiVersion: \(apiVersion)\nkind: \(kind)\nmetadata: {name: w}\nspec: {\(spec)}\n"
    }

    static let workloads: [(apiVersion: String, kind: String, resource: String)] = [
        ("apps/v1", "Deployment", "deployments"), ("apps/v1", "DaemonSet", "daemonsets"),
        ("apps/v1", "StatefulSet", "statefulsets"), ("apps/v1", "ReplicaSet", "replicasets"),
        ("batch/v1", "Job", "jobs"), ("batch/v1", "CronJob", "cronjobs"),
    ]

    @Test("are about the templates of all workloads, or of those that are named", arguments: workloads)
    func controllers(apiVersion: String, kind: String, resource: String) throws {
        let manifest = Self.workload(apiVersion, kind)
        let rule =
            "validations:\n- expression: object.metadata.labels.app != 'web' || object.spec.containers[0].image != 'nginx'"
        func isJudged(_ autogen: String) throws -> Bool { try !review("\(autogen)\n\(rule)", manifest).isAllowed }
        for all in [
            "", "autogen: {}", "autogen: {podControllers: null}", "autogen: {podControllers: {}}",
            "autogen: {podControllers: {controllers: null}}",
        ] {
            #expect(try isJudged(all), "\(all)")
        }
        for none in ["[]", "[none]", "[\(kind)]", resource == "jobs" ? "[cronjobs]" : "[jobs]"] {
            #expect(try !isJudged("autogen: {podControllers: {controllers: \(none)}}"), "\(none)")
        }
        #expect(try isJudged("autogen: {podControllers: {controllers: [none, \(resource)]}}"))
    }

    @Test("are not there where a policy selects among Pods")
    func selective() throws {
        let text = Support.policy("validations:\n- expression: 1 > 2")
        let manifest = try Support.request(Self.workload("apps/v1", "Deployment"))
        #expect(try Support.load(text).set?.review(manifest).isAllowed == false)
        for (old, new) in [
            ("resources: [pods]", "resources: [pods]\n      resourceNames: [web]"),
            ("resources: [pods]", "resources: [pods, services]"),
            ("apiVersions: [v1]", "apiVersions: ['*']"),
            ("  matchConstraints:", "  matchConstraints:\n    objectSelector: {matchLabels: {app: web}}"),
            ("  matchConstraints:", "  matchConstraints:\n    namespaceSelector: {matchLabels: {app: web}}"),
            (
                "  matchConstraints:",
                "  matchConstraints:\n    excludeResourceRules: [{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: [pods], resourceNames: [x]}]"
            ),
        ] {
            let (set, log) = try Support.load(text.replacing(old, with: new))
            #expect(set?.review(manifest).evaluations.isEmpty == true, "\(new) \(log.diagnostics.map(\.message))")
        }
    }

    // MARK: Evaluation

    @Test("that are not for admission deny nothing, and say so")
    func notAtAdmission() throws {
        let spec = "evaluation: {admission: {enabled: false}}\n" + Self.denying
        let (set, log) = try Support.load(Support.policy(spec))
        #expect(log.diagnostics.map(\.id) == ["kyverno-not-at-admission"])
        let verdict = try #require(set).review(try Support.request(Support.pod))
        #expect(verdict.isAllowed && verdict.decisions.map(\.evaluation) == [.deny])
        #expect(verdict.auditAnnotations.count == 1)
        #expect(try !review("evaluation: {admission: {enabled: true}}\n" + Self.denying).isAllowed)
    }

    @Test("in JSON mode have conditions, variables and exceptions, and null for what a request has")
    func json() throws {
        let text = """
            apiVersion: policies.kyverno.io/v1
            kind: ValidatingPolicy
            metadata: {name: p}
            spec:
              evaluation: {mode: JSON}
              matchConditions: [{name: c, expression: has(object.size)}]
              variables: [{name: size, expression: object.size}]
              validations:
              - {expression: variables.size > 3 && oldObject == null, messageExpression: "'size ' + string(variables.size)"}
            """
        let exception = Self.exception(
            "{name: p, kind: ValidatingPolicy}", "matchConditions: [{name: a, expression: object.size == 0}]")
        let set = try #require(try Support.load(text + "\n" + exception).set)
        func verdict(_ document: String) throws -> Verdict? {
            set.review(document: try #require(try Support.nodes(document).first))?.verdict
        }
        #expect(try verdict("size: 4")?.isAllowed == true)
        #expect(try verdict("size: 2")?.denial?.message == "size 2")
        #expect(try verdict("other: 2")?.evaluations.map(\.decisions.count) == [0])
        #expect(try verdict("size: 0")?.usedExceptions.map(\.name) == ["e"])
    }
}
