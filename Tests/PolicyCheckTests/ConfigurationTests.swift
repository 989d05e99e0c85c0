import Foundation
import Testing

/// policy-check.yaml, the variables, and what counts before what.
@Suite struct ConfigurationTests {
    private static func directory(_ configuration: String, at path: String = "policy-check.yaml") throws
        -> TemporaryDirectory
    {
        let directory = try Samples.directory()
        try directory.write(configuration, to: path)
        return directory
    }

    struct Case: CustomTestStringConvertible {
        var configuration: String
        var variables: [String: String] = [:]
        var arguments: [String]
        var status: Int32
        var says: String
        var testDescription: String { "\(configuration.debugDescription) \(variables) \(arguments) → \(status)" }
    }

    static let cases: [Case] = [
        // The file gives what the command line leaves open.
        Case(configuration: "policy: policies\n", arguments: ["bad.yaml"], status: 1, says: "(deny)"),
        Case(configuration: "policy: [policies]\npaths: [bad.yaml]\n", arguments: [], status: 1, says: "(deny)"),
        Case(
            configuration: "policy: policies\npaths: bad.yaml\n", arguments: ["good.yaml"], status: 0,
            says: "no findings"),
        Case(
            configuration: "policy: policies\npaths: bad.yaml\n", arguments: ["--", "good.yaml"], status: 0, says: ""),
        Case(
            configuration: "policy: policies\npaths: bad.yaml\n", arguments: ["-"], status: 2, says: "nothing checked"),
        Case(configuration: "policy: warn.yaml\nfail-on: warn\n", arguments: ["bad.yaml"], status: 1, says: "(warn)"),
        Case(configuration: "fail-on: WARN\n", arguments: ["-p", "warn.yaml", "bad.yaml"], status: 1, says: "(warn)"),
        Case(configuration: "allow-empty: true\n", arguments: ["-p", "policies", "service.yaml"], status: 0, says: ""),
        Case(
            configuration: "allow-empty: false\n", arguments: ["-p", "policies", "service.yaml"], status: 2, says: ""),
        Case(configuration: "jobs: 1\n", arguments: ["-p", "policies", "good.yaml"], status: 0, says: ""),
        Case(
            configuration: "policy: policies\noutput: [json, tap=tap.txt]\n", arguments: ["bad.yaml"], status: 1,
            says: "\"schemaVersion\""),
        Case(
            configuration: "kubernetes-version: 1.30\n", arguments: ["-p", "policies", "good.yaml"], status: 0, says: ""
        ),
        Case(
            configuration: "kubernetes-version: 1.3\n", arguments: ["-p", "policies", "good.yaml"], status: 2,
            says: "'1.3'"),
        Case(configuration: "", arguments: ["-p", "policies", "good.yaml"], status: 0, says: ""),
        // A flag counts before the file, whole lists too.
        Case(
            configuration: "policy: policies\n", arguments: ["-p", "warn.yaml", "bad.yaml"], status: 0, says: "(warn)"),
        Case(configuration: "policy: policies\n", arguments: ["-p=warn.yaml", "bad.yaml"], status: 0, says: "(warn)"),
        Case(
            configuration: "policy: policies\nfail-on: never\n", arguments: ["bad.yaml", "--fail-on=error"], status: 1,
            says: "(deny)"),
        Case(configuration: "verbose: true\npolicy: policies\n", arguments: ["-q", "good.yaml"], status: 0, says: ""),
        Case(
            configuration: "policy: policies\nexpand-workloads: false\n",
            arguments: ["--expand-workloads", "good.yaml"],
            status: 0, says: ""),
        // A variable stands between.
        Case(
            configuration: "policy: policies\n", variables: ["POLICY_CHECK_POLICY": "warn.yaml,audit.yaml"],
            arguments: ["bad.yaml"], status: 3, says: "exists already"),
        Case(
            configuration: "policy: policies\n", variables: ["POLICY_CHECK_POLICY": "warn.yaml"],
            arguments: ["bad.yaml"],
            status: 0, says: "(warn)"),
        Case(
            configuration: "fail-on: never\n", variables: ["POLICY_CHECK_FAIL_ON": "warn"],
            arguments: ["-p", "warn.yaml", "bad.yaml"], status: 1, says: "(warn)"),
        Case(
            configuration: "fail-on: warn\n", variables: ["POLICY_CHECK_FAIL_ON": ""],
            arguments: ["-p", "warn.yaml", "bad.yaml"], status: 1, says: "(warn)"),
        Case(
            configuration: "{}\n", variables: ["POLICY_CHECK_POLICY": "policies", "POLICY_CHECK_PATHS": "bad.yaml"],
            arguments: [], status: 1, says: "(deny)"),
        Case(
            configuration: "{}\n", variables: ["POLICY_CHECK_ALLOW_EMPTY": "yes"],
            arguments: ["-p", "policies", "service.yaml"], status: 0, says: ""),
        Case(
            configuration: "{}\n", variables: ["POLICY_CHECK_ALLOW_EMPTY": "maybe"],
            arguments: ["-p", "policies", "service.yaml"], status: 2,
            says: "the variable `POLICY_CHECK_ALLOW_EMPTY`: must be true or false"),
        Case(
            configuration: "{}\n", variables: ["POLICY_CHECK_POLICIES": "policies"],
            arguments: ["-p", "policies", "good.yaml"], status: 0,
            says: "warning[config-variable]: the variable `POLICY_CHECK_POLICIES` is no option's"),
        Case(
            configuration: "{}\n", variables: ["POLICY_CHECK_FAIL_ON": "wran"],
            arguments: ["-p", "policies", "good.yaml"], status: 2,
            says: "the variable `POLICY_CHECK_FAIL_ON`: the value 'wran' is invalid"),
        // Sections are for other commands; general keys are for those that mean the same by them.
        Case(configuration: "test:\n  run: x\npolicy: policies\n", arguments: ["bad.yaml"], status: 1, says: "(deny)"),
        Case(
            configuration: "output: sarif\npolicy: policies\n",
            arguments: ["diff", "policies", "warn.yaml", "bad.yaml"], status: 1, says: "no longer denied"),
        Case(
            configuration: "diff:\n  output: json\n", arguments: ["diff", "policies", "warn.yaml", "bad.yaml"],
            status: 1, says: "\"changes\""),
        Case(
            configuration: "policy: policies\n", arguments: ["explain", "team-label", "bad.yaml"], status: 0,
            says: "→ deny"),
        Case(
            configuration: "policy: policies\n", arguments: ["explain", "warn.yaml", "bad.yaml"], status: 0,
            says: "warn.yaml:14"),
        Case(configuration: "policy: policies\n", arguments: ["lint", "policies"], status: 0, says: "1 policy"),
        Case(configuration: "policy: missing\n", arguments: ["--version"], status: 0, says: "0."),
        Case(configuration: "nonsense: 1\n", arguments: ["completion", "bash"], status: 0, says: "policy-check"),
        Case(configuration: "nonsense: 1\n", arguments: ["help"], status: 0, says: "USAGE"),
        // What is wrong has a place.
        Case(
            configuration: "policy: policies\nfail_on: warn\n", arguments: ["good.yaml"], status: 2,
            says: "error[config-unknown-key]: unknown key `fail_on`\n  --> policy-check.yaml:2:1"),
        Case(configuration: "fail_on: warn\n", arguments: ["good.yaml"], status: 2, says: "did you mean `fail-on`?"),
        Case(
            configuration: "fail-on: wran\n", arguments: ["good.yaml"], status: 2,
            says: "`wran` is no value of `fail-on`\n  --> policy-check.yaml:1:10"),
        Case(configuration: "fail-on: wran\n", arguments: ["good.yaml"], status: 2, says: "did you mean `warn`?"),
        Case(
            configuration: "policy: policies\noutput: jsno\n", arguments: ["good.yaml"], status: 2,
            says: "did you mean `json`?"),
        Case(
            configuration: "policy: policies\noutput: jsno\n", arguments: ["good.yaml"], status: 2,
            says: "--> policy-check.yaml:2:9"),
        Case(
            configuration: "jobs: many\n", arguments: ["-p", "policies", "good.yaml"], status: 2,
            says: "policy-check.yaml:1:7"),
        Case(configuration: "allow-empty: 1\n", arguments: ["good.yaml"], status: 2, says: "must be true or false"),
        Case(configuration: "policy: {a: b}\n", arguments: ["good.yaml"], status: 2, says: "a text or a list of texts"),
        Case(
            configuration: "namespace: [a]\n", arguments: ["good.yaml"], status: 2, says: "`namespace` must be a text"),
        Case(configuration: "test: {rnu: x}\n", arguments: ["good.yaml"], status: 2, says: "did you mean `run`?"),
        Case(configuration: "test: 1\n", arguments: ["good.yaml"], status: 2, says: "must be a map"),
        Case(configuration: "config: x\n", arguments: ["good.yaml"], status: 2, says: "unknown key `config`"),
        Case(configuration: "- policy\n", arguments: ["good.yaml"], status: 2, says: "must be a map of options"),
        Case(configuration: "policy: [\n", arguments: ["good.yaml"], status: 2, says: "error[yaml-"),
        Case(configuration: "a: 1\n---\nb: 1\n", arguments: ["good.yaml"], status: 2, says: "must be one document"),
        // The user's own mistakes stay the parser's to tell.
        Case(
            configuration: "policy: policies\n", arguments: ["--fial-on", "x"], status: 2,
            says: "Unknown option '--fial-on'"),
    ]

