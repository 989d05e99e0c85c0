import Diagnostics
import Documents
import Testing
import Values

@testable import KubernetesSchemas

@Suite struct CustomTypeTests {
    static let definition = """
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
            subresources: {status: {}}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    required: [size]
                    properties:
                      size: {type: string, enum: [small, large]}
                      replicas: {type: integer, format: int32, default: 2}
                      port: {x-kubernetes-int-or-string: true}
                      note: {type: string, nullable: true}
                      free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                      parts:
                        type: array
                        x-kubernetes-list-type: map
                        x-kubernetes-list-map-keys: [name]
                        items:
                          type: object
                          properties: {name: {type: string}, count: {type: integer, default: 1}}
        """

    static func node(_ text: String) throws -> Node {
        var stream = ManifestStream(SourceFile(name: "m.yaml", text: text))
        return try #require(try stream.next())
    }

    static func widget(_ spec: String) throws -> Node {
        try node("apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: \(spec)\n")
    }

    @Test("defaults and keeps what the definition says")
    func view() throws {
        let set = SchemaSet.builtIn.adding(definitions: [try Self.node(Self.definition)])
        let manifest = try Self.widget("{size: small, note: null, free: {a: [1]}, parts: [{name: x}], port: http}")
        let validation = try #require(SchemaValidation(of: manifest, in: set))
        #expect(validation.findings.isEmpty, "\(validation.findings)")
        let spec = try #require(validation.view?.root["spec"])
        #expect(spec["replicas"]?.int == 2)
        #expect(spec["note"]?.isNull == true)
        #expect(spec["free"]?["a"]?.element(at: 0)?.int == 1)
        #expect(spec["parts"]?.element(at: 0)?["count"]?.int == 1)
        #expect(SchemaSet.builtIn.type(of: manifest) == nil)
        let type = try #require(set.type(of: manifest))
        #expect(set[type].isCustom)
    }

    @Test(
        "refuses what does not fit",
        arguments: [
            ("{size: small, replcas: 1}", "schema-unknown-field", "spec.replcas"),
            ("{size: small, replicas: many}", "schema-type", "spec.replicas"),
            ("{replicas: 1}", "schema-required", "spec.size"),
            ("{size: huge}", "schema-enum", "spec.size"),
            ("{size: null}", "schema-type", "spec.size"),
        ])
    func defects(_ spec: String, _ id: String, _ path: String) throws {
        let set = SchemaSet.builtIn.adding(definitions: [try Self.node(Self.definition)])
        let findings = try #require(SchemaValidation(of: try Self.widget(spec), in: set)).findings
        #expect(findings.map(\.code.rawValue) == [id])
        #expect(findings.first?.path == path)
    }

