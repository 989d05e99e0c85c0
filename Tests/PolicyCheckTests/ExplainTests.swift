import Foundation
import Testing

@Suite struct ExplainTests {
    @Test("shows every part with its value, for a pass too")
    func pass() throws {
        let directory = try Samples.directory()
        let run = try CommandRun(["explain", "policies/team.yaml", "good.yaml"], in: directory.url)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(run.output.contains("  spec.matchConstraints.resourceRules  yes: wants CREATE, UPDATE of pods"))
        #expect(run.output.contains("'team' in object.metadata.labels"), "\(run.output)")
        #expect(run.output.hasSuffix("  → admits\n"), "\(run.output)")
    }

    @Test("shows what denies, and why a policy does not apply")
    func others() throws {
        let directory = try Samples.directory()
        let denied = try CommandRun(["explain", "team-label", "bad.yaml", "-p", "policies"], in: directory.url)
        #expect(denied.output.hasSuffix("  → deny: a Pod needs the label team\n"), "\(denied.output)")
        let other = try CommandRun(["explain", "policies", "service.yaml"], in: directory.url)
        #expect(other.output.contains("no: wants CREATE, UPDATE of pods; this is CREATE of services"))
        #expect(other.output.hasSuffix("  → does not apply\n"), "\(other.output)")
        let line = try CommandRun(["explain", "policies", "list.yaml:14"], in: directory.url)
        #expect(line.output.contains("Pod default/good") && !line.output.contains("Pod default/bad"), "\(line.output)")
    }

    @Test("exits as documented")
    func failures() throws {
        let directory = try Samples.directory()
        let unknown = try CommandRun(["explain", "nope", "good.yaml", "-p", "policies"], in: directory.url)
        #expect(unknown.status == 2 && unknown.errors.contains("there is no policy `nope`; there are team-label"))
        #expect(try CommandRun(["explain", "policies", "missing.yaml"], in: directory.url).status == 2)
        #expect(try CommandRun(["explain", "policies", "score.yaml"], in: directory.url).status == 2)
        #expect(try CommandRun(["explain", "broken-policy.yaml", "good.yaml"], in: directory.url).status == 3)
    }

    @Test("verbose names for each unmatched policy what came nearest")
    func nearMiss() throws {
        let directory = try Samples.directory()
        let run = try CommandRun(["-p", "policies", "-v", "--allow-empty", "service.yaml"], in: directory.url)
        #expect(run.status == 0)
        #expect(
            run.errors.contains(
                "nearest was Service default/s (service.yaml:1:1): `spec.matchConstraints.resourceRules` wants "
                    + "CREATE, UPDATE of pods, and this is CREATE of services"), "\(run.errors)")
    }

    @Test("diff shows which verdicts change, in each format")
    func difference() throws {
        let directory = try Samples.directory()
        try directory.write(Samples.policy(expression: "1 == 1"), to: "lax.yaml")
        let text = try CommandRun(["diff", "lax.yaml", "policies", "bad.yaml", "good.yaml"], in: directory.url)
        #expect(text.status == 1 && text.errors.isEmpty)
        #expect(
            text.output == """
                newly denied: Pod default/bad   bad.yaml:1:1
                  + deny[team-label] a Pod needs the label team
                2 objects: 1 newly denied.

                """, "\(text.output)")
        let back = try CommandRun(["diff", "policies", "lax.yaml", "bad.yaml", "-o", "json"], in: directory.url)
        #expect(back.status == 1)
        let tree = try JSONSerialization.jsonObject(with: Data(back.output.utf8)) as? [String: Any]
        #expect((tree?["changes"] as? [[String: Any]])?.first?["change"] as? String == "allowed")
        let table = try CommandRun(["diff", "policies", "warn.yaml", "bad.yaml", "-o", "markdown"], in: directory.url)
        #expect(table.output.contains("| no longer denied | Pod default/bad |"), "\(table.output)")
        let same = try CommandRun(["diff", "policies", "policies", "bad.yaml"], in: directory.url)
        #expect(same.status == 0 && same.output == "1 object: no verdict changes.\n")
        let input = try CommandRun(["diff", "lax.yaml", "policies", "-"], input: Samples.bad, in: directory.url)
        #expect(input.status == 1)
    }

    @Test(
        "diff exits as documented",
        arguments: [
            ("policies policies none", 2), ("policies policies missing.yaml", 2), ("policies missing good.yaml", 2),
            ("policies broken-policy.yaml good.yaml", 3), ("policies failing.yaml good.yaml", 3),
        ] as [(String, Int32)])
    func differenceFailures(_ arguments: String, _ status: Int32) throws {
        let directory = try Samples.directory()
        let run = try CommandRun(["diff"] + arguments.split(separator: " ").map(String.init), in: directory.url)
        #expect(run.status == status, "\(run.output)\(run.errors)")
        #expect(!run.errors.isEmpty || status == 3)
    }
}
