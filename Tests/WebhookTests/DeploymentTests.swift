import Foundation
import TestCertificates
import Testing

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
}
