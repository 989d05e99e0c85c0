import FakeKubernetesAPI
import Foundation
import TestCertificates
import Testing

/// The real server with the Kubernetes API as its source, over TLS.
@Suite(.enabled(if: FakeAPIEndpoint.isPossible && RunningWebhook.isBuilt, "needs openssl, python3 and curl"))
struct ClusterTests {
    private func start(
        _ server: FakeAPIServer, _ options: [String] = ["--watch-policies", "guardrail=yes"]
    ) throws -> (webhook: RunningWebhook, endpoint: FakeAPIEndpoint) {
        let endpoint = try FakeAPIEndpoint(server)
        let certificates = try TestCertificates.shared.get()
        let webhook = try RunningWebhook(
            [
                "--kubernetes", "--kubeconfig", "DIRECTORY/kubeconfig", "--tls-cert", certificates.certificate,
                "--tls-key", certificates.key,
            ] + options
        ) { try endpoint.writeKubeconfig(to: $0.appending(path: "kubeconfig").path) }
        return (webhook, endpoint)
    }

    private func server() -> FakeAPIServer {
        let server = FakeAPIServer()
        server.setTokens(["let-me-in"])
        server.put(.namespaces, ClusterSamples.namespace("open", guarded: false))
        server.put(.namespaces, ClusterSamples.namespace("closed", guarded: true))
        server.put(.policies, ClusterSamples.policy("no-x", "object.metadata.name != 'x'"))
        server.put(.bindings, ClusterSamples.binding("no-x"))
        return server
    }

    @Test("judges by policies and Namespaces of the API, follows their changes, and goes on while the API is away")
    func followsTheCluster() throws {
        let server = server()
        // Somebody else's: without our label.
        server.put(.policies, ClusterSamples.policy("theirs", "false", labels: "{}"))
        server.put(.bindings, ClusterSamples.binding("theirs", labels: "{}"))
        let (webhook, endpoint) = try start(server)
        #expect(RunningWebhook.wait { webhook.isReady }, "\(webhook.get("/readyz"))")
        let words = "ValidatingAdmissionPolicy 'no-x' with binding 'no-x' denied request: no-x says no"
        #expect(webhook.review(namespace: "closed") == .denied("configmaps \"x\" is forbidden: \(words)"))
        #expect(webhook.review(namespace: "closed", name: "y") == .allowed)
        #expect(webhook.review(namespace: "open") == .allowed)

        server.put(.namespaces, ClusterSamples.namespace("open", guarded: true))
        #expect(RunningWebhook.wait { webhook.review(namespace: "open") != .allowed })
        server.put(.policies, ClusterSamples.policy("no-x", "object.metadata.name != 'y'"))
        #expect(RunningWebhook.wait { webhook.review(namespace: "closed") == .allowed })
        #expect(webhook.review(namespace: "closed", name: "y") != .allowed)

        server.setAway(true)
        server.put(.namespaces, ClusterSamples.namespace("open", guarded: false))
        #expect(
            RunningWebhook.wait { webhook.get("/metrics").contains("guardrail_watch_current{watch=\"Namespace\"} 0") })
        #expect(webhook.isReady)
        #expect(webhook.review(namespace: "closed", name: "y") != .allowed)
        #expect(webhook.review(namespace: "open", name: "y") != .allowed)
        server.setAway(false)
        #expect(RunningWebhook.wait { webhook.review(namespace: "open", name: "y") == .allowed })

