import Foundation
import Testing

/// The operator's options of the real server.
@Suite(.enabled(if: Repository.hasProducts && Repository.hasTool("curl"), "needs curl"))
struct EnforcementOptionTests {
    private func post(_ sample: String, arguments: String) throws -> [String: Any] {
        let work = try WebhookProcess.makeDirectory()
        defer { try? FileManager.default.removeItem(at: work) }
        var answer = ""
        try WebhookProcess.run(arguments: arguments, work: work) { address, _ in
            let command =
                "curl -sS --cacert '\(work.path)/ca.crt' -H 'Content-Type: application/json' "
                + "--data-binary @testdata/admission-reviews/\(sample) https://\(address)/validate"
            answer = try Shell().run(command).output
        }
        let json = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
        return try #require(json?["response"] as? [String: Any])
    }

    @Test("--enforcement warn lets the request pass, with the denial's words as a warning")
    func warns() throws {
        let denied = try post("05-pod-without-limits.json", arguments: "")
        #expect(denied["allowed"] as? Bool == false)
        let warned = try post("05-pod-without-limits.json", arguments: "--enforcement warn --audit-keys webhook")
        #expect(warned["allowed"] as? Bool == true)
        let warnings = try #require(warned["warnings"] as? [String])
        let message = try #require((denied["status"] as? [String: Any])?["message"] as? String)
        let cause = try #require(warnings.first)
        #expect(message.hasSuffix(cause), "\(message) / \(cause)")
        let annotations = try #require(warned["auditAnnotations"] as? [String: String])
        #expect(annotations.keys.contains("would-deny"))
        #expect(!annotations.keys.contains { $0.contains("/") })
    }

    @Test("an exempt namespace is not judged")
    func exempts() throws {
        let answer = try post(
            "05-pod-without-limits.json", arguments: "--exempt-namespace '*o*' --exempt-namespace '*e*'")
        #expect(answer["allowed"] as? Bool == true)
        #expect((answer["auditAnnotations"] as? [String: String])?["exempt"]?.hasPrefix("namespace ") == true)
    }

    @Test(
        "a wrong option is a usage error",
        arguments: [
            ("--enforcement off", "off"), ("--policy-enforcement p", "POLICY=deny"),
            ("--exempt-user '*'", "exempts everything"),
            ("--policy-enforcement p=warn --policy-enforcement p=deny", "given twice"),
        ])
    func refuses(arguments: String, words: String) throws {
        let run = try Shell().run("policy-webhook --policy policies --tls-cert a --tls-key b \(arguments)")
        #expect(run.status == 2, "\(run.output)")
        #expect(run.output.contains(words), "\(run.output)")
    }
}
