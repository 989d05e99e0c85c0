import Foundation
import Testing

@Suite struct CheckTests {
    struct Case: CustomTestStringConvertible {
        let arguments: [String]
        let status: Int32
        /// In standard error, beside nothing else that is not asked for.
        let says: [String]
        let input: String
        /// Whether a report is on standard output.
        let reports: Bool

        init(_ arguments: String, _ status: Int32, _ says: String..., input: String = "", reports: Bool = true) {
            self.arguments = arguments.split(separator: " ").map(String.init)
            self.status = status
            self.says = says
            self.input = input
            self.reports = reports
        }

        var testDescription: String { "\(arguments.joined(separator: " ")) → \(status)" }
    }

    static let cases: [Case] = [
        // Verdicts.
        Case("--policy policies good.yaml", 0),
        Case("check --policy policies good.yaml", 0),
        Case("--policy policies/team.yaml bad.yaml", 1),
        Case("-p policies good.yaml bad.yaml", 1),
        Case("-p policies tree", 1),
        Case("-p policies list.yaml", 1),
        Case("-p policies review.json", 1),
        Case("-p policies -", 1, input: Samples.bad),
        Case("-p policies -", 0, input: Samples.good),
        Case("-p warn.yaml bad.yaml", 0),
        Case("-p warn.yaml --fail-on warn bad.yaml", 1),
        Case("-p audit.yaml --fail-on warn bad.yaml", 0),
        Case("-p policies --fail-on never bad.yaml", 0),
        Case("-p policies --exclude bad.yaml tree", 0),
        Case("-p policies --operation DELETE bad.yaml", 2, "nothing checked"),
        // What passes nothing by in silence.
        Case("-p policies score.yaml good.yaml", 0, "manifest-without-kind"),
        Case("-p policies playbook.yaml good.yaml", 0, "manifest-without-kind"),
        Case("-p policies score.yaml", 2, "manifest-without-kind", "nothing checked"),
        Case("-p policies service.yaml", 2, "nothing checked: no policy matches the object"),
        Case("-p policies empty.yaml", 2, "nothing checked"),
        Case("-p policies none", 2, "directory-empty", "nothing checked"),
        Case("-p policies -", 2, "nothing checked"),
        Case("-p none good.yaml", 2, "no policy was loaded", reports: false),
        Case("-p none --allow-empty good.yaml", 0),
        Case("-p good.yaml good.yaml", 3, "`Pod` of `v1` is no kind of policy", reports: false),
        Case("-p policies --allow-empty service.yaml", 0),
        Case("-p policies --allow-empty none", 0, "directory-empty"),
        Case("-p policies truncated.yaml good.yaml", 2, "error[yaml-syntax]", "truncated.yaml"),
        Case("-p policies missing.yaml good.yaml", 2, "error[file-not-found]", "missing.yaml"),
        Case("-p policies --allow-empty missing.yaml", 2, "missing.yaml"),
        Case("-p policies duplicate.yaml good.yaml", 2, "yaml-duplicate-key"),
        Case("-p policies binary.yaml good.yaml", 2, "error[", "binary.yaml"),
        Case("-p missing good.yaml", 2, "missing", reports: false),
        Case("-p policies --context missing.yaml good.yaml", 2, "missing.yaml", reports: false),
        Case("-p policies --context truncated.yaml good.yaml", 2, "truncated.yaml", reports: false),
        Case("-p truncated.yaml good.yaml", 2, "truncated.yaml", reports: false),
        // Policies that do not work.
        Case("-p broken-policy.yaml good.yaml", 3, "error[cel-syntax]", "broken-policy.yaml:14:", reports: false),
        Case("-p undeclared.yaml good.yaml", 3, "objct", "undeclared.yaml:14:", reports: false),
        Case("-p failing.yaml good.yaml", 3, "warning[lint-undefined-field]"),
        Case("-p annotating.yaml good.yaml", 3, "warning[lint-undefined-field]"),
        Case("-p ignoring.yaml good.yaml", 0, "warning[lint-undefined-field]"),
        Case("-p ignoring.yaml --fail-on warn good.yaml", 1, "warning[lint-undefined-field]"),
        Case("-p ignoring.yaml --quiet good.yaml", 0),
        // The worst counts.
        Case("-p policies bad.yaml truncated.yaml", 2, "truncated.yaml"),
        Case("-p policies --fail-on never bad.yaml missing.yaml", 2, "missing.yaml"),
        Case("-p failing.yaml missing.yaml good.yaml", 3, "missing.yaml"),
        // Wrong arguments.
        Case("good.yaml", 2, "no policies given", reports: false),
        Case("-p policies", 2, "no manifests given", reports: false),
        Case("-p policies --polcy x good.yaml", 2, "--polcy", reports: false),
        Case("-p policies -o txt good.yaml", 2, "did you mean `text`", reports: false),
        Case("-p policies -o json -o text good.yaml", 2, "two outputs go to standard output", reports: false),
        Case("-p policies -o json= good.yaml", 2, "names no file", reports: false),
        Case("-p policies -o json=none/no/x good.yaml", 2, "cannot write", reports: false),
        Case("-p policies --fail-on sometimes good.yaml", 2, "sometimes", reports: false),
        Case("-p policies --operation PATCH good.yaml", 2, "PATCH", reports: false),
        Case("-p policies --color blue good.yaml", 2, "blue", reports: false),
        Case("-p policies --jobs 0 good.yaml", 2, "--jobs", reports: false),
        Case("-p policies --jobs x good.yaml", 2, "--jobs", reports: false),
        Case("-p policies --quiet --verbose good.yaml", 2, "exclude each other", reports: false),
        Case("-p policies - -", 2, "once only", reports: false),
        Case("-p policies --render on good.yaml", 2, "on", reports: false),
        Case("-p policies --changed good.yaml", 2, "this is no git work tree", reports: false),
        Case("-p policies --baseline missing.json good.yaml", 2, "cannot read the baseline", reports: false),
        Case("-p policies --write-baseline no/dir/x.json good.yaml", 2, "cannot write"),
        Case("-p policies --baseline a --write-baseline b good.yaml", 2, "exclude each other", reports: false),
        Case("-p policies no/*.yaml", 2, "error[pattern-unmatched]", "nothing checked"),
    ]

