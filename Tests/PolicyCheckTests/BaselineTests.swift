import Foundation
import Testing

@Suite struct BaselineTests {
    @Test("lets through what was there, and nothing else")
    func baseline() throws {
        let directory = try Samples.directory()
        let written = try CommandRun(
            ["-p", "policies", "--write-baseline", "base.json", "bad.yaml", "list.yaml"], in: directory.url)
        #expect(written.status == 0 && written.output.contains("2 in the baseline"), "\(written.output)")
        let same = try CommandRun(["-p", "policies", "--baseline", "base.json", "bad.yaml"], in: directory.url)
        #expect(same.status == 0 && same.errors.isEmpty, "\(same.errors)")
        let more = try CommandRun(
            ["-p", "policies", "--baseline", "base.json", "bad.yaml", "tree/b/bad.yaml"], in: directory.url)
        #expect(more.status == 1 && more.output.contains("tree/b/bad.yaml"), "\(more.output)")
        try directory.write(Samples.bad + "---\n" + Samples.bad, to: "bad.yaml")
        let twice = try CommandRun(["-p", "policies", "--baseline", "base.json", "bad.yaml"], in: directory.url)
        #expect(twice.status == 1, "one entry lets one finding through")
    }

    @Test("names entries that nothing answers to any more, but not those of files that were not looked at")
    func stale() throws {
        let directory = try Samples.directory()
        _ = try CommandRun(
            ["-p", "policies", "--write-baseline", "base.json", "bad.yaml", "list.yaml"], in: directory.url)
        try directory.write(Samples.good, to: "bad.yaml")
        let run = try CommandRun(["-p", "policies", "--baseline", "base.json", "bad.yaml"], in: directory.url)
        #expect(run.status == 0)
        #expect(run.errors.contains("warning[baseline-stale]") && run.errors.contains("`bad.yaml`"), "\(run.errors)")
        #expect(!run.errors.contains("list.yaml"))
    }

    @Test("undecided checks are never let through")
    func undecided() throws {
        let directory = try Samples.directory()
        let run = try CommandRun(["-p", "failing.yaml", "--write-baseline", "b.json", "good.yaml"], in: directory.url)
        #expect(run.status == 3)
    }

    @Test(
        "says what is wrong with a baseline",
        arguments: [
            ("missing.json", "cannot read the baseline"), ("bad.yaml", "cannot read"), ("x.json", "no baseline"),
        ])
    func broken(_ name: String, _ message: String) throws {
        let directory = try Samples.directory()
        try directory.write("{}", to: "x.json")
        let run = try CommandRun(["-p", "policies", "--baseline", name, "good.yaml"], in: directory.url)
        #expect(run.status == 2 && run.errors.contains(message) && run.output.isEmpty, "\(run.errors)")
    }
}
