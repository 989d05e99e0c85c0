import FakeKubernetesAPI
import Foundation
import TestCertificates
import TestServers
import Testing

/// The real server with secrets of a cluster, before a registry that wants credentials.
@Suite(.enabled(if: FakeAPIEndpoint.isPossible && RunningWebhook.isBuilt, "needs openssl, python3 and curl"))
struct PullSecretTests {
    private static let images: URL = {
        var url = URL(filePath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appending(path: "testdata/images")
    }()

    private static func secret(_ name: String, _ namespace: String, _ registry: String, password: String = "p")
        -> String
    {
        let auth = Data("u:\(password)".utf8).base64EncodedString()
        let config = Data(#"{"auths":{"\#(registry)":{"auth":"\#(auth)"}},"credsStore":"evil"}"#.utf8)
            .base64EncodedString()
        return
            #"{"metadata":{"name":"\#(name)","namespace":"\#(namespace)"},"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"\#(config)"}}"#
    }

    private static func policy(_ extra: String = "") throws -> String {
        let key = try String(contentsOf: images.appending(path: "cosign.pub"), encoding: .utf8)
        let lines = key.split(separator: "\n").map { "          \($0)" }.joined(separator: "\n")
        return """
            apiVersion: policies.kyverno.io/v1
            kind: ImageValidatingPolicy
            metadata: {name: signed}
            spec:
              matchConstraints:
                resourceRules:
                - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
              validationConfigurations: {verifyDigest: false, mutateDigest: false}
            \(extra)
              attestors:
              - name: key
                cosign:
                  ctlog: {insecureIgnoreTlog: true}
                  key:
                    data: |
            \(lines)
              validations:
              - expression: images.containers.all(i, verifyImageSignatures(i, [attestors.key]) > 0)
                message: not signed

            """
    }

    private func start(
        _ server: FakeAPIServer, _ registry: LayoutRegistry, policy: String,
        options: [String] = ["--image-pull-secrets"]
    ) throws -> (webhook: RunningWebhook, endpoint: FakeAPIEndpoint) {
        let endpoint = try FakeAPIEndpoint(server)
        let certificates = try TestCertificates.shared.get()
        let webhook = try RunningWebhook(
            [
                "--kubernetes", "--kubeconfig", "DIRECTORY/kubeconfig", "--tls-cert", certificates.certificate,
                "--tls-key", certificates.key, "--policy", "DIRECTORY/policy.yaml", "--registries", "--plain-http",
                registry.host,
            ] + options
        ) { directory in
            try endpoint.writeKubeconfig(to: directory.appending(path: "kubeconfig").path)
            try policy.write(to: directory.appending(path: "policy.yaml"), atomically: true, encoding: .utf8)
        }
        #expect(RunningWebhook.wait { webhook.isReady }, "\(webhook.get("/readyz"))")
        return (webhook, endpoint)
    }

    private func pod(_ image: String, secrets: [String], namespace: String = "team") -> String {
        let list = secrets.map { #"{"name":"\#($0)"}"# }.joined(separator: ",")
        return #"""
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u",
            "kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},
            "name":"x","namespace":"\#(namespace)","operation":"CREATE","userInfo":{"username":"a"},"dryRun":false,
            "object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x","namespace":"\#(namespace)"},
            "spec":{"imagePullSecrets":[\#(list)],"containers":[{"name":"c","image":"\#(image)"}]}}}}
            """#
    }

    private func deployment(_ image: String, account: String) -> String {
        #"""
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u",
        "kind":{"group":"apps","version":"v1","kind":"Deployment"},
        "resource":{"group":"apps","version":"v1","resource":"deployments"},"name":"x","namespace":"team",
        "operation":"CREATE","userInfo":{"username":"a"},"dryRun":false,
        "object":{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x","namespace":"team"},
        "spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},
        "spec":{"serviceAccountName":"\#(account)","containers":[{"name":"c","image":"\#(image)"}]}}}}}}
        """#
    }

    private func server() -> FakeAPIServer {
        let server = FakeAPIServer(FakeResource.usual + [.serviceAccounts])
        server.setTokens(["let-me-in"])
        return server
    }

    private func registry() throws -> LayoutRegistry {
        try LayoutRegistry(layout: Self.images.path, authentication: .basic(user: "u", password: "p"))
    }

    @Test("the secrets that a Pod names open its registry, for that Pod and for nobody else")
    func pods() throws {
        let (server, registry) = (server(), try registry())
        server.put(.secrets, Self.secret("good", "team", registry.host))
        server.put(.secrets, Self.secret("wrong", "team", registry.host, password: "x"))
        server.put(
            .secrets, #"{"metadata":{"name":"opaque","namespace":"team"},"type":"Opaque","data":{"a":"YQ=="}}"#)
        let (webhook, endpoint) = try start(server, registry, policy: try Self.policy())
        let image = "\(registry.host)/team/app:signed"
        func denial(_ secrets: [String], _ namespace: String = "team") -> String {
            if case .denied(let message) = webhook.ask(pod(image, secrets: secrets, namespace: namespace)) {
                return message
            }
            return ""
        }
        #expect(webhook.ask(pod(image, secrets: ["good"])) == .allowed)
        #expect(webhook.ask(pod(image, secrets: ["opaque", "wrong", "good"])) == .allowed)
        // Although it is known by now, those who may not see it are told nothing of it.
        #expect(denial([]).contains("no credentials were given for it"))
        #expect(denial(["wrong"]).contains("the credentials that were given for it do not open it"))
        #expect(denial(["opaque"]).contains("the secret `team/opaque` is of the type `Opaque`"))
        #expect(denial(["none"]).contains("the secret `team/none` does not exist"))
        #expect(denial(["good"], "other").contains("the secret `other/good` does not exist"))
        #expect(denial(["../../team/secrets/good"]).contains("no credentials were given for it"))
        withExtendedLifetime(endpoint) {}
    }

    @Test("a workload has its ServiceAccount's secrets, and policies have their own")
    func accountsAndPolicies() throws {
        let (server, registry) = (server(), try registry())
        server.put(.secrets, Self.secret("good", "team", registry.host))
        server.put(.secrets, Self.secret("shared", "guardrail", registry.host))
        server.put(
            .serviceAccounts,
            #"{"metadata":{"name":"builder","namespace":"team"},"imagePullSecrets":[{"name":"good"}]}"#)
        let (webhook, endpoint) = try start(
            server, registry,
            policy: try Self.policy("  autogen: {podControllers: {controllers: [deployments]}}"))
        let image = "\(registry.host)/team/app:signed"
        #expect(webhook.ask(deployment(image, account: "builder")) == .allowed)
        guard case .denied(let message) = webhook.ask(deployment(image, account: "default")) else {
            Issue.record("allowed without credentials")
            return
        }
        #expect(message.contains("no credentials were given for it"), "\(message)")
        let (other, otherEndpoint) = try start(
            server, registry, policy: try Self.policy("  credentials: {secrets: [guardrail/shared]}"))
        #expect(other.ask(pod(image, secrets: [])) == .allowed)
        withExtendedLifetime((endpoint, otherEndpoint)) {}
    }

    @Test("without the option nobody's secrets are read")
    func off() throws {
        let (server, registry) = (server(), try registry())
        server.put(.secrets, Self.secret("good", "team", registry.host))
        let (webhook, endpoint) = try start(server, registry, policy: try Self.policy(), options: [])
        #expect(webhook.ask(pod("\(registry.host)/team/app:signed", secrets: ["good"])) != .allowed)
        #expect(!server.requests.contains { $0.contains("/secrets") })
        withExtendedLifetime(endpoint) {}
    }
}
