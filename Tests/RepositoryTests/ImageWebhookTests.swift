import Foundation
import TestServers
import Testing

/// Signatures all the way: a registry, the real webhook, an admission request, an answer.
@Suite(.serialized) struct ImageWebhookTests {
    private struct Answer {
        let isAllowed: Bool
        let message: String
        let patch: String
        let seconds: Double
    }

    /// The real webhook with one policy, and questions to it.
    private struct Webhook {
        let address: String
        let work: URL

        func ask(_ image: String, endpoint: String = "validate", timeout: String = "10s") throws -> Answer {
            let review = """
                {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u",
                "kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},
                "name":"p","namespace":"n","operation":"CREATE","userInfo":{},"object":{"apiVersion":"v1","kind":"Pod",
                "metadata":{"name":"p","namespace":"n"},"spec":{"containers":[{"name":"c","image":"\(image)"}]}}}}
                """
            return try ask(text: review, endpoint: endpoint, timeout: timeout)
        }

        func ask(text: String, endpoint: String = "validate", timeout: String = "10s") throws -> Answer {
            let file = work.appending(path: "review-\(UUID().uuidString).json")
            try text.write(to: file, atomically: true, encoding: .utf8)
            let start = ContinuousClock.now
            let result = try Shell(environment: ["WORK": work.path]).run(
                "curl --silent --max-time 20 --cacert \"$WORK/ca.crt\" -H 'Content-Type: application/json' "
                    + "--data-binary @'\(file.path)' 'https://\(address)/\(endpoint)?timeout=\(timeout)'")
            let elapsed = ContinuousClock.now - start
            let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            let response = try #require(json?["response"] as? [String: Any], "\(result.output)")
            let status = response["status"] as? [String: Any]
            let patch = (response["patch"] as? String).flatMap { Data(base64Encoded: $0) }
            return Answer(
                isAllowed: response["allowed"] as? Bool ?? false, message: status?["message"] as? String ?? "",
                patch: patch.map { String(decoding: $0, as: UTF8.self) } ?? "",
                seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)
        }

        func metric(_ name: String) throws -> Double {
            let result = try Shell(environment: ["WORK": work.path]).run(
                "curl --silent --cacert \"$WORK/ca.crt\" https://\(address)/metrics")
            let line = result.output.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
            return Double(line?.split(separator: " ").last ?? "") ?? -1
        }
    }

    private func withWebhook(policy: String, arguments: String, _ body: (Webhook) throws -> Void) throws {
        let work = try WebhookProcess.makeDirectory()
        defer { try? FileManager.default.removeItem(at: work) }
        let file = work.appending(path: "policy.yaml")
        try policy.write(to: file, atomically: true, encoding: .utf8)
        try WebhookProcess.run(policies: [file.path], arguments: arguments, work: work) { address, _ in
            try body(Webhook(address: address, work: work))
        }
    }

    private static let imagePolicies = Repository.root.appending(path: "testdata/image-policies")

    private func shipped(registry: String = "registry.example.com") throws -> String {
        try Repository.text("policies/require-image-signatures.yaml")
            .replacing("registry.example.com", with: registry)
    }

    @Test("each request about images gets its verdict", .enabled(if: Repository.hasProducts))
    func directory() throws {
        let signatures = Self.imagePolicies.appending(path: "signatures").path
        try withWebhook(policy: shipped(), arguments: "--signatures '\(signatures)'") { webhook in
            for row in try Repository.table("testdata/image-policies/expected.tsv") {
                let text = try Repository.text("testdata/image-policies/requests/\(row[0])")
                let answer = try webhook.ask(text: text)
                #expect(answer.isAllowed == (row[1] == "true"), "\(row[0]): \(answer.message)")
                #expect(answer.isAllowed || answer.message.contains("'\(row[2])'"), "\(row[0])")
            }
            // Once more from the cache: nobody looks again.
            let looks = try webhook.metric("guardrail_image_gathering_seconds_count")
            for row in try Repository.table("testdata/image-policies/expected.tsv") {
                let text = try Repository.text("testdata/image-policies/requests/\(row[0])")
                #expect(try webhook.ask(text: text).isAllowed == (row[1] == "true"), "\(row[0])")
            }
            #expect(try webhook.metric("guardrail_image_gathering_seconds_count") == looks)
            let pinned = try webhook.ask("registry.example.com/release/api:1.4.2", endpoint: "mutate")
            #expect(pinned.patch.contains(#""path":"/spec/containers/0/image""#), "\(pinned)")
            #expect(pinned.patch.contains("registry.example.com/release/api:1.4.2@sha256:"))
            let unseen = try webhook.ask(
                "registry.example.com/release/elsewhere@sha256:\(String(repeating: "0", count: 64))")
            #expect(!unseen.isAllowed && unseen.message.contains("undecided"), "\(unseen.message)")
        }
    }

    @Test(
        "without signatures nothing is let through that needs them", .enabled(if: Repository.hasProducts))
    func blind() throws {
        try withWebhook(policy: shipped(), arguments: "") { webhook in
            let image = "registry.example.com/release/api:1.4.2@sha256:\(String(repeating: "0", count: 64))"
            let answer = try webhook.ask(image)
            #expect(!answer.isAllowed && answer.message.contains("undecided: needs the signatures of the image"))
            #expect(try webhook.ask("nginx").isAllowed)
        }
    }