    @Test("exits as documented, says why on standard error, keeps standard output for reports", arguments: cases)
    func exits(_ sample: Case) throws {
        let directory = try Samples.directory()
        let run = try CommandRun(sample.arguments, input: sample.input, in: directory.url)
        #expect(run.status == sample.status, "\(run.errors)\n\(run.output)")
        for text in sample.says { #expect(run.errors.contains(text), "\(run.errors)") }
        if sample.says.isEmpty { #expect(run.errors.isEmpty, "\(run.errors)") }
        #expect(run.output.isEmpty != sample.reports, "\(run.output)")
    }

    @Test("writes several reports in one run")
    func severalOutputs() throws {
        let directory = try Samples.directory()
        let run = try CommandRun(
            ["-p", "policies", "-o", "text", "-o", "json=out.json", "-o", "sarif=out.sarif", "bad.yaml"],
            in: directory.url)
        #expect(run.status == 1 && run.output.contains("error[team-label]"))
        for name in ["out.json", "out.sarif"] {
            let data = try Data(contentsOf: directory.url.appendingPathComponent(name))
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: data) }
        }
    }

    @Test("leaves no old report behind when the policies are wrong")
    func noStaleReport() throws {
        let directory = try Samples.directory()
        try directory.write("old", to: "out.json")
        let run = try CommandRun(["-p", "broken-policy.yaml", "-o", "json=out.json", "bad.yaml"], in: directory.url)
        #expect(run.status == 3)
        #expect(try Data(contentsOf: directory.url.appendingPathComponent("out.json")).isEmpty)
    }

    @Test("says the same in the same order, whatever the number of threads")
    func order() throws {
        let directory = try Samples.directory()
        var names: [String] = []
        for number in 0..<60 {
            let text = number % 3 == 0 ? Samples.good : Samples.bad + (number % 5 == 0 ? "---\n\(Samples.bad)" : "")
            names.append(try directory.write(text, to: "many/\(number).yaml"))
        }
        let one = try CommandRun(["-p", "policies", "--jobs", "1"] + names, in: directory.url)
        #expect(one.status == 1)
        for jobs in ["2", "7"] {
            let several = try CommandRun(["-p", "policies", "--jobs", jobs] + names, in: directory.url)
            #expect(several.output == one.output && several.status == 1)
        }
    }

