import Foundation
import Testing

/// What the command line makes of Kyverno's policies beyond their verdicts.
@Suite("policy-check with Kyverno's policies")
struct KyvernoCommandTests {
    private static let gateway = """
        apiVersion: policies.kyverno.io/v1
        kind: ValidatingPolicy
        metadata: {name: gateway}
        spec:
          evaluation: {mode: Envoy}
          validations:
          - expression: >-
              object.attributes.request.http.path == '/open'
                ? envoy.Allowed().Response() : envoy.Denied(403).WithBody('closed').Response()
        """
    private static let pod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec: {containers: [{name: c, image: nginx}]}
        """

    @Test("says that a policy about other servers' requests checks nothing, and counts that as nothing")
    func requests() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write(Self.gateway, to: "gateway.yaml")
        _ = try directory.write(Self.pod, to: "pod.yaml")
        let run = try CommandRun(["-p", "gateway.yaml", "pod.yaml"], in: directory.url)
        #expect(run.status == 2)
        #expect(
            run.errors.contains(
                "warning[kyverno-mode]: the policy answers Envoy requests and judges no Kubernetes object, so it has no effect here"
            ), "\(run.errors)")
        #expect(run.errors.contains("error[nothing-checked]"))
        #expect(try CommandRun(["lint", "gateway.yaml"], in: directory.url).status == 0)
    }

    @Test("explains a policy, whose expressions may be about the template of a workload")
    func explain() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write(
            """
            apiVersion: policies.kyverno.io/v1
            kind: ValidatingPolicy
            metadata: {name: tags}
            spec:
              matchConstraints:
                resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
              matchConditions: [{name: web, expression: object.metadata.name == 'web'}]
              variables: [{name: images, expression: 'object.spec.containers.map(c, c.image)'}]
              validations:
              - {expression: "variables.images.all(i, i.contains(':'))", message: images need a tag}
            """, to: "policy.yaml")
        _ = try directory.write(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: nginx}]}}
            """, to: "web.yaml")
        _ = try directory.write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n", to: "other.yaml")
        let run = try CommandRun(["explain", "-p", "policy.yaml", "tags", "web.yaml"], in: directory.url)
        #expect(run.output.contains("spec.matchConditions[0].expression"), "\(run.output)\(run.errors)")
        #expect(run.output.contains(#"["nginx"]"#), "\(run.output)")
        #expect(run.output.contains("images need a tag"), "\(run.output)")
        let other = try CommandRun(["explain", "-p", "policy.yaml", "tags", "other.yaml"], in: directory.url)
        #expect(other.output.contains("configmaps"), "\(other.output)\(other.errors)")
    }

    @Test("runs their tests, and says what is wrong with a payload")
    func tests() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write(Self.gateway, to: "gateway.yaml")
        _ = try directory.write(#"{"attributes": {"request": {"http": {"path": "/open"}}}}"#, to: "open.json")
        _ = try directory.write(#"{"attributes": {"request": {"http": {"path": "/x"}}}}"#, to: "closed.json")
        func test(_ payload: String, _ result: String) throws -> CommandRun {
            _ = try directory.write(
                """
                apiVersion: cli.kyverno.io/v1alpha1
                kind: Test
                metadata: {name: t}
                policies: [gateway.yaml]
                envoyPayloads: [\(payload)]
                results:
                - {policy: gateway, result: \(result)}
                """, to: "kyverno-test.yaml")
            return try CommandRun(["test", "."], in: directory.url)
        }
        #expect(try test("open.json", "pass").status == 0)
        #expect(try test("closed.json", "fail").status == 0)
        let wrong = try test("closed.json", "pass")
        #expect(wrong.status == 1 && wrong.output.contains("expected pass, got fail"), "\(wrong.output)")
        _ = try directory.write(#"{"attributes": {"reqest": {}}}"#, to: "wrong.json")
        let broken = try test("wrong.json", "error")
        #expect(broken.status == 2)
        #expect((broken.output + broken.errors).contains("unknown field `attributes.reqest`"), "\(broken.output)")
    }

    @Test("merges lists of custom resources by the definitions that --crd names", arguments: ["--crd", "--context"])
    func definitions(option: String) throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gates.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {kind: Gate, plural: gates}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        properties:
                          routes:
                            type: array
                            x-kubernetes-list-type: map
                            x-kubernetes-list-map-keys: [host]
                            items:
                              type: object
                              required: [host]
                              properties: {host: {type: string}, weight: {type: integer}}
            """, to: "crd.yaml")
        _ = try directory.write(
            """
            apiVersion: policies.kyverno.io/v1
            kind: MutatingPolicy
            metadata: {name: weigh}
            spec:
              matchConstraints:
                resourceRules: [{apiGroups: [example.com], apiVersions: [v1], operations: [CREATE], resources: [gates]}]
              mutations:
              - patchType: ApplyConfiguration
                applyConfiguration:
                  expression: "Object{spec: Object.spec{routes: [Object.spec.routes{host: 'b', weight: 5}]}}"
            """, to: "policy.yaml")
        _ = try directory.write(
            """
            apiVersion: example.com/v1
            kind: Gate
            metadata: {name: g}
            spec: {routes: [{host: a}, {host: b}]}
            """, to: "gate.yaml")
        let run = try CommandRun(
            ["-p", "policy.yaml", option, "crd.yaml", "--mutate", "-o", "json", "gate.yaml"], in: directory.url)
        let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        let object = ((report?["files"] as? [[String: Any]])?.first?["objects"] as? [[String: Any]])?.first
        let patch = (object?["mutation"] as? [String: Any])?["patch"] as? [[String: Any]]
        #expect(run.status == 0, "\(run.errors)\(run.output)")
        #expect(patch?.map { $0["path"] as? String } == ["/spec/routes/1/weight"], "\(run.output)")
        #expect(patch?.first?["value"] as? Int == 5)
    }

    @Test("takes the object of a review as a server would read it, where that is asked for")
    func reviewObjects() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write(
            """
            apiVersion: policies.kyverno.io/v1
            kind: ValidatingPolicy
            metadata: {name: defaults}
            spec:
              matchConstraints:
                resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
              validations:
              - {expression: "!has(object.spec.unknown)", message: unknown}
              - {expression: "has(object.spec.restartPolicy)", message: no policy}
            """, to: "policy.yaml")
        _ = try directory.write(
            """
            apiVersion: admission.k8s.io/v1
            kind: AdmissionReview
            request:
              uid: u
              kind: {group: '', version: v1, kind: Pod}
              resource: {group: '', version: v1, resource: pods}
              name: web
              namespace: default
              operation: CREATE
              userInfo: {username: a}
              object:
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: default}
                spec: {unknown: 1, containers: [{name: c, image: nginx}]}
            """, to: "review.yaml")
        func run(_ options: [String]) throws -> CommandRun {
            try CommandRun(["-p", "policy.yaml", "review.yaml"] + options, in: directory.url)
        }
        #expect(try run([]).output.contains("unknown"))
        #expect(try run(["--review-objects", "decoded"]).output.contains("no policy"))
        #expect(try run(["--review-objects", "defaulted"]).status == 0)
        #expect(try run(["--review-objects", "other"]).status == 2)
        #expect(
            try CommandRun(["admitted", "--review-objects", "decoded", "review.yaml"], in: directory.url).status == 2)
    }
}
