import Documents
import Foundation
import Testing
import Values

@testable import KubernetesSchemas

@Suite struct SchemaSetTests {
    @Test("finds types by apiVersion and kind")
    func kinds() throws {
        let set = SchemaSet.builtIn
        #expect(set.version == "1.36")
        #expect(SchemaSet.builtIn(version: "1.36") === set)
        #expect(SchemaSet.builtIn(version: "1.2") == nil)
        let pod = try #require(set.type(apiVersion: "v1", kind: "Pod"))
        let spec = try #require(set[pod].field("spec"))
        let specType = try #require(set.type(of: spec.value))
        #expect(set[specType].name == "core.v1.PodSpec")
        #expect(set.type(apiVersion: "v1", kind: "Pode") == nil)
    }

    @Test("exposes what server-side apply and type checks need")
    func merging() throws {
        let set = SchemaSet.builtIn
        let type = try #require(set.types.first { $0.name == "core.v1.PodSpec" })
        let containers = try #require(type.field("containers"))
        #expect(containers.isRequired && containers.value.listType == .map)
        #expect(set.mapKeys(of: containers.value) == ["name"])
        let element = try #require(set.element(of: containers.value))
        #expect(element.kind == .object)
        let policy = try #require(type.field("restartPolicy"))
        #expect(set.allowedTexts(of: policy.value) == ["Always", "Never", "OnFailure"])
        #expect(type.field("nodeSelector")?.value.isAtomic == true)
        #expect(type.field("serviceAccount")?.traits.contains(.deprecated) == true)
        #expect(type.field("tolerations")?.value.listType == .atomic)
    }

    @Test("holds what the OpenAPI documents say", .enabled(if: SharedData.isPresent))
    func openAPI() throws {
        let file = try #require(SharedData.root).appendingPathComponent("kubernetes/openapi-schemas-1.36.json")
        let documents = try JSONParser().parse([UInt8](Data(contentsOf: file))).root
        var fields = 0
        for type in SchemaSet.builtIn.types {
            let matches = documents.entries.filter { $0.key.string?.hasSuffix("." + type.name) == true }
            // Options of connections are not in the documents.
            guard matches.count == 1, let schema = matches.first?.value else { continue }
            let properties = try #require(schema["properties"] ?? schema["type"])
            #expect(properties.entries.map { $0.key.string ?? "" }.sorted() == type.fields.map(\.name))
            let required = Set(schema["required"]?.elements.compactMap(\.string) ?? [])
            #expect(Set(type.fields.filter(\.isRequired).map(\.name)) == required, "\(type.name)")
            fields += type.fields.count
        }
        #expect(fields > 2_500)
    }

    @Test("knows versions that are gone, and near misses")
    func kindStatus() {
        let set = SchemaSet.builtIn
        #expect(KindStatus(apiVersion: "apps/v1", kind: "Deployment", in: set) == .served)
        #expect(
            KindStatus(apiVersion: "extensions/v1beta1", kind: "Ingress", in: set)
                == .removed(version: "1.22", replacement: "networking.k8s.io/v1"))
        #expect(
            KindStatus(apiVersion: "apps/v1", kind: "Deploymnet", in: set)
                == .unserved(suggestion: "apps/v1, Kind=Deployment"))
        #expect(KindStatus(apiVersion: "example.com/v1", kind: "Widget", in: set) == .unknown(suggestion: nil))
    }

    @Test("reads several versions from one text")
    func versions() throws {
        let text: StaticString = """
            V 1.9 1.10
            E a,b
            T 0 core.v1.Thing @v1:Thing !kind:e0; spec:#1;
            T0-0 1 core.v1.ThingSpec 0old:s
            T1-1 1 core.v1.ThingSpec new:[mname;#0; 0old:s=\"x\"
            """
        #expect(SchemaReader.versions(of: text) == ["1.9", "1.10"])
        for (version, fields) in [("1.9", ["old"]), ("1.10", ["new", "old"])] {
            let set = SchemaReader.read(text, version: version)
            let thing = set[try #require(set.type(apiVersion: "v1", kind: "Thing"))]
            let spec = set[try #require(thing.field("spec").flatMap { set.type(of: $0.value) })]
            #expect(spec.fields.map(\.name) == fields)
            #expect(thing.field("kind").flatMap { set.allowedTexts(of: $0.value) } == ["a", "b"])
            #expect(spec.field("new").map { set.mapKeys(of: $0.value) } ?? ["name"] == ["name"])
        }
        let newest = SchemaReader.read(text, version: nil)
        let old = try #require(newest.types[1].field("old"))
        #expect(newest.defaultValue(of: old)?.string == "x")
    }

    @Test("resolves every line of the rules")
    func rules() {
        let set = SchemaSet.builtIn
        let defaulting = defaultingRules.description.split(separator: "\n").count
        #expect(set.rules.reduce(0) { $0 + $1.count } == defaulting)
        let checks = validationRules.description.split(separator: "\n").reduce(0) {
            $0 + $1.split(separator: " ").count - 2
        }
        #expect(set.validations.reduce(0) { $0 + $1.count } == checks)
    }
}
