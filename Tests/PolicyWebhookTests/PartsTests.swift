import Diagnostics
import Documents
import KubernetesAPI
import PolicyEngine
import Testing
import Values

@testable import PolicyWebhook

/// The small parts of what the server does with the Kubernetes API.
@Suite struct PartsTests {
    @Test("changes are gathered, and taking them over never takes more than a tenth of the time")
    func pacing() {
        var pacing = UpdatePacing()
        #expect(pacing.changed(now: .seconds(10)) == .seconds(10) + ExecutableLimits.changeGathering)
        #expect(pacing.changed(now: .seconds(10)) == nil)
        pacing.started()
        pacing.finished(start: .seconds(11), end: .seconds(12))
        #expect(pacing.changed(now: .seconds(12)) == .seconds(21))
        var now = Duration.zero
        var busy = Duration.zero
        pacing = UpdatePacing()
        for _ in 0..<100 {
            guard let time = pacing.changed(now: now) else { continue }
            pacing.started()
            busy += .milliseconds(300)
            now = time + .milliseconds(300)
            pacing.finished(start: time, end: now)
        }
        #expect(busy / now < 0.11)
    }

    @Test("the API server's clock, carried on by one that does not jump")
    func serverClock() {
        var clock = ServerClock()
        #expect(clock.now(at: .seconds(5), wall: 777) == 777)
        clock.read(nil, at: .seconds(5))
        #expect(clock.now(at: .seconds(5), wall: 777) == 777)
        clock.read(1000, at: .seconds(5))
        #expect(clock.now(at: .seconds(65), wall: 777) == 1060)
        clock.read(nil, at: .seconds(70))
        #expect(clock.now(at: .seconds(65), wall: 0) == 1060)
    }

    private func node(_ json: String) throws -> Node {
        try JSONParser().parse(Array(json.utf8)).root
    }

    @Test("equal policies have equal texts, whatever servers add")
    func objectText() throws {
        let resource = ServedResource(
            group: "g.io", version: "v1", plural: "ps", kind: "P", isNamespaced: true)
        func text(_ extra: String) throws -> SourceFile {
            let object = try #require(
                WatchedObject(
                    node(
                        #"{"metadata":{"name":"n","namespace":"s","annotations":{"a":"b"\#(extra)},"uid":"\#(extra.count)","resourceVersion":"\#(extra.count)"},"spec":{"x":1},"status":{"y":2}}"#
                    ), of: resource))
            return ClusterObjects.source(object, of: resource)
        }
        let one = try text("")
        let other = try text(#","kubectl.kubernetes.io/last-applied-configuration":"{}""#)
        #expect(one.name == "kubernetes:ps.g.io/s/n")
        #expect(one.bytes == other.bytes)
        #expect(String(decoding: one.bytes, as: UTF8.self).contains("\n"))
    }

    private func policy(_ name: String, _ expression: String) -> SourceFile {
        let text = ClusterSamples.policy(name, expression)
        return SourceFile(
            name: "kubernetes:p/\(name)",
            text:
                #"{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy",\#(text.dropFirst())"#
        )
    }

    @Test("an object that is wrong is left out, or stays as it was; the others are in force")
    func wrongObjects() {
        let good = [policy("a", "true"), policy("b", "true")]
        let before = PolicyLoad(PolicyFileSet(reading: []), objects: good)
        #expect(before.policies?.policies.count == 2)
        #expect(before.errors == 0 && before.refusedObjects.isEmpty)
        let objects = [policy("a", "object.("), policy("b", "false"), policy("c", "1 +"), policy("d", "true")]
        let after = PolicyLoad(PolicyFileSet(reading: []), objects: objects, before: before.objects)
        #expect(after.policies?.policies.map(\.id.name).sorted() == ["a", "b", "d"])
        #expect(after.refusedObjects == ["kubernetes:p/a", "kubernetes:p/c"])
        #expect(after.objects["kubernetes:p/a"]?.bytes == good[0].bytes)
        #expect(after.objects["kubernetes:p/c"] == nil)
        #expect(after.errors == 2)
        #expect(after.diagnostics.count >= 2)
        #expect(after.diagnostics.allSatisfy { $0.file != nil })
    }

    @Test("a set without policies is refused unless policies may come from the API")
    func noPolicies() {
        #expect(PolicyLoad(PolicyFileSet(reading: []), objects: []).policies != nil)
        let refused = PolicyLoad(PolicyFileSet(reading: []), objects: nil)
        #expect(refused.policies == nil)
        #expect(refused.diagnostics.map(\.id) == ["policy-none"])
    }

    @Test("a name that a file and an object share: the file's is in force")
    func sharedName() {
        var files = PolicyFileSet(reading: [])
        files.files = [
            SourceFile(name: "file.yaml", text: String(decoding: policy("a", "true").bytes, as: UTF8.self))
        ]
        let load = PolicyLoad(files, objects: [policy("a", "false"), policy("b", "true")])
        #expect(load.policies?.policies.map { $0.id.file?.name } == ["file.yaml", "kubernetes:p/b"])
        #expect(load.refusedObjects == ["kubernetes:p/a"])
    }
}
