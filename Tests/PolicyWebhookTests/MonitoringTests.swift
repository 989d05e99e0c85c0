import FakeKubernetesAPI
import Foundation
import TestCertificates
import Testing

/// Alerts, dashboard and documentation name the metrics that the server has, all of them and no others.
@Suite struct MonitoringTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// What a server with everything on shows, by name: counter, gauge or histogram.
    private func metrics() throws -> [String: String] {
        let server = FakeAPIServer()
        server.put(.namespaces, ClusterSamples.namespace("open", guarded: false))
        let endpoint = try FakeAPIEndpoint(server)
        let webhook = try RunningWebhook([
            "--policy", Self.root.appending(path: "policies").path, "--kubernetes", "--kubeconfig",
            "DIRECTORY/kubeconfig", "--self-signed", "--service", "policy-webhook", "--namespace",
            "guardrail-system", "--registries", "--record", "DIRECTORY/recordings", "--otlp-endpoint",
            "http://127.0.0.1:9",
        ]) {
            try endpoint.writeKubeconfig(to: $0.appending(path: "kubeconfig").path)
            try FileManager.default.createDirectory(
                at: $0.appending(path: "recordings"), withIntermediateDirectories: false)
        }
        #expect(RunningWebhook.wait { webhook.isReady }, "\(webhook.logText)")
        let text = webhook.get("/metrics")
        var types: [String: String] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
            let words = line.split(separator: " ")
            guard words.count == 4 else { continue }
            types[String(words[2])] = String(words[3])
        }
        #expect(webhook.terminate() == 0)
        withExtendedLifetime(endpoint) {}
        return types
    }

    @Test(
        "every alert, panel and row of the documentation is about a metric that exists",
        .enabled(if: FakeAPIEndpoint.isPossible && RunningWebhook.isBuilt, "needs openssl, python3 and curl"))
    func names() throws {
        let metrics = try metrics()
        #expect(metrics.count > 40)
        let operations = try Self.text("docs/operations.md")
        let used =
            try Self.text("deploy/components/monitoring/prometheusrule.yaml")
            + Self.text("deploy/monitoring/dashboard.json") + operations
        for match in used.matches(of: /\b(?:guardrail|process)_[a-z_]+[a-z]\b/) {
            let name = String(match.output)
            let family = name.hasSuffix("_bucket") ? String(name.dropLast(7)) : name
            #expect(metrics[family] != nil, "\(name)")
            if name.hasSuffix("_bucket") { #expect(metrics[family] == "histogram", "\(name)") }
        }
        let undocumented = metrics.keys.filter { !operations.contains("`\($0)`") }.sorted()
        #expect(undocumented.isEmpty, "not in docs/operations.md")
    }

    @Test("counters are looked at by their rate, gauges are not")
    func rates() throws {
        let used =
            try Self.text("deploy/components/monitoring/prometheusrule.yaml")
            + Self.text("deploy/monitoring/dashboard.json")
        let names = used.matches(of: /(rate\(|increase\()?(guardrail_[a-z_]+[a-z])/)
        #expect(names.count > 40)
        for match in names {
            let counts = match.output.2.hasSuffix("_total") || match.output.2.hasSuffix("_bucket")
            #expect(counts == (match.output.1 != nil), "\(match.output.2)")
        }
    }

    @Test("alerts have a severity, a summary and a name of their own; panels do not lie over each other")
    func shape() throws {
        let rules = try Self.text("deploy/components/monitoring/prometheusrule.yaml")
        let alerts = rules.matches(of: #/- alert: (\w+)/#).map { String($0.output.1) }
        #expect(alerts.count >= 19 && Set(alerts).count == alerts.count)
        #expect(rules.matches(of: #/severity: (critical|warning|info)\n/#).count == alerts.count)
        #expect(rules.matches(of: #/summary: /#).count == alerts.count)
        let dashboard = try JSONSerialization.jsonObject(with: Data(Self.text("deploy/monitoring/dashboard.json").utf8))
        let panels = try #require((dashboard as? [String: Any])?["panels"] as? [[String: Any]])
        let places = panels.compactMap { panel in
            (panel["gridPos"] as? [String: Int]).map { "\($0["x"] ?? -1),\($0["y"] ?? -1)" }
        }
        #expect(places.count == panels.count && Set(places).count == panels.count)
        #expect(Set(panels.compactMap { $0["id"] as? Int }).count == panels.count)
    }

    @Test("expressions are PromQL, as a parser of others reads it")
    func queries() throws {
        let given = ProcessInfo.processInfo.environment["GUARDRAIL_ORACLES"].map { ["\($0)/bin/python3"] } ?? []
        let made = Self.root.appending(path: ".build/oracles/bin/python3").path
        let python = (given + [made]).first { FileManager.default.isExecutableFile(atPath: $0) } ?? "python3"
        let result = try Tool.run([python, Self.root.appending(path: "scripts/check-queries.py").path])
        // A package that is not there says so.
        if result.status == 77 { print(result.output) }
        #expect(result.status == 0 || result.status == 77, "\(result.output)\(result.errors)")
    }
}