    /// A schema for `spec.v`, a value, and the ids of what is found.
    static let demandCases: [(schema: String, value: String, ids: [String])] = [
        ("{type: integer, minimum: 1, maximum: 3}", "4", ["schema-value"]),
        ("{type: integer, minimum: 1, maximum: 3}", "3", []),
        ("{type: number, maximum: 3, exclusiveMaximum: true}", "3", ["schema-value"]),
        ("{type: integer, multipleOf: 5}", "12", ["schema-value"]),
        ("{type: string, pattern: '^a+$'}", "aab", ["schema-value"]), ("{type: string, pattern: 'b'}", "aab", []),
        ("{type: string, minLength: 2}", "é", ["schema-value"]), ("{type: string, maxLength: 1}", "é", []),
        ("{type: string, maxLength: 1}", "ab", ["schema-length"]),
        ("{type: array, maxItems: 1, items: {type: integer}}", "[1, 2]", ["schema-length"]),
        ("{type: array, minItems: 1, items: {type: integer}}", "[]", ["schema-value"]),
        ("{type: object, maxProperties: 1, additionalProperties: {type: integer}}", "{a: 1, b: 2}", ["schema-length"]),
        ("{type: integer, enum: [1, 2]}", "3", ["schema-enum"]), ("{type: integer, enum: [1, 2]}", "2", []),
        ("{type: string, format: ipv4}", "1.2.3.256", ["schema-value"]),
        ("{type: string, format: ipv6}", "'fd00::1'", []),
        ("{type: string, format: ipv6}", "'fd00:::1'", ["schema-value"]),
        ("{type: string, format: cidr}", "10.0.0.0/33", ["schema-value"]),
        ("{type: string, format: cidr}", "'::/0'", []),
        ("{type: string, format: date}", "'2024-02-30'", ["schema-value"]),
        ("{type: string, format: date}", "'2024-02-29'", []),
        ("{type: string, format: duration}", "1h30m", []),
        ("{type: string, format: duration}", "soon", ["schema-value"]),
        ("{type: string, format: uuid}", "0b7e3c1e-1f4a-4a0e-9d5e-2f1c6a7b8c9d", []),
        ("{type: string, format: hostname}", "a..b", ["schema-value"]),
        ("{type: string, format: email}", "a@b.example", []),
        ("{type: string, format: email}", "a b", ["schema-value"]),
        ("{type: string, format: k8s-short-name}", "A", ["schema-value"]),
        ("{type: string, format: who-knows}", "A", []),
        ("{type: array, x-kubernetes-list-type: set, items: {type: integer}}", "[1, 2, 1]", ["schema-duplicate"]),
        (
            "{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [a], items: {type: object, "
                + "properties: {a: {type: string}}}}", "[{a: x}, {a: z}, {a: x}]", ["schema-duplicate"]
        ),
        (
            "{x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}], pattern: '^[0-9]+%$'}", "x",
            ["schema-value"]
        ),
        ("{x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}], pattern: '^[0-9]+%$'}", "5", []),
        (
            "{type: object, properties: {a: {type: integer}, b: {type: integer}}, oneOf: [{required: [a]}, {required: [b]}]}",
            "{a: 1, b: 2}", ["schema-value"]
        ),
        (
            "{type: object, properties: {a: {type: integer}, b: {type: integer}}, oneOf: [{required: [a]}, {required: [b]}]}",
            "{a: 1}", []
        ),
        ("{type: object, properties: {a: {type: integer}}, not: {required: [a]}}", "{a: 1}", ["schema-value"]),
        (
            "{type: object, properties: {a: {type: integer}}, allOf: [{properties: {a: {minimum: 5}}}]}", "{a: 1}",
            ["schema-value"]
        ),
        ("{type: array, items: {type: string}}", "[a, null]", ["schema-type"]),
        ("{type: array, items: {type: string, nullable: true}}", "[a, null]", []),
        (
            "{type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}",
            "{kind: Pod, spec: {}}", ["schema-required"]
        ),
        (
            "{type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}",
            "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}", []
        ),
        (
            "{type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: integer}}}",
            "{a: 1, b: c}", []
        ),
    ]

    @Test("holds custom resources against bounds, patterns, formats and combinations", arguments: demandCases.indices)
    func demands(_ index: Int) throws {
        let (schema, value, ids) = Self.demandCases[index]
        let definition = try Self.node(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            spec:
              group: example.com
              names: {kind: Widget, plural: widgets}
              versions:
              - name: v1
                schema:
                  openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {v: \(schema)}}}}
            """)
        let set = SchemaSet.builtIn.adding(definitions: [definition])
        let validation = try #require(SchemaValidation(of: try Self.widget("{v: \(value)}"), in: set))
        #expect(
            validation.findings.map(\.code.rawValue) == ids,
            "\(schema) \(value): \(validation.findings.map { "\($0.path) \($0.message)" })")
    }

    @Test("learns claims and composites of a Crossplane definition")
    func crossplane() throws {
        let text = Self.definition.replacing("CustomResourceDefinition", with: "CompositeResourceDefinition")
            .replacing("apiextensions.k8s.io/v1", with: "apiextensions.crossplane.io/v1")
            .replacing("scope: Namespaced", with: "claimNames: {kind: WidgetClaim, plural: widgetclaims}")
        let set = SchemaSet.builtIn.adding(definitions: [try Self.node(text)])
        let manifest = try Self.widget("{size: small, compositionRef: {name: a}}")
        #expect(try #require(SchemaValidation(of: manifest, in: set)).findings.isEmpty)
        #expect(set.type(apiVersion: "example.com/v1", kind: "WidgetClaim") != nil)
    }
}
