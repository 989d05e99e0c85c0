import Foundation
import Testing

/// Severities of policies, and the reports that show them.
@Suite struct SeverityTests {
    private static func policy(severity: String) -> String {
        Samples.policy().replacing(
            "metadata:\n  name: team-label\nspec:\n  failurePolicy",
            with: """
                metadata:
                  name: team-label
                  annotations:
                    policies.kyverno.io/title: Teams
                    policies.kyverno.io/category: Ownership
                    policies.kyverno.io/severity: \(severity)
                    policies.kyverno.io/description: >-
                      Each Pod belongs
                      to a team.
                spec:
                  failurePolicy
                """)
    }

    @Test("the annotation is shown by every format that has severities")
    func shown() throws {
        let directory = try Samples.directory()
        try directory.write(Self.policy(severity: "Critical"), to: "severe.yaml")
        let outputs = ["text", "json=j", "sarif=s", "gitlab=g", "policyreport=p", "openreports=o", "markdown=m"]
        let run = try CommandRun(
            ["-p", "severe.yaml", "bad.yaml"] + outputs.flatMap { ["-o", $0] }, environment: ["SOURCE_DATE_EPOCH": "5"],
            in: directory.url)
        #expect(run.status == 1 && run.errors.isEmpty)
        #expect(run.output.contains("(deny, critical)"))
        func file(_ name: String) throws -> String {
            try String(contentsOf: directory.url.appendingPathComponent(name), encoding: .utf8)
        }
        #expect(try file("j").contains("\"severity\": \"critical\""))
        let sarif = try file("s")
        #expect(sarif.contains("\"security-severity\": \"9.5\"") && sarif.contains("\"text\": \"Teams\""))
        #expect(sarif.contains("Each Pod belongs to a team.") && sarif.contains("\"Ownership\""))
        #expect(try file("g").contains("\"severity\":\"blocker\""))
        #expect(try file("m").contains("| deny, critical |"))
        for (name, kind) in [("p", "\"PolicyReport\""), ("o", "\"Report\"")] {
            let report = try file(name)
            #expect(report.contains("kind: \(kind)") && report.contains("severity: \"critical\""))
            #expect(report.contains("seconds: 5\n") && report.contains("namespace: \"default\""))
        }
    }

    @Test("what is no severity is said, and ends nothing")
    func unknown() throws {
        let directory = try Samples.directory()
        try directory.write(Self.policy(severity: "hihg"), to: "severe.yaml")
        let run = try CommandRun(["-p", "severe.yaml", "good.yaml"], in: directory.url)
        #expect(run.status == 0 && run.errors.contains("warning[policy-severity]: `hihg` is no severity"))
        #expect(run.errors.contains("severe.yaml:8:35") && run.errors.contains("did you mean `high`?"))
    }

    @Test("in GitHub's workflows annotations and the step summary come by themselves")
    func workflows() throws {
        let directory = try Samples.directory()
        try directory.write("before\n", to: "summary.md")
        let variables = ["GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "summary.md"]
        let run = try CommandRun(["-p", "policies", "bad.yaml"], environment: variables, in: directory.url)
        #expect(run.status == 1 && run.output.hasPrefix("error[team-label]") && run.output.contains("\n::error file="))
        let summary = try String(contentsOf: directory.url.appendingPathComponent("summary.md"), encoding: .utf8)
        #expect(summary.hasPrefix("before\n### policy-check\n") && summary.contains("| deny | team-label |"))
        let chosen = try CommandRun(
            ["-p", "policies", "-o", "text", "bad.yaml"], environment: variables, in: directory.url)
        #expect(!chosen.output.contains("::error"))
    }
}