    @Test("file, variables and flags", arguments: cases)
    func settings(_ test: Case) throws {
        let directory = try Self.directory(test.configuration)
        let run = try CommandRun(test.arguments, environment: test.variables, in: directory.url)
        #expect(run.status == test.status, "\(run.output)\(run.errors)")
        if !test.says.isEmpty {
            #expect((run.output + run.errors).contains(test.says), "\(run.output)\(run.errors)")
        }
    }

    @Test("the nearest file counts, its paths start where it lies, and a repository ends the search")
    func nearest() throws {
        let directory = try Self.directory("policy: [policies]\npaths: [bad.yaml]\noutput: [text, tap=out.tap]\n")
        let below = directory.url.appendingPathComponent("tree/a")
        let run = try CommandRun([], in: below)
        #expect(run.status == 1 && run.output.contains("--> ../../bad.yaml:3:"), "\(run.output)\(run.errors)")
        #expect(FileManager.default.fileExists(atPath: directory.url.appendingPathComponent("out.tap").path))
        try directory.write("policy: ../warn.yaml\npaths: ../bad.yaml\n", to: "tree/policy-check.yaml")
        let nearer = try CommandRun([], in: below)
        #expect(
            nearer.status == 0 && nearer.output.contains("--> ../../bad.yaml:3:") && nearer.output.contains("(warn)"))
        try directory.write("", to: "tree/a/.git/HEAD")
        let ended = try CommandRun([], in: below)
        #expect(ended.status == 2 && ended.errors.contains("no policies given"))
    }

    @Test("--config names another file, --no-config none")
    func choice() throws {
        let directory = try Self.directory("policy: ../warn.yaml\n", at: "ci/strict.yaml")
        try directory.write("policy: policies\n", to: "policy-check.yaml")
        let other = try CommandRun(["--config", "ci/strict.yaml", "bad.yaml"], in: directory.url)
        #expect(other.status == 0 && other.output.contains("policy: ci/../warn.yaml"), "\(other.output)\(other.errors)")
        #expect(try CommandRun(["check", "--config=ci/strict.yaml", "bad.yaml"], in: directory.url).status == 0)
        let none = try CommandRun(["--no-config", "bad.yaml"], in: directory.url)
        #expect(none.status == 2 && none.errors.contains("no policies given"))
        let missing = try CommandRun(["--config", "missing.yaml", "bad.yaml"], in: directory.url)
        #expect(missing.status == 2 && missing.errors.contains("error[file-not-found]: `missing.yaml` does not exist"))
    }
}
