import Diagnostics
import PolicyLint
import Testing

@Suite struct TypeTests {
    private static let workloads =
        "{apiGroups: [apps, ''], apiVersions: [v1], operations: [CREATE], resources: [deployments, daemonsets, pods]}"

    @Test(
        "a test of the kind rules out what other kinds lack",
        arguments: [
            "object.kind != 'Deployment' || object.spec.replicas < 5",
            "object.spec.replicas < 5 || object.kind != 'Deployment'",
            "object.kind == 'Deployment' ? object.spec.replicas < 5 : true",
            "!(object.kind in ['Deployment']) || object.spec.replicas < 5",
            "request.kind.kind != 'Deployment' || object.spec.replicas < 5",
            "request.resource.resource != 'deployments' || object.spec.replicas < 5",
            "!has(object.spec.replicas) || object.spec.replicas < 5",
            "object.spec.?replicas.orValue(1) < 5",
            "(object.kind == 'Pod' ? object.spec : object.spec.template.spec).containers.size() < 5",
            "!('replicas' in object.spec) || object.spec.replicas < 5",
        ])
    func kinds(expression: String) {
        let linted = Linted(expression.validation(rule: Self.workloads))
        #expect(linted.diagnostics.isEmpty)
        #expect(linted.summary == [])
    }

    @Test("a variable tells kinds apart too, and keeps its type")
    func variables() {
        let isPod = ("isPod", "object.kind == 'Pod'")
        let spec = ("spec", "variables.isPod ? object.spec : object.spec.template.spec")
        let good = "variables.spec.containers.all(c, c.image != 'x')"
        #expect(Linted(good.validation(rule: Self.workloads, variables: [isPod, spec])).summary == [])
        let bad = Linted(
            "variables.spec.contaners.all(c, true)".validation(rule: Self.workloads, variables: [isPod, spec]))
        #expect(bad.findings.map(\.code) == [.undefinedField])
        #expect(bad.findings.first?.diagnostic.help == "did you mean `containers`?")
        #expect(
            bad.findings.first?.diagnostic.notes.map(\.message) == [
                "for v1 Pod, apps/v1 DaemonSet, apps/v1 Deployment"
            ])
    }

    @Test(
        "what works at evaluation is no mistake, whatever its declared types",
        arguments: [
            "object.spec.replicas == 3.0", "object.spec.?replicas.orValue(null) == null",
            "object.spec == {} || object.spec.size() > 0", "object.spec.all(k, k != 'x')",
            "object.spec['replicas'] < 5", "object.spec.template.metadata.?labels.orValue({}) != {}",
            "timestamp(object.metadata.creationTimestamp).getFullYear() > 2000",
            "[object.spec.replicas, object.metadata.name].map(x, string(x)) != ['1']",
            "object.spec.template.spec.containers.map(c, c.resources.?limits.orValue({})).size() > 0",
            "sign(quantity(object.spec.template.spec.containers[0].resources.?limits.?memory.orValue('0'))) >= 0",
            "object.spec.strategy.type != 'Recreate' && object.spec.selector.?matchLabels.orValue({}).size() > 0",
        ])
    func works(expression: String) {
        let rule = "{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}"
        let linted = Linted(expression.validation(rule: rule))
        #expect(linted.diagnostics.isEmpty)
        #expect(linted.summary == [])
    }

    @Test("nothing is said of kinds that cannot be told")
    func wildcards() {
        let rule = "{apiGroups: ['*'], apiVersions: ['*'], operations: [CREATE], resources: ['*']}"
        #expect(Linted("object.spec.replicaz <= 5".validation(rule: rule)).summary == [])
        let unknown = "{apiGroups: [example.com], apiVersions: [v1], operations: [CREATE], resources: [widgets]}"
        #expect(Linted("object.spec.replicaz <= 5".validation(rule: unknown)).summary == [])
    }

    @Test("custom resources have the types of their definitions")
    func definitions() {
        let definition = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {kind: Widget, plural: widgets}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    required: [spec]
                    properties:
                      spec:
                        type: object
                        required: [size]
                        properties:
                          size: {type: integer}
                          port: {x-kubernetes-int-or-string: true}
                          free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                          ratio: {type: number}
            """
        let rule = "{apiGroups: [example.com], apiVersions: [v1], operations: [CREATE], resources: [widgets]}"
        func lint(_ expression: String) -> [LintFinding.Code] {
            Linted(expression.validation(rule: rule), context: definition).findings.map(\.code)
        }
        #expect(lint("object.spec.size < 5") == [])
        #expect(lint("object.spec.sise < 5") == [.undefinedField])
        #expect(lint("object.spec.size == 'x'") == [.type])
        #expect(lint("!has(object.spec.port) || object.spec.port == 'http' || object.spec.port == 80") == [])
        #expect(lint("has(object.spec.free) && object.spec.free.any.thing == 1") == [])
        #expect(lint("!has(object.spec.ratio) || object.spec.ratio * 2 < 3") == [])
        #expect(lint("object.spec.ratio < 3.0") == [.absentField])
    }
}
