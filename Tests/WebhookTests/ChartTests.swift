import Foundation
import TestCertificates
import Testing

/// The Helm chart under deploy/helm, rendered by Helm's own engine (scripts/render-chart.py).
@Suite struct ChartTests {
    /// The Python that has the packages of scripts/oracles.txt: of GUARDRAIL_ORACLES, of `make oracles`, or the system's.
    private static let python: String = {
        let given = ProcessInfo.processInfo.environment["GUARDRAIL_ORACLES"].map { ["\($0)/bin/python3"] } ?? []
        let made = SoakTests.root.appendingPathComponent(".build/oracles/bin/python3").path
        return (given + [made]).first { FileManager.default.isExecutableFile(atPath: $0) } ?? "python3"
    }()

    private static func script(_ arguments: [String]) throws -> Tool.Result {
        try Tool.run([python, SoakTests.root.appendingPathComponent("scripts/render-chart.py").path] + arguments)
    }

    /// Whether Helm's engine is there; tests without it say so.
    private static let hasHelm: Bool = {
        guard let result = try? script(["lint"]) else { return false }
        if result.status == 77 { print(result.output) }
        return result.status != 77
    }()

    private static let folder = SoakTests.root.appendingPathComponent("testdata/helm")

    private static func values(_ name: String) -> String {
        folder.appendingPathComponent("\(name)/values.yaml").path
    }

    private static let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []
    private static let compared = all.filter {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("\($0)/kustomization.yaml").path)
    }

    private static func temporary(_ text: String, _ suffix: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("chart-\(UUID().uuidString)\(suffix)")
        try Data(text.utf8).write(to: file)
        return file.path
    }

    @Test("lints, and its schema is one", .enabled(if: hasHelm, "needs helm-python-sdk"), arguments: all)
    func lints(name: String) throws {
        let result = try Self.script(["lint", Self.values(name)])
        #expect(result.status == 0, "\(result.output)")
    }

    @Test(
        "renders what kustomize builds",
        .enabled(if: hasHelm && Tool.exists("kubectl"), "needs helm-python-sdk and kubectl"), arguments: compared)
    func equals(name: String) throws {
        let built = try Tool.run(["kubectl", "kustomize", Self.folder.appendingPathComponent(name).path])
        #expect(built.status == 0, "\(built.errors)")
        let file = try Self.temporary(built.output, ".yaml")
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try Self.script(["compare", Self.values(name), file])
        #expect(result.status == 0 && result.output.hasPrefix("equal"), "\(result.output)")
    }

    private static func objects(_ values: String) throws -> [[String: Any]] {
        let rendered = try script(["render", values])
        #expect(rendered.status == 0, "\(rendered.output)\(rendered.errors)")
        return rendered.output.split(separator: "\n").compactMap { line in
            try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }
    }

    @Test(
        "fits the schemas of its kinds and passes our own policies",
        .enabled(if: hasHelm, "needs helm-python-sdk"), arguments: all)
    func passes(name: String) throws {
        let objects = try Self.objects(Self.values(name))
        #expect(objects.count >= 3)
        // Their definitions are not among Kubernetes' own.
        let known = objects.filter { object in
            let group = (object["apiVersion"] as? String ?? "").split(separator: "/").first ?? ""
            return group != "cert-manager.io" && group != "monitoring.coreos.com"
        }
        let list: [String: Any] = ["apiVersion": "v1", "kind": "List", "items": known]
        let text = String(decoding: try JSONSerialization.data(withJSONObject: list), as: UTF8.self)
        let file = try Self.temporary(text, ".json")
        defer { try? FileManager.default.removeItem(atPath: file) }
        let policies = SoakTests.root.appendingPathComponent("policies").path
        let result = try Tool.run([
            SoakTests.binary("policy-check"), "--policy", policies, "--require-schemas", file,
        ])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test("starts the server with options that it has", .enabled(if: hasHelm, "needs helm-python-sdk"), arguments: all)
    func arguments(name: String) throws {
        let deployment = try Self.objects(Self.values(name)).first { $0["kind"] as? String == "Deployment" }
        let template = (deployment?["spec"] as? [String: Any])?["template"] as? [String: Any]
        let container = ((template?["spec"] as? [String: Any])?["containers"] as? [[String: Any]])?.first
        let arguments = try #require(container?["args"] as? [String])
        #expect(!arguments.isEmpty)
        // It ends at the first thing that only a Pod has; a usage error comes before all of them.
        let result = try Tool.run(["timeout", "20", SoakTests.binary("policy-webhook")] + arguments)
        #expect(result.status == 2 && !result.errors.contains("Usage:"), "\(result.errors)")
    }

    @Test(
        "refuses values that mean nothing, and says which",
        .enabled(if: hasHelm, "needs helm-python-sdk"),
        arguments: [
            ("replicaz: 3", "replicaz"),
            ("image: {tags: a}", "tags"),
            ("replicas: many", "replicas"),
            ("certificate: {source: magic}", "certificate/source"),
            ("certificate: {source: secret}", "certificate.caBundle must be"),
            ("certificate: {source: secret, caBundle: '---'}", "certificate/caBundle"),
            ("webhooks: {validating: {timeoutSeconds: 31}}", "validating/timeoutSeconds"),
            ("webhooks: {validating: {failurePolicy: Maybe}}", "failurePolicy"),
            (
                "webhooks: {validating: {rules: [{apiGroups: [''], apiVersions: [v1], resources: [pods]}]}}",
                "operations"
            ),
            ("enforcement: {mode: sometimes}", "enforcement/mode"),
            ("policies: {shipped: false}", "nothing to judge by"),
            ("policies: {exclude: [nothing.yaml]}", "no policy file `nothing.yaml`"),
            ("policies: {inline: {policy: 'a: b'}}", "policy"),
            ("policies: {fromAPI: {selector: a=b}}", "needs kubernetes.enabled"),
            ("kubernetes: {paramRules: [{apiGroups: [a], resources: [b]}]}", "needs kubernetes.enabled"),
            ("clientCA: {names: [a]}", "needs clientCA.configMap"),
            ("images: {dockerConfigSecret: a}", "need images.registries"),
            ("autoscaling: {minReplicas: 9}", "more than autoscaling.maxReplicas"),
            ("tracing: {endpoint: collector}", "tracing/endpoint"),
            ("extraArgs: [record]", "extraArgs/0"),
        ])
    func refusals(text: String, said: String) throws {
        let file = try Self.temporary(text, ".yaml")
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try Self.script(["render", file])
        #expect(result.status == 1, "\(result.output)")
        #expect(result.output.contains("refused: ") && result.output.contains(said), "\(result.output)")
    }

    @Test("says how to see whether it runs, and the way out", .enabled(if: hasHelm, "needs helm-python-sdk"))
    func notes() throws {
        let notes = try Self.script(["notes"]).output
        #expect(notes.contains("rollout status deployment/policy-webhook"))
        #expect(notes.contains("kubectl delete validatingwebhookconfiguration guardrail"))
        #expect(!notes.contains("Nothing is denied"))
        let warned = try Self.script(["notes", Self.values("everything")]).output
        #expect(warned.contains("Nothing is denied: enforcement.mode is warn."))
        #expect(!warned.contains("kubectl delete"))
    }
}
