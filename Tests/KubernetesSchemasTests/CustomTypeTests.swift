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