        let metrics = webhook.get("/metrics")
        #expect(metrics.contains("guardrail_watch_objects{watch=\"Namespace\"} 2"))
        #expect(metrics.contains("guardrail_watch_last_event_age_seconds{watch=\"Namespace\"}"))
        #expect(metrics.contains("guardrail_watch_lists_total{watch=\"Namespace\"} 1"))
        let listing = webhook.get("/policies")
        #expect(listing.contains("kubernetes:validatingadmissionpolicies.admissionregistration.k8s.io/no-x"))
        #expect(!listing.contains("theirs"))
        #expect(webhook.terminate() == 0)
        withExtendedLifetime(endpoint) {}
    }

    @Test("one policy that does not compile keeps its version from before; the others change")
    func badPolicy() throws {
        let server = server()
        let (webhook, endpoint) = try start(server)
        #expect(RunningWebhook.wait { webhook.isReady })
        server.put(.policies, ClusterSamples.policy("no-x", "object.metadata.name !!= 'x'"))
        server.put(.policies, ClusterSamples.policy("no-z", "object.metadata.name != 'z'"))
        server.put(.bindings, ClusterSamples.binding("no-z"))
        #expect(RunningWebhook.wait { webhook.review(namespace: "closed", name: "z") != .allowed })
        #expect(webhook.review(namespace: "closed") != .allowed)
        let listing = webhook.get("/policies")
        #expect(listing.contains("\"result\":\"partly-refused\""), "\(listing)")
        #expect(listing.contains("\"errors\":1"))
        let metrics = webhook.get("/metrics")
        #expect(metrics.contains("guardrail_policy_compile_errors 1"))
        #expect(metrics.contains("guardrail_policy_current 0"))
        #expect(webhook.logText.contains("policy object refused"))
        #expect(webhook.isReady)
        server.put(.policies, ClusterSamples.policy("no-x", "true"))
        #expect(RunningWebhook.wait { webhook.review(namespace: "closed") == .allowed })
        #expect(webhook.get("/policies").contains("\"result\":\"ok\""))
        #expect(webhook.get("/metrics").contains("guardrail_policy_current 1"))
        withExtendedLifetime(endpoint) {}
    }

    @Test("params are watched as soon as a policy names them, and only those that it names")
    func params() throws {
        let server = server()
        server.put(.configMaps, ClusterSamples.settings(forbidden: "p"))
        server.put(.configMaps, #"{"metadata":{"name":"unrelated","namespace":"guardrail-system"}}"#)
        let (webhook, endpoint) = try start(server)
        #expect(RunningWebhook.wait { webhook.isReady })
        #expect(webhook.review(namespace: "open", name: "p") == .allowed)
        server.put(.bindings, ClusterSamples.bindingWithParams("forbid"))
        server.put(.policies, ClusterSamples.policyWithParams("forbid"))
        #expect(RunningWebhook.wait { webhook.review(namespace: "open", name: "p") != .allowed })
        #expect(webhook.review(namespace: "open", name: "q") == .allowed)
        server.put(.configMaps, ClusterSamples.settings(forbidden: "q"))
        #expect(RunningWebhook.wait { webhook.review(namespace: "open", name: "q") != .allowed })
        #expect(webhook.review(namespace: "open", name: "p") == .allowed)
        #expect(
            webhook.get("/metrics").contains(
                "guardrail_watch_objects{watch=\"ConfigMap(guardrail-system;metadata.name=settings)\"} 1"))
        server.delete(.policies, name: "forbid")
        #expect(RunningWebhook.wait { !webhook.get("/metrics").contains("ConfigMap(") })
        withExtendedLifetime(endpoint) {}
    }

    @Test("unready, and no verdict, until everything has been read; says what is missing")
    func notReady() throws {
        let server = server()
        server.fail(.failure(403, "Forbidden", "no role for that"), times: .max) { _, target in
            target.contains("/validatingadmissionpolicies?")
        }
        let (webhook, endpoint) = try start(server)
        #expect(RunningWebhook.wait { webhook.get("/readyz").contains("no role for that") })
        #expect(!webhook.isReady)
        #expect(webhook.get("/livez").contains("ok"))
        #expect(webhook.review(namespace: "open") == .status(503))
        server.stopFailing()
        #expect(RunningWebhook.wait { webhook.isReady })
        #expect(webhook.review(namespace: "closed") != .allowed)
        withExtendedLifetime(endpoint) {}
    }

    @Test("--sync-timeout: ready with the policies of files although the API is not there")
    func withoutTheAPI() throws {
        let server = server()
        server.setAway(true)
        let policy = FileManager.default.temporaryDirectory.appending(path: "policy-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: policy) }
        let objects = [ClusterSamples.policyWithParams("forbid"), ClusterSamples.bindingWithParams("forbid")]
        let kinds = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]
        let items = zip(objects, kinds).map {
            #"{"apiVersion":"admissionregistration.k8s.io/v1","kind":"\#($1)",\#($0.dropFirst())"#
        }
        try Data(#"{"apiVersion":"v1","kind":"List","items":[\#(items.joined(separator: ","))]}"#.utf8).write(
            to: policy)
        let (webhook, endpoint) = try start(server, ["--policy", policy.path, "--sync-timeout", "1"])
        #expect(webhook.review(namespace: "open") == .status(503))
        #expect(RunningWebhook.wait { webhook.isReady })
        // The params are not known, and the binding says what follows.
        #expect(webhook.review(namespace: "open") != .allowed)
        server.put(.configMaps, ClusterSamples.settings(forbidden: "p"))
        server.setAway(false)
        #expect(RunningWebhook.wait { webhook.review(namespace: "open") == .allowed })
        withExtendedLifetime(endpoint) {}
    }

    @Test("a Namespace that the watch has not delivered yet is asked for before the verdict")
    func newNamespace() throws {
        let server = server()
        let (webhook, endpoint) = try start(server)
        #expect(RunningWebhook.wait { webhook.isReady })
        server.fail(.failure(500, "InternalError", "no watches today"), times: .max) { _, target in
            target.contains("/namespaces?")
        }
        server.disconnect()
        #expect(
            RunningWebhook.wait { webhook.get("/metrics").contains("guardrail_watch_current{watch=\"Namespace\"} 0") })
        server.put(.namespaces, ClusterSamples.namespace("new-closed", guarded: true))
        server.put(.namespaces, ClusterSamples.namespace("new-open", guarded: false))
        #expect(webhook.review(namespace: "new-open") == .allowed)
        #expect(webhook.review(namespace: "new-closed", name: "y") == .allowed)
        let words = "ValidatingAdmissionPolicy 'no-x' with binding 'no-x' denied request: no-x says no"
        #expect(webhook.review(namespace: "new-closed") == .denied("configmaps \"x\" is forbidden: \(words)"))
        let absent =
            "ValidatingAdmissionPolicy 'no-x' denied request: failed to configure policy: namespaces \"none\" not found"
        #expect(webhook.review(namespace: "none") == .denied("configmaps \"x\" is forbidden: \(absent)"))
        let metrics = webhook.get("/metrics")
        #expect(metrics.contains("guardrail_namespace_lookups_total{result=\"found\"}"))
        #expect(metrics.contains("guardrail_namespace_lookups_total{result=\"absent\"} 1"))
        // Nobody can say: as the policy's failurePolicy wants.
        server.setAway(true)
        #expect(webhook.review(namespace: "newest", name: "y") != .allowed)
        #expect(webhook.review(namespace: "open") == .allowed)
        #expect(webhook.get("/metrics").contains("guardrail_namespace_lookups_total{result=\"failed\"} 1"))
        #expect(webhook.logText.contains("cannot look a Namespace up that the watch has not seen"))
        // Once the watch has it nobody is asked.
        server.setAway(false)
        server.stopFailing()
        #expect(
            RunningWebhook.wait { webhook.get("/metrics").contains("guardrail_watch_objects{watch=\"Namespace\"} 4") })
        let before = server.requests.filter { $0.contains("/namespaces/") }.count
        usleep(200_000)
        #expect(webhook.review(namespace: "new-closed") != .allowed)
        #expect(server.requests.filter { $0.contains("/namespaces/") }.count == before)
        #expect(webhook.terminate() == 0)
        withExtendedLifetime(endpoint) {}
    }

    @Test("PolicyExceptions of the namespace that is named excuse objects, those of others do not")
    func exceptions() throws {
        let server = server()
        let options = ["--watch-policies", "guardrail=yes", "--watch-exceptions", "waivers"]
        let (webhook, endpoint) = try start(server, options)
        #expect(RunningWebhook.wait { webhook.isReady })
        server.put(.exceptions, ClusterSamples.exception("mine", namespace: "elsewhere", of: "no-x"))
        server.put(.policies, ClusterSamples.policy("no-y", "object.metadata.name != 'y'"))
        server.put(.bindings, ClusterSamples.binding("no-y"))
        #expect(RunningWebhook.wait { webhook.review(namespace: "closed", name: "y") != .allowed })
        #expect(webhook.review(namespace: "closed") != .allowed)
        server.put(.exceptions, ClusterSamples.exception("mine", namespace: "waivers", of: "no-x"))
        #expect(RunningWebhook.wait { webhook.review(namespace: "closed") == .allowed })
        #expect(webhook.review(namespace: "closed", name: "y") != .allowed)
        server.delete(.exceptions, namespace: "waivers", name: "mine")
        #expect(RunningWebhook.wait { webhook.review(namespace: "closed") != .allowed })
        withExtendedLifetime(endpoint) {}
    }
}
