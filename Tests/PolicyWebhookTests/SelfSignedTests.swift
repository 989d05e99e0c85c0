import FakeKubernetesAPI
import Foundation
import TestCertificates
import Testing

/// The real server with a certificate of its own making.
@Suite(.enabled(if: FakeAPIEndpoint.isPossible && RunningWebhook.isBuilt, "needs openssl, python3 and curl"))
struct SelfSignedTests {
    private static let name = "policy-webhook.guardrail-system.svc"

    private static func configuration(bundle: String) -> String {
        #"""
        {"metadata":{"name":"guardrail"},"webhooks":[{"name":"validate.guardrail-system.svc","clientConfig":
        {"caBundle":"\#(bundle)","service":{"name":"policy-webhook","namespace":"guardrail-system"}}}]}
        """#
    }

    /// The bundle that the API server would trust.
    private func bundle(_ server: FakeAPIServer) -> String? {
        guard let json = server.json(.validatingConfigurations, name: "guardrail"),
            let root = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any],
            let webhooks = root["webhooks"] as? [[String: Any]],
            let client = webhooks.first?["clientConfig"] as? [String: Any]
        else { return nil }
        return client["caBundle"] as? String
    }

    /// Whether a client that trusts `bundle` only gets through to the server under its Service's name.
    private func isTrusted(_ webhook: RunningWebhook, bundle: String) throws -> Bool {
        let file = webhook.directory.appending(path: "bundle.crt")
        try #require(Data(base64Encoded: bundle)).write(to: file)
        let result = try Tool.run([
            "openssl", "s_client", "-connect", "127.0.0.1:\(webhook.port)", "-servername", Self.name,
            "-verify_hostname", Self.name, "-verify_return_error", "-CAfile", file.path, "-brief",
        ])
        return result.status == 0 && (result.output + result.errors).contains("Verification: OK")
    }

    @Test("two replicas agree on a certificate that the patched caBundle verifies; a reverted one is patched again")
    func twoReplicas() throws {
        let server = FakeAPIServer()
        server.put(.validatingConfigurations, Self.configuration(bundle: "Q0EtQlVORExF"))
        let endpoint = try FakeAPIEndpoint(server)
        let policies = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "policies").path
        let options = [
            "--policy", policies, "--kubeconfig", "DIRECTORY/kubeconfig", "--self-signed", "--service",
            "policy-webhook", "--namespace", "guardrail-system",
        ]
        let replicas = try (0..<2).map { _ in
            try RunningWebhook(options) {
                try endpoint.writeKubeconfig(to: $0.appending(path: "kubeconfig").path)
            }
        }
        for replica in replicas { #expect(RunningWebhook.wait { replica.isReady }, "\(replica.logText)") }
        #expect(RunningWebhook.wait { bundle(server) != "Q0EtQlVORExF" })
        let written = try #require(bundle(server))
        for replica in replicas { #expect(try isTrusted(replica, bundle: written), "\(replica.logText)") }
        #expect(server.requests.filter { $0.hasPrefix("POST") }.count <= 2)

        server.put(.validatingConfigurations, Self.configuration(bundle: "cmV2ZXJ0ZWQ="))
        #expect(RunningWebhook.wait { bundle(server) == written })
        let metrics = replicas.map { $0.get("/metrics") }
        #expect(metrics.contains { !$0.contains("guardrail_ca_bundle_patches_total 0") })
        #expect(metrics.allSatisfy { $0.contains("guardrail_certificate_not_after_seconds") })

        // What is rotated by hand is mended: the Secret is gone, the next look makes another.
        for replica in replicas { #expect(replica.terminate() == 0) }
    }
}
