import CEL
import Diagnostics
import Documents
import KubernetesCEL
import Testing
import Values

@testable import CustomResourceRules
@testable import KubernetesSchemas

@Suite struct RuleTests {
    private static let definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec:
          group: example.com
          names: {kind: Widget, plural: widgets}
          scope: Namespaced
          versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                x-kubernetes-validations:
                - {rule: "self.metadata.name.startsWith('w')", message: names start with w}
                properties:
                  spec:
                    type: object
                    x-kubernetes-validations:
                    - rule: self.min <= self.max
                      messageExpression: "'min %d is more than max %d'.format([self.min, self.max])"
                      fieldPath: .min
                    - {rule: "!has(self.secret)", reason: FieldValueForbidden, fieldPath: ".secret", message: " no secrets "}
                    - {rule: "has(self.note) || self.max < 100", reason: FieldValueRequired, fieldPath: ".note"}
                    - {rule: "self.max >= oldSelf.max", message: max only grows}
                    - {rule: "!oldSelf.hasValue() || oldSelf.value().min == self.min", optionalOldSelf: true, message: min is fixed}
                    properties:
                      min: {type: integer, default: 1}
                      max: {type: integer, default: 10}
                      secret: {type: string}
                      note: {type: string}
                      until: {type: string, format: date-time}
                      tags:
                        type: array
                        x-kubernetes-list-type: set
                        items: {type: string}
                      ports:
                        type: array
                        x-kubernetes-list-type: map
                        x-kubernetes-list-map-keys: [name]
                        items:
                          type: object
                          required: [name]
                          x-kubernetes-validations:
                          - {rule: self.port == oldSelf.port, message: ports stay}
                          - {rule: "self.__namespace__ != 'kube-system'", message: not there}
                          properties:
                            name: {type: string}
                            port: {type: integer}
                            namespace: {type: string, default: x}
                      labels:
                        type: object
                        additionalProperties:
                          type: string
                          x-kubernetes-validations: [{rule: "self.size() < 5", message: too long}]
        """

    private static func node(_ text: String) throws -> Node {
        var stream = ManifestStream(SourceFile(name: "m.yaml", text: text))
        return try #require(try stream.next())
    }

    private static func widget(_ spec: String, name: String = "w") throws -> Node {
        try node("apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: \(name)}\nspec: \(spec)\n")
    }

    private static func findings(_ spec: String, old: String? = nil, name: String = "w") throws -> [String] {
        let set = SchemaSet.builtIn.adding(definitions: [try node(definition)])
        let validation = try #require(SchemaValidation(of: try widget(spec, name: name), in: set))
        #expect(validation.findings.isEmpty)
        let stored = try old.map { try #require(AdmittedView(of: try widget($0), in: set)).root }
        let rules = CustomResourceRules(set)
        return rules.findings(try #require(validation.view).root, old: stored).map { "\($0.path): \($0.message)" }
    }

    @Test(
        "words and places what breaks a rule",
        arguments: [
            ("{}", []), ("{min: 11}", ["spec.min: invalid value: min 11 is more than max 10"]),
            ("{secret: s}", ["spec.secret: forbidden: no secrets"]),
            ("{max: 100}", ["spec.note: required value: failed rule: has(self.note) || self.max < 100"]),
            ("{ports: [{name: a, namespace: kube-system}]}", ["spec.ports[0]: invalid value: not there"]),
            ("{labels: {a: long1, b: ok}}", ["spec.labels.a: invalid value: too long"]),
        ] as [(String, [String])])
    func words(_ spec: String, _ wanted: [String]) throws {
        #expect(try Self.findings(spec) == wanted)
    }

    @Test("reaches the resource's own name")
    func name() throws {
        #expect(try Self.findings("{}", name: "a") == [": invalid value: names start with w"])
    }

    @Test("asks rules about changes only where there is an old value")
    func transitions() throws {
        #expect(try Self.findings("{max: 5}", old: "{max: 6}") == ["spec: invalid value: max only grows"])
        #expect(try Self.findings("{min: 2}", old: "{min: 1}") == ["spec: invalid value: min is fixed"])
        let ports = "{ports: [{name: b, port: 2}, {name: a, port: 1}]}"
        #expect(try Self.findings(ports, old: "{ports: [{name: a, port: 1}, {name: b, port: 2}]}") == [])
        #expect(
            try Self.findings(ports, old: "{ports: [{name: a, port: 3}]}") == [
                "spec.ports[1]: invalid value: ports stay"
            ])
    }

    @Test("does not spend more than the API server would")
    func cost() throws {
        let schema = try Self.node(
            "{type: object, properties: {v: {type: array, items: {type: integer}, x-kubernetes-validations: [{rule: \"self.all(a, self.all(b, self.all(c, a + b + c > -1)))\"}]}}}"
        )
        var parts = 100
        let root = CustomSchema(schema, budget: &parts)
        let object = try Self.node("{v: [\((0..<300).map(String.init).joined(separator: ","))]}")
        var run = RuleRun(rules: KindRules(root, version: .latest), root: object)
        run.check(object, old: nil, root, depth: 0)
        #expect(run.list.findings.count == 1)
        #expect(run.budget.used < 2 * RuleLimits.costOfRule)
    }

    @Test("says that a rule does not compile")
    func broken() throws {
        let schema = try Self.node(
            "{type: object, x-kubernetes-validations: [{rule: self.nope == 1}], properties: {v: {type: integer}}}")
        var parts = 100
        let root = CustomSchema(schema, budget: &parts)
        let object = try Self.node("{v: 1}")
        var run = RuleRun(rules: KindRules(root, version: .latest), root: object)
        run.check(object, old: nil, root, depth: 0)
        #expect(run.list.findings.map(\.code) == [.rule])
        #expect(run.list.findings.first?.message.contains("undefined field `nope`") == true)
    }
}
