import Foundation
import Testing

@Suite("policy-check test")
struct TestCommandTests {
    /// - Parameter results: entries of `results`, each on a line.
    private func run(_ results: String, arguments: [String] = [], extra: String = "") throws -> CommandRun {
        let directory = try TemporaryDirectory()
        try directory.write(PolicyTestProject.policy, to: "policy.yaml")
        try directory.write(PolicyTestProject.resources, to: "resources.yaml")
        try directory.write(
            """
            apiVersion: cli.kyverno.io/v1alpha1
            kind: Test
            metadata: {name: image-tags}
            policies: [policy.yaml]
            resources: [resources.yaml]
            \(extra)
            results:
            \(results)
            """, to: "tests/../kyverno-test.yaml")
        return try CommandRun(["test", "."] + arguments, in: directory.url)
    }

    private static let holds = """
        - {policy: tags, kind: Pod, resources: [good], result: pass}
        - {policy: tags, kind: Pod, resources: [default/bad], result: fail}
        - {policy: tags, kind: ConfigMap, resources: [settings], result: skip}
        """

    @Test("passes a test whose checks hold")
    func passes() throws {
        let run = try run(Self.holds)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output == "--- PASS: image-tags (./kyverno-test.yaml) 3 checks\nok  1 test, 3 checks: 1 passed\n")
    }

    static let failures: [(results: String, line: String)] = [
        (
            "- {policy: tags, kind: Pod, resources: [bad], result: pass}",
            "    ./kyverno-test.yaml:8:41: tags bad: expected pass, got fail\n        images need a tag\n"
        ),
        (
            "- {policy: tagz, kind: Pod, resources: [bad], result: fail}",
            "    ./kyverno-test.yaml:8:12: tagz: unknown policy `tagz`, is it `tags`?\n"
        ),
        (
            "- {policy: tags, kind: Pod, resources: [bat], result: fail}",
            "    ./kyverno-test.yaml:8:41: tags bat: unknown resource `bat`\n"
        ),
        (
            "- {policy: tags, kind: ConfigMap, resources: [settings], result: fail}",
            "tags settings: expected fail, but the policy is not about this object\n"
                + "        warning[kyverno-nothing-matched]: `kyverno test` passes it as excluded\n"
        ),
        (
            "- {policy: tags, kind: ConfigMap, resources: [settings], result: pass}",
            "tags settings: expected pass, but the policy is not about this object\n"
        ),
        (
            "- {policy: tags, rule: nope, kind: Pod, resources: [bad], result: fail}",
            "tags bad: the policy has no rule `nope`\n"
        ),
        (
            "- {policy: tags, kind: Secret, resources: [bad], result: fail}",
            "tags bad: `bad` is a Pod, not a Secret\n        warning[kyverno-kind-ignored]: `kyverno test` does not compare the kind\n"
        ),
    ]

    @Test("fails a check that does not hold or shows nothing", arguments: failures)
    func fails(results: String, line: String) throws {
        let run = try run(results)
        #expect(run.status == 1)
        #expect(run.output.contains(line), "\(run.output)")
        #expect(run.output.contains("--- FAIL: image-tags"))
        #expect(run.output.hasSuffix("FAIL  1 test, 1 check: 0 passed, 1 failed\n"))
    }

    @Test("passes what Kyverno passes only where asked to, and says so")
    func quirks() throws {
        let results = "- {policy: tags, kind: ConfigMap, resources: [settings], result: fail}"
        let run = try run(results, arguments: ["--kyverno-quirks"])
        #expect(run.status == 0)
        #expect(run.output.contains("ok   tags settings: fail (only since `kyverno test` passes it as excluded)"))
    }

    @Test("judges under the operation that a check names")
    func operation() throws {
        let run = try run(
            "- {policy: tags, kind: Pod, resources: [bad], operation: DELETE, result: skip}\n" + Self.holds)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let wrong = try self.run("- {policy: tags, kind: Pod, resources: [bad], operation: PATCH, result: skip}")
        #expect(wrong.status == 2)
        #expect(wrong.output.contains("`operation` must be one of CREATE, UPDATE, DELETE, CONNECT"))
    }

    @Test("is strict about fields")
    func strict() throws {
        let run = try run(Self.holds, extra: "resource: [x]")
        #expect(run.status == 2)
        #expect(run.output.contains("error[test-field-unknown]: unknown field `resource`"))
        #expect(run.output.contains("help: did you mean `resources`?"))
    }

    @Test("exits with 2 where there is nothing to test")
    func nothing() throws {
        #expect(try run(Self.holds, arguments: ["--run", "no-such"]).status == 2)
        #expect(try run(Self.holds, arguments: ["--run", "image-.*"]).status == 0)
        #expect(try run(Self.holds, arguments: ["--run", "("]).status == 2)
        let empty = try TemporaryDirectory()
        let run = try CommandRun(["test", "."], in: empty.url)
        #expect(run.status == 2)
        #expect(run.errors.contains("error[test-none]: there is no test below `.`"))
    }

    @Test("exits with 3 for an invalid policy and for an unsupported kind")
    func unsupported() throws {
        let directory = try TemporaryDirectory()
        let test = """
            apiVersion: cli.kyverno.io/v1alpha1
            kind: Test
            metadata: {name: t}
            policies: [policy.yaml]
            results: [{policy: p, kind: Pod, resources: [a], result: pass}]
            """
        try directory.write(test, to: "kyverno-test.yaml")
        try directory.write(
            "apiVersion: policies.kyverno.io/v1\nkind: GeneratingPolicy\nmetadata: {name: p}", to: "policy.yaml")
        let unsupported = try CommandRun(["test"], in: directory.url)
        #expect(unsupported.status == 3)
        #expect(unsupported.output.contains("--- SKIP: t (./kyverno-test.yaml): not supported: `GeneratingPolicy`"))
        try directory.write(
            PolicyTestProject.policy.replacingOccurrences(of: "contains(':')", with: "contains("), to: "policy.yaml")
        let invalid = try CommandRun(["test"], in: directory.url)
        #expect(invalid.status == 3)
        #expect(invalid.output.contains("--- ERROR: t"))
    }
}
