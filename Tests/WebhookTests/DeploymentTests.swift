import Foundation
import TestCertificates
import Testing

@testable import Webhook

/// What lies under deploy/ builds, and passes the policies that ship.
@Suite(.enabled(if: Tool.exists("kubectl"), "needs kubectl")) struct DeploymentTests {
    private func built(_ name: String) throws -> String {
        let directory = SoakTests.root.appendingPathComponent("deploy/\(name)").path
        let result = try Tool.run(["kubectl", "kustomize", directory])
        #expect(result.status == 0, "\(result.errors)")
        return result.output
    }

    @Test(
        "builds and passes our own policies",
        arguments: ["base", "overlays/cert-manager", "overlays/production", "overlays/self-managed", "overlays/image-signatures"])
    func builds(name: String) throws {
        let manifests = try built(name)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("deploy-\(UUID().uuidString).yaml")
        try Data(manifests.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let policies = SoakTests.root.appendingPathComponent("policies").path
        let result = try Tool.run([SoakTests.binary("policy-check"), "--policy", policies, file.path])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test("every alert and panel names a metric that exists")
    func metricNames() throws {
        let rules = try String(
            contentsOf: SoakTests.root.appendingPathComponent("deploy/components/monitoring/prometheusrule.yaml"),
            encoding: .utf8)
        let dashboard = try String(
            contentsOf: SoakTests.root.appendingPathComponent("deploy/monitoring/dashboard.json"), encoding: .utf8)
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(dashboard.utf8)) }
        let harness = try PipelineHarness()
        harness.resources.status.certificateLoaded(notAfter: 1, isReload: false, now: 0)
        let metrics = try harness.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n")
        for match in (rules + dashboard).matches(of: /guardrail_[a-z_]+/) {
            let name = match.output.hasSuffix("_bucket") ? match.output.dropLast(7) : match.output
            #expect(metrics.contains("# TYPE \(name) "), "\(name)")
        }
    }
}
