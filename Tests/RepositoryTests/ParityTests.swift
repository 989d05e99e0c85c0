import Foundation
import Testing

/// The cluster's webhook and the offline checker are two doors to one engine: what goes in at either comes out the same.
@Suite struct ParityTests {
    /// What one of the two said about a request.
    private struct Answer: Equatable {
        var isAllowed: Bool
        var code: Int?
        var reason: String?
        var message: String?
        var warnings: [String]
        var auditAnnotations: [String: String]

        /// - Parameter json: an AdmissionResponse, or policy-check's `verdict`, which has the same fields.
        init(_ json: [String: Any]) {
            isAllowed = json["allowed"] as? Bool ?? false
            let status = json["status"] as? [String: Any]
            code = status?["code"] as? Int
            reason = status?["reason"] as? String
            message = status?["message"] as? String
            warnings = json["warnings"] as? [String] ?? []
            auditAnnotations = json["auditAnnotations"] as? [String: String] ?? [:]
        }
    }

    @Test("webhook and policy-check agree on our own requests", .enabled(if: Repository.hasProducts))
    func ownRequests() throws {
        let agreed = try compare(requests: Repository.root.appending(path: "testdata/admission-reviews"))
        #expect(agreed >= 20)
    }

    @Test(
        "webhook and policy-check agree on every request recorded from an API server",
        .enabled(if: Repository.hasProducts && Repository.shared != nil, "needs the shared recordings"))
    func recordedRequests() throws {
        let shared = try #require(Repository.shared)
        let requests = shared.appending(path: "admission-reviews")
        #expect(try compare(requests: requests) == 480)
        // The fourteen recorded policies use warnings, audit annotations, params' absence and both failure policies.
        let recorded = shared.appending(path: "conformance/vap-recorded")
        let policies = ["policies.yaml", "namespaces.yaml"].map { recorded.appending(path: $0).path }
        #expect(try compare(requests: requests, policies: policies) == 480)
    }

    /// - Returns: how many requests both answered alike.
    private func compare(requests: URL, policies: [String] = ["policies"]) throws -> Int {
        let files = try FileManager.default.contentsOfDirectory(atPath: requests.path)
            .filter { $0.hasSuffix(".json") }.sorted()
        let work = try WebhookProcess.makeDirectory()
        defer { try? FileManager.default.removeItem(at: work) }
        let served = try webhook(requests, files, policies, work)
        let checked = try policyCheck(requests, policies, work)
        var agreed = 0
        for file in files {
            let online = try #require(served[file], "no answer to \(file)")
            let offline = try #require(checked[file], "no verdict on \(file)")
            #expect(online == offline, "\(file)")
            if online == offline { agreed += 1 }
        }
        return agreed
    }

    private func webhook(
        _ requests: URL, _ files: [String], _ policies: [String], _ work: URL
    ) throws -> [String: Answer] {
        try WebhookProcess.run(policies: policies, work: work) { address, _ in
            // One curl for all: it keeps the connection, as the API server does.
            var configuration = ""
            for file in files {
                configuration += """
                    next
                    url = "https://\(address)/validate?timeout=10s"
                    cacert = "\(work.path)/ca.crt"
                    header = "Content-Type: application/json"
                    data-binary = "@\(requests.appending(path: file).path)"
                    output = "\(work.path)/\(file)"
                    fail\n
                    """
            }
            let path = work.appending(path: "curl.conf")
            try configuration.write(to: path, atomically: true, encoding: .utf8)
            let sent = try Shell().run("curl --silent --show-error --config '\(path.path)'")
            #expect(sent.status == 0, "\(sent.output)")
        }
        var answers: [String: Answer] = [:]
        for file in files {
            let review = try json(try Data(contentsOf: work.appending(path: file)))
            answers[file] = Answer(try #require(review["response"] as? [String: Any]))
        }
        return answers
    }

    private func policyCheck(_ requests: URL, _ policies: [String], _ work: URL) throws -> [String: Answer] {
        let shell = Shell(environment: ["WORK": work.path])
        let options = policies.map { "--policy '\($0)'" }.joined(separator: " ")
        let run = try shell.run(
            "policy-check \(options) --output json=\"$WORK/report\" '\(requests.path)' >\"$WORK/log\" 2>&1")
        #expect(run.status == 0 || run.status == 1, "\(run.output)")
        let report = try json(try Data(contentsOf: work.appending(path: "report")))
        var answers: [String: Answer] = [:]
        for file in try #require(report["files"] as? [[String: Any]]) {
            guard let name = file["file"] as? String, let objects = file["objects"] as? [[String: Any]] else {
                continue
            }
            guard let verdict = objects.first?["verdict"] as? [String: Any] else { continue }
            answers[URL(filePath: name).lastPathComponent] = Answer(verdict)
        }
        return answers
    }

    private func json(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
}
