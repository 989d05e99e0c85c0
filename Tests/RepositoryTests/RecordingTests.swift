import Foundation
import Testing

/// `policy-webhook --record`: what it keeps, what it must not, and that `policy-check` reads it.
@Suite(.enabled(if: Repository.hasProducts && Repository.hasTool("curl"), "needs curl"))
struct RecordingTests {
    private static let secret = """
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"s1","operation":"UPDATE",
         "kind":{"group":"","version":"v1","kind":"Secret"},"resource":{"group":"","version":"v1","resource":"secrets"},
         "namespace":"shop","name":"db","userInfo":{"username":"dev"},
         "object":{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db","namespace":"shop","annotations":{"a":"b",
           "kubectl.kubernetes.io/last-applied-configuration":"hunter2"}},"data":{"password":"aHVudGVyMg=="},
           "stringData":{"user":"hunter2"},"type":"Opaque"},
         "oldObject":{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db"},"data":{"password":"aHVudGVyMg=="}}}}
        """
    /// Denies Secrets with a message that quotes one.
    private static let policy = """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: quotes}
        spec:
          matchConstraints:
            resourceRules:
            - {apiGroups: [""], apiVersions: [v1], operations: ["*"], resources: [secrets]}
          validations:
          - {expression: "false", messageExpression: "'the password is ' + object.stringData.user"}
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: quotes}
        spec: {policyName: quotes, validationActions: [Deny]}
        """

    /// Sends requests to a server that records them; gives the names and texts of its files.
    private func record(
        _ bodies: [String], limit: Int = 1000, into directory: URL, check: (String) throws -> Void = { _ in }
    ) throws -> [String: String] {
        let work = try WebhookProcess.makeDirectory()
        defer { try? FileManager.default.removeItem(at: work) }
        let policy = work.appending(path: "policy.yaml")
        try Self.policy.write(to: policy, atomically: true, encoding: .utf8)
        let arguments = "--record '\(directory.path)' --record-limit \(limit)"
        try WebhookProcess.run(policies: ["policies", policy.path], arguments: arguments, work: work) { address, _ in
            for (number, body) in bodies.enumerated() {
                let file = work.appending(path: "\(number).json")
                try body.write(to: file, atomically: true, encoding: .utf8)
                let answer = try Shell().run(
                    "curl -sS --cacert '\(work.path)/ca.crt' -H 'Content-Type: application/json' "
                        + "--data-binary '@\(file.path)' https://\(address)/validate")
                try check(answer.output)
            }
        }
        var files: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
            files[name] = try String(contentsOf: directory.appending(path: name), encoding: .utf8)
        }
        return files
    }

    private func sample(_ name: String) throws -> String {
        try String(contentsOf: Repository.root.appending(path: "testdata/admission-reviews/\(name)"), encoding: .utf8)
    }

    @Test("keeps requests with their answers, and policy-check judges them alike")
    func replays() throws {
        let directory = try WebhookProcess.makeDirectory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let bodies = try ["05-pod-without-limits.json", "06-pod-with-limits.json"].map(sample)
        let files = try record(bodies, into: directory)
        #expect(files.keys.sorted() == ["request-00000.json", "request-00001.json"])
        for (body, name) in zip(bodies, files.keys.sorted()) {
            let sent = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? NSDictionary
            let kept = try JSONSerialization.jsonObject(with: Data(files[name]?.utf8 ?? "".utf8)) as? NSDictionary
            #expect(kept?["request"] as? NSDictionary == sent?["request"] as? NSDictionary)
            let allowed = (kept?["response"] as? NSDictionary)?["allowed"] as? Bool
            #expect(allowed == (name == "request-00001.json"))
        }
        let replay = try Shell().run("policy-check --policy policies '\(directory.path)'")
        #expect(replay.status == 1, "\(replay.output)")
        #expect(replay.output.contains("request-00000.json"))
        #expect(!replay.output.contains("request-00001.json"), "\(replay.output)")
    }

    @Test("keeps nothing of a Secret's data, nor what quotes it")
    func redacts() throws {
        let directory = try WebhookProcess.makeDirectory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = try record([Self.secret], into: directory) { answer in
            #expect(answer.contains("hunter2"), "the user is told: \(answer)")
        }
        let text = try #require(files["request-00000.json"])
        #expect(!text.contains("hunter2"))
        #expect(!text.contains("aHVudGVyMg"))
        #expect(text.contains(#""password": "UkVEQUNURUQ=""#))
        #expect(text.contains(#""user": "REDACTED""#))
        #expect(text.contains(#""a": "b""#))
        #expect(text.contains(#""allowed": false"#))
        #expect(text.contains(#""type": "Opaque""#))
    }

    @Test("overwrites the oldest, also after a restart")
    func bounded() throws {
        let directory = try WebhookProcess.makeDirectory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let body = try sample("06-pod-with-limits.json")
        func numbered(_ range: ClosedRange<Int>) -> [String] {
            range.map { body.replacing("\"uid\": \"", with: "\"uid\": \"n\($0)-", maxReplacements: 1) }
        }
        _ = try record(numbered(1...2), limit: 3, into: directory)
        let files = try record(numbered(3...4), limit: 3, into: directory)
        #expect(files.count == 3)
        let uids = try (0..<3).map { number in
            let text = try #require(files["request-0000\(number).json"])
            return try #require((1...4).first { text.contains("\"uid\": \"n\($0)-") })
        }
        #expect(uids == [4, 2, 3])
    }

    @Test("a directory that cannot be used is said at the start")
    func refuses() throws {
        for (path, words) in [("/nonexistent/x", "No such file"), ("/dev/null", "not a directory")] {
            let run = try Shell().run("policy-webhook --policy policies --tls-cert a --tls-key b --record \(path)")
            #expect(run.status == 2, "\(run.output)")
            #expect(run.output.contains(words), "\(run.output)")
        }
    }
}
