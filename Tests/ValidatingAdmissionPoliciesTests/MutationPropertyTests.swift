import Admission
import Diagnostics
import Documents
import Foundation
import PolicyEngine
import PolicyLanguages
import Testing
import Values

/// What must hold of every object, whatever the policies do to it.
@Suite("Mutation of any object")
struct MutationPropertyTests {
    private func set() throws -> PolicySet {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var loader = PolicyLoader()
        loader.load(policyPath: root.appendingPathComponent("testdata/mutation/policies.yaml").path)
        let loaded = loader.finish().policies
        return try #require(loaded)
    }

    private func pod(_ generator: inout SeededNumbers) throws -> AdmissionRequest {
        func maybe(_ text: String) -> String { Bool.random(using: &generator) ? text : "" }
        var containers = ""
        for index in 0..<Int.random(in: 1...4, using: &generator) {
            let name = ["app", "proxy", "c\(index)"].randomElement(using: &generator) ?? "c"
            if containers.contains("{name: \(name)") { continue }
            containers += "{name: \(name), image: nginx" + maybe(", imagePullPolicy: Always")
            containers += maybe(", imagePullPolicy: IfNotPresent").filter { _ in !containers.hasSuffix("Always") }
            containers += maybe(", ports: [{containerPort: 80}]") + "}, "
        }
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: n\(maybe(", labels: {example.com/team: a}"))\(
                maybe(", annotations: {example.com/proxy: \"on\"}"))}
            spec: {\(maybe("hostNetwork: false, "))containers: [\(containers)]}
            """
        var stream = ManifestStream(SourceFile(name: "m.yaml", text: text))
        return try AdmissionRequest(manifest: try #require(try stream.next(), "\(text)"))
    }

    @Test("the patch leads from the object to the changed one, in no more text than both")
    func patch() throws {
        let set = try set()
        var generator = SeededNumbers(state: 20_261_121)
        var changed = 0
        for _ in 0..<400 {
            let verdict = set.mutate(try pod(&generator))
            #expect(verdict.errors.isEmpty)
            let (original, object) = (try #require(verdict.originalObject), try #require(verdict.object))
            let patch = verdict.patch()
            changed += patch.isEmpty ? 0 : 1
            for dialect in [JSONPatch.Dialect.rfc6902, .kubernetes] {
                #expect(try patch.applied(to: original, dialect: dialect).root.isEqual(to: object))
            }
            // As the response carries it, and as the API server reads it.
            let text = JSONWriter().write(patch.document().root)
            let read = try JSONPatch(JSONParser().parse(text).root)
            #expect(try read.applied(to: original, dialect: .kubernetes).root.isEqual(to: object))
            #expect(patch.isEmpty == original.isEqual(to: object))
            // Replacing the whole would be no longer.
            if !patch.isEmpty { #expect(text.count <= JSONWriter().write(object).count + 40) }
        }
        #expect(changed > 100)
    }

    @Test("mutating what was mutated changes nothing")
    func idempotence() throws {
        let set = try set()
        var generator = SeededNumbers(state: 7)
        for _ in 0..<400 {
            let first = set.mutate(try pod(&generator))
            let second = set.mutate(first.request)
            #expect(!second.isChanged)
            #expect(second.patch().isEmpty)
            #expect(try #require(second.object).isEqual(to: try #require(first.object)))
        }
    }

    @Test("the same request is changed the same way, whatever was judged before")
    func purity() throws {
        let set = try set()
        var generator = SeededNumbers(state: 99)
        let requests = try (0..<50).map { _ in try pod(&generator) }
        let forwards = requests.map { text(set.mutate($0)) }
        let backwards = requests.reversed().map { text(set.mutate($0)) }
        #expect(forwards == backwards.reversed())
    }

    private func text(_ verdict: MutationVerdict) -> String {
        String(decoding: JSONWriter().write(verdict.patch().document().root), as: UTF8.self)
    }
}

/// The same numbers on every run.
private struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