    @Test(
        "the registry of the distribution project",
        .enabled(
            if: Repository.hasProducts && Repository.hasTool("docker-registry"), "docker-registry is not installed"))
    func dockerRegistry() throws {
        let work = try WebhookProcess.makeDirectory()
        defer { try? FileManager.default.removeItem(at: work) }
        let port = try ServerProcess.freePort()
        let configuration = work.appending(path: "registry.yml")
        try """
        version: 0.1
        log: {level: error, accesslog: {disabled: true}}
        storage: {filesystem: {rootdirectory: \(work.path)/data}}
        http: {addr: "127.0.0.1:\(port)"}
        """.write(to: configuration, atomically: true, encoding: .utf8)
        let server = try ServerProcess(["docker-registry", "serve", configuration.path], port: port)
        let registry = "127.0.0.1:\(server.port)"
        let script = Repository.root.appending(path: "Tests/RepositoryTests/push_layout.py").path
        let layout = Self.imagePolicies.appending(path: "signatures").path
        let pushed = try Shell().run("python3 '\(script)' '\(layout)' \(registry)")
        try #require(pushed.status == 0, "\(pushed.output)")
        try withWebhook(policy: shipped(registry: registry), arguments: "--registries --plain-http \(registry)") {
            webhook in
            for row in try Repository.table("testdata/image-policies/expected.tsv") {
                let text = try Repository.text("testdata/image-policies/requests/\(row[0])")
                let answer = try webhook.ask(text: text.replacing("registry.example.com", with: registry))
                #expect(answer.isAllowed == (row[1] == "true"), "\(row[0]): \(answer.message)")
            }
            let missing = try webhook.ask("\(registry)/release/none@sha256:\(String(repeating: "0", count: 64))")
            #expect(!missing.isAllowed && missing.message.contains("registry `\(registry)`"), "\(missing.message)")
        }
    }

    struct Fault: Sendable, CustomStringConvertible {
        let description: String
        let options: [String]
        /// What the message must hold.
        let message: String
        var timeout = "4s"
        var image = "cosign-ecdsa-p256"
        var isAllowed = false
    }

    private static let allFaults = [
        Fault(description: "none", options: [], message: "", isAllowed: true),
        Fault(description: "fallback tags only", options: ["--referrers", "fallback"], message: "", isAllowed: true),
        Fault(description: "unsigned", options: [], message: "no signature of this kind", image: "unsigned"),
        Fault(description: "404", options: ["--fail", "/manifests/v1=404"], message: "does not have it"),
        Fault(description: "401", options: ["--auth", "basic"], message: "401"),
        Fault(description: "429", options: ["--rate-limit", "1"], message: "429"),
        Fault(description: "500", options: ["--fail", "/manifests/=500"], message: "500"),
        Fault(description: "500 for signatures", options: ["--fail", "[.]sig=500"], message: "500"),
        Fault(description: "garbage", options: ["--fail", "/manifests/=200"], message: ""),
        Fault(description: "huge", options: ["--huge"], message: "large"),
        Fault(
            description: "slow", options: ["--latency-ms", "6000"], message: "within|deadline passed", timeout: "2s"),
    ]

    @Test(
        "a registry with faults: a message that names it, in time",
        .enabled(if: Repository.hasProducts && Repository.shared != nil, "needs the shared registry"),
        arguments: allFaults)
    func faultyRegistry(fault: Fault) throws {
        let shared = try #require(Repository.shared).appending(path: "signatures/oci")
        let port = try ServerProcess.freePort()
        let server = try ServerProcess(
            [
                "python3", shared.appending(path: "mock_registry.py").path, "--layout",
                shared.appending(path: "fixtures/layout").path, "--port", String(port),
            ] + fault.options, port: port)
        let registry = "127.0.0.1:\(server.port)"
        let key = try String(contentsOf: shared.appending(path: "fixtures/keys/p256.pub"), encoding: .utf8)
        let lines = key.split(separator: "\n").map { "          \($0)" }.joined(separator: "\n")
        let policy = """
            apiVersion: policies.kyverno.io/v1
            kind: ImageValidatingPolicy
            metadata: {name: signed}
            spec:
              matchConstraints:
                resourceRules:
                - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
              validationConfigurations: {verifyDigest: false, mutateDigest: false}
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
        try withWebhook(policy: policy, arguments: "--registries --plain-http \(registry)") { webhook in
            let answer = try webhook.ask("\(registry)/fix/\(fault.image):v1", timeout: fault.timeout)
            #expect(answer.isAllowed == fault.isAllowed, "\(answer.message)")
            // Who notices first that time is up, the client or who waits for it, is for the machine to say.
            let words = fault.message.split(separator: "|")
            #expect(words.isEmpty || words.contains { answer.message.contains($0) }, "\(answer.message)")
            #expect(fault.isAllowed || answer.message.contains(registry), "\(answer.message)")
            #expect(answer.seconds < (fault.timeout == "2s" ? 2 : 4))
        }
    }
}
