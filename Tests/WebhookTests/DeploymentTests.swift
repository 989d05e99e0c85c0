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
        arguments: [
            "base", "overlays/cert-manager", "overlays/production", "overlays/self-managed",
            "overlays/image-signatures",
        ])
    func builds(name: String) throws {
        let manifests = try built(name)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("deploy-\(UUID().uuidString).yaml")
        try Data(manifests.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let policies = SoakTests.root.appendingPathComponent("policies").path
        let result = try Tool.run([SoakTests.binary("policy-check"), "--policy", policies, file.path])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test("matchConditions leave out what is being deleted, and nothing else")
    func matchConditions() throws {
        let manifests = try built("overlays/image-signatures")
        let expressions = manifests.matches(of: #/- expression: (request\..*)\n/#).map { String($0.output.1) }
        #expect(expressions.count == 2, "one for each webhook configuration")
        func isAsked(_ expression: String, _ operation: String, isDeleted: Bool) throws -> String {
            let deleted = isDeleted ? #","deletionTimestamp":"2026-01-01T00:00:00Z""# : ""
            let object = #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"\#(deleted)}}"#
            let arguments = ["eval", expression, "-", "--var", #"request={"operation":"\#(operation)"}"#]
            let result = try Tool.run([SoakTests.binary("policy-check")] + arguments, input: Data(object.utf8))
            return result.output.trimmingCharacters(in: .whitespacesAndNewlines) + result.errors
        }
        for expression in expressions {
            #expect(try isAsked(expression, "UPDATE", isDeleted: true) == "false")
            #expect(try isAsked(expression, "UPDATE", isDeleted: false) == "true")
            #expect(try isAsked(expression, "CREATE", isDeleted: true) == "true")
        }
    }
}
