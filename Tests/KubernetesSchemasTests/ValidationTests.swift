import Diagnostics
import Documents
import Testing
import Values

@testable import KubernetesSchemas

/// One defect per manifest; `^` before a word marks where the finding must point.
@Suite struct ValidationTests {
    struct Case: Sendable {
        let id: String
        let path: String
        let text: String
    }

    static func pod(_ container: String, _ more: String = "") -> String {
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: c\n    image: i\n\(container)\(more)"
    }

    static let cases = [
        Case(id: "schema-unknown-field", path: "spec.containers[0].imge", text: pod("    ^imge: x\n")),
        Case(id: "schema-type", path: "spec.containers[0].tty", text: pod("    tty: ^\"yes\"\n")),
        Case(id: "schema-range", path: "spec.priority", text: pod("", "  priority: ^3000000000\n")),
        Case(id: "schema-enum", path: "spec.dnsPolicy", text: pod("", "  dnsPolicy: ^Clusterfirst\n")),
        Case(
            id: "schema-quantity", path: "spec.containers[0].resources.limits.cpu",
            text: pod("    resources: {limits: {cpu: ^lots}}\n")),
        Case(
            id: "schema-value", path: "spec.containers[0].volumeMounts[0].name",
            text: pod("    volumeMounts: [{name: ^data, mountPath: /d}]\n")),
        Case(id: "schema-duplicate", path: "spec.containers[1].name", text: pod("", "  - name: ^c\n    image: j\n")),
        Case(
            id: "schema-required", path: "spec.containers[1].image", text: pod("", "  - ^name: d\n")),
        Case(
            id: "schema-format", path: "data.k",
            text: "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: ^not base64}\n"),
        Case(
            id: "schema-value", path: "metadata.labels.a",
            text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {a: ^\"b c\"}}\n"),
        Case(
            id: "schema-value", path: "metadata.name", text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ^A_b}\n"
        ),
        Case(
            id: "schema-value", path: "spec.schedule",
            text: "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {schedule: ^\"1 2 3\", jobTemplate: "
                + "{spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}\n"),
    ]

    @Test("reports a defect at its place", arguments: cases)
    func defects(_ defect: Case) throws {
        let (text, position) = Self.marked(defect.text)
        var stream = ManifestStream(SourceFile(name: "m.yaml", text: text))
        let manifest = try #require(try stream.next())
        let validation = try #require(SchemaValidation(of: manifest, in: .builtIn))
        #expect(validation.findings.count == 1, "\(validation.findings)")
        let finding = try #require(validation.findings.first)
        #expect(finding.code.rawValue == defect.id)
        #expect(finding.path == defect.path)
        #expect(finding.position == position)
        #expect(finding.diagnostic(file: nil).id == defect.id)
    }

    @Test("suggests the field that was meant")
    func suggestion() throws {
        let (text, _) = Self.marked(Self.pod("    ^imge: x\n"))
        var stream = ManifestStream(SourceFile(name: "m.yaml", text: text))
        let manifest = try #require(try stream.next())
        let validation = try #require(SchemaValidation(of: manifest, in: .builtIn))
        let diagnostic = try #require(validation.diagnostics(file: nil).first)
        #expect(diagnostic.message == "unknown field `spec.containers[0].imge`")
        #expect(diagnostic.help == "did you mean `image`?")
    }

    @Test("keeps places in the admitted view, and tells what was filled in")
    func positions() throws {
        var stream = ManifestStream(
            SourceFile(name: "m.yaml", text: Self.pod("    resources: {limits: {memory: 1024Mi}}\n")))
        let manifest = try #require(try stream.next())
        let view = try #require(AdmittedView(of: manifest, in: .builtIn))
        let container = try #require(view.root["spec"]?["containers"]?.element(at: 0))
        let image = try #require(container["image"])
        #expect(image.position == SourcePosition(line: 7, column: 12))
        #expect(!view.isDefaulted(image))
        let memory = try #require(container["resources"]?["limits"]?["memory"])
        #expect(memory.string == "1Gi" && memory.position?.line == 8 && !view.isDefaulted(memory))
        let policy = try #require(container["imagePullPolicy"])
        #expect(policy.string == "Always" && view.isDefaulted(policy) && policy.position == container.position)
        let tolerations = try #require(view.root["spec"]?["tolerations"])
        #expect(view.isDefaulted(tolerations))
        let profile = try #require(view.root["status"]?["qosClass"])
        #expect(profile.string == "Burstable" && view.isDefaulted(profile))
    }

    @Test("survives any loss of a token")
    func mutations() throws {
        let words = Self.cases.flatMap {
            Self.marked($0.text).text.split(separator: " ", omittingEmptySubsequences: false)
        }
        for index in words.indices {
            var rest = words
            rest.remove(at: index)
            var stream = ManifestStream(SourceFile(name: "m.yaml", text: rest.joined(separator: " ")))
            while let manifest = try? stream.next() {
                for finding in SchemaValidation(of: manifest, in: .builtIn)?.findings ?? [] {
                    #expect(!finding.message.isEmpty)
                }
            }
        }
    }

    static func marked(_ text: String) -> (text: String, position: SourcePosition) {
        let before = text.prefix { $0 != "^" }
        let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
        return (
            text.replacing("^", with: ""), SourcePosition(line: lines.count, column: (lines.last?.count ?? 0) + 1)
        )
    }
}