    @Test("survives a reader that goes away, with the right exit code")
    func closedPipe() throws {
        let directory = try Samples.directory()
        for number in 0..<200 { try directory.write(Samples.bad, to: "many/\(number).yaml") }
        let script = "set -o pipefail; '\(CommandRun.binary.path)' -p policies many | head -1; echo ${PIPESTATUS[0]}"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = directory.url
        let (stdout, stderr) = (Pipe(), Pipe())
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        let output = String(decoding: stdout.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let errors = String(decoding: stderr.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(output == "error[team-label]: a Pod needs the label team\n1\n")
        #expect(errors.isEmpty)
    }

    @Test("fails when the report cannot be written")
    func fullDisk() throws {
        let directory = try Samples.directory()
        let run = try CommandRun(["-p", "policies", "-o", "json=/dev/full", "good.yaml"], in: directory.url)
        #expect(run.status == 2 && run.errors.contains("no space left"))
    }

    @Test("colours when told to")
    func colors() throws {
        let directory = try Samples.directory()
        let plain = try CommandRun(["-p", "policies", "bad.yaml"], in: directory.url)
        #expect(!plain.output.contains("\u{1B}"))
        let forced = try CommandRun(
            ["-p", "policies", "bad.yaml"], environment: ["CLICOLOR_FORCE": "1"], in: directory.url)
        #expect(forced.output.contains("\u{1B}[1;31merror[team-label]"))
        let never = try CommandRun(
            ["-p", "policies", "--color", "never", "bad.yaml"], environment: ["CLICOLOR_FORCE": "1"], in: directory.url)
        #expect(never.output == plain.output)
    }

    @Test("prints version, help and completion scripts on standard output")
    func information() throws {
        #expect(try CommandRun(["--version"]).output == "0.1.0\n")
        for arguments in [["--help"], ["check", "--help"], ["eval", "--help"], ["lint", "-h"], ["help", "check"]] {
            let run = try CommandRun(arguments)
            #expect(run.status == 0 && run.errors.isEmpty && run.output.contains("USAGE: policy-check"))
        }
        for shell in ["bash", "zsh", "fish"] {
            let run = try CommandRun(["completion", shell])
            #expect(run.status == 0 && run.output.contains("policy-check"))
        }
        #expect(try CommandRun(["completion", "tcsh"]).status == 2)
    }

    @Test("quiet leaves the summary out, verbose names what passed")
    func verbosity() throws {
        let directory = try Samples.directory()
        let quiet = try CommandRun(["-p", "policies", "-q", "good.yaml", "score.yaml"], in: directory.url)
        #expect(quiet.output.isEmpty && quiet.errors.isEmpty && quiet.status == 0)
        let verbose = try CommandRun(["-p", "policies", "-v", "good.yaml"], in: directory.url)
        #expect(verbose.output.hasPrefix("ok: good.yaml:1:1   Pod default/good   1 policy matched\n"))
    }

    @Test("lint says what is wrong with policies")
    func lint() throws {
        let directory = try Samples.directory()
        let clean = try CommandRun(["lint", "policies"], in: directory.url)
        #expect(clean.status == 0 && clean.output == "1 policy: nothing to report.\n", "\(clean.output)")
        let failing = try CommandRun(["lint", "failing.yaml"], in: directory.url)
        #expect(failing.status == 1 && failing.output.contains("error[lint-undefined-field]"), "\(failing.output)")
        let allowed = try CommandRun(["lint", "--fail-on", "never", "failing.yaml"], in: directory.url)
        #expect(allowed.status == 0 && allowed.output == failing.output)
        let disabled = try CommandRun(["lint", "--disable", "lint-undefined-field", "failing.yaml"], in: directory.url)
        #expect(disabled.status == 0 && disabled.output == "1 policy: nothing to report.\n", "\(disabled.output)")
        #expect(try CommandRun(["lint", "--disable", "lint-undefined", "failing.yaml"], in: directory.url).status == 2)
        let warnings = try CommandRun(["lint", "--expression-warnings", "failing.yaml"], in: directory.url)
        #expect(warnings.status == 0 && warnings.output.contains("undefined field 'none'"), "\(warnings.output)")
        let broken = try CommandRun(["lint", "broken-policy.yaml", "undeclared.yaml"], in: directory.url)
        #expect(broken.status == 3 && broken.output.isEmpty)
        #expect(broken.errors.contains("broken-policy.yaml:14:") && broken.errors.contains("undeclared.yaml:14:"))
        #expect(try CommandRun(["lint", "good.yaml"], in: directory.url).status == 3)
        let json = try CommandRun(["lint", "-o", "json", "-o", "github=notes", "failing.yaml"], in: directory.url)
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any], "\(json.errors)")
        let object = ((report["files"] as? [[String: Any]])?.first?["objects"] as? [[String: Any]])?.first
        let finding = (object?["findings"] as? [[String: Any]])?.first
        #expect(json.status == 1 && finding?["policy"] as? String == "lint-undefined-field", "\(json.output)")
        #expect((finding?["place"] as? [String: Any])?["file"] as? String == "failing.yaml")
        #expect((report["summary"] as? [String: Any])?["exitCode"] as? Int == 1)
        let notes = try String(contentsOf: directory.url.appendingPathComponent("notes"), encoding: .utf8)
        #expect(notes.hasPrefix("::error file=failing.yaml,line=") && notes.contains("title=lint-undefined-field"))
        let sarif = try CommandRun(["lint", "-o", "sarif", "failing.yaml"], in: directory.url)
        #expect(sarif.output.contains(#""ruleId": "lint-undefined-field""#))
        #expect(sarif.output.contains("leave such findings out with --disable lint-undefined-field"))
        #expect(try CommandRun(["lint", "-o", "json", "--costs", "failing.yaml"], in: directory.url).status == 2)
        let crd = try CommandRun(["lint", "--crd", "good.yaml", "failing.yaml"], in: directory.url)
        #expect(crd.status == 2 && crd.errors.contains("--crd: `good.yaml` holds no CustomResourceDefinition"))
        #expect(try CommandRun(["lint", "none"], in: directory.url).status == 2)
        #expect(try CommandRun(["lint", "missing.yaml"], in: directory.url).status == 2)
    }
}
