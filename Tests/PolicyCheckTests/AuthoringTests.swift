import Foundation
import Testing

/// init, docs and the manual page.
@Suite struct AuthoringTests {
    private static func text(_ directory: TemporaryDirectory, _ name: String) throws -> String {
        try String(contentsOf: directory.url.appendingPathComponent(name), encoding: .utf8)
    }

    @Test("what init writes works at once, and the policy does what its test says")
    func start() throws {
        let directory = try TemporaryDirectory()
        let run = try CommandRun(["init"], in: directory.url)
        #expect(run.status == 0 && run.errors.isEmpty && run.output.components(separatedBy: "wrote ").count == 7)
        let test = try CommandRun(["test"], in: directory.url)
        #expect(test.status == 0 && test.output.contains("1 test, 2 checks: 1 passed"), "\(test.output)\(test.errors)")
        #expect(try CommandRun(["lint", "policies"], in: directory.url).status == 0)
        try directory.write(Samples.deployment("x"), to: "deploy/x.yaml")
        let check = try CommandRun(["."], in: directory.url)
        #expect(
            check.status == 0 && check.output.contains("warning[require-team-label]")
                && check.output.contains(": 1 warning."), "\(check.output)\(check.errors)")
        let again = try CommandRun(["init"], in: directory.url)
        #expect(again.status == 0 && !again.output.contains("wrote "), "\(again.output)")
    }

    @Test("init overwrites nothing, and writes through no link")
    func keeps() throws {
        let directory = try TemporaryDirectory()
        try directory.write("mine\n", to: "policy-check.yaml")
        try FileManager.default.createSymbolicLink(
            atPath: directory.url.appendingPathComponent(".pre-commit-config.yaml").path,
            withDestinationPath: "elsewhere")
        try directory.write("stages: []\n", to: ".gitlab-ci.yml")
        let run = try CommandRun(["--no-config", "init"], in: directory.url)
        #expect(run.status == 2)
        let init_ = try CommandRun(["init", "--no-config"], in: directory.url)
        #expect(init_.status == 0, "\(init_.errors)")
        #expect(
            init_.output.contains("kept  policy-check.yaml\n")
                && init_.output.contains("kept  .pre-commit-config.yaml\n"))
        #expect(init_.output.contains("wrote .gitlab/policy-check.yml\n"))
        #expect(try Self.text(directory, "policy-check.yaml") == "mine\n")
        #expect(!FileManager.default.fileExists(atPath: directory.url.appendingPathComponent("elsewhere").path))
        try directory.write("", to: "file")
        let blocked = try CommandRun(["init", "--no-config", "file"], in: directory.url)
        #expect(blocked.status == 2 && blocked.errors.contains("error: cannot"), "\(blocked.errors)")
        #expect(try CommandRun(["init", "--no-config", "--ci", "none", "new/er"], in: directory.url).status == 2)
        let deeper = try CommandRun(["init", "--no-config", "--ci", "none", "new"], in: directory.url)
        #expect(deeper.status == 0 && deeper.output.contains("wrote new/policies/require-team-label.yaml"))
    }

    @Test("docs has a page for each policy with what it says")
    func docs() throws {
        let directory = try Samples.directory()
        let policy = Samples.policy(kinds: "pods\", \"services").replacing(
            "      validations:",
            with:
                "      matchConditions:\n        - {name: late, expression: request.operation == 'CREATE'}\n      validations:"
        )
        try directory.write(policy, to: "documented/p.yaml")
        try directory.write(
            policy.replacing("team-label", with: "bound-<b>").replacing(
                "  validationActions: [Deny]",
                with: """
                      validationActions: [Warn, Audit]
                      matchResources:
                        namespaceSelector: {matchLabels: {env: prod}, matchExpressions: [{key: x, operator: DoesNotExist}]}
                    """.replacing("    ", with: "  ")
            ).replacing("name: bound-<b>", with: "name: bound"), to: "unused.yaml")
        let run = try CommandRun(
            ["docs", "-p", "documented", "--examples", "good.yaml", "--examples", "bad.yaml"], in: directory.url)
        #expect(run.status == 0, "\(run.errors)")
        for part in [
            "# team-label\n\n`team-label` · ValidatingAdmissionPolicy",
            "- creating or updating `pods` and `services`\n",
            "1. a Pod needs the label team\n\n   ```cel\n   has(object.metadata.labels)", "- `team-label`: Deny\n",
            "- passes: Pod default/good (`good.yaml:1:1`)\n",
            "- fails: Pod default/bad (`bad.yaml:1:1`)\n  - a Pod needs the label team\n",
        ] { #expect(run.output.contains(part), "\(part) in \(run.output)") }
        let written = try CommandRun(["docs", "-p", "documented", "--to", "pages"], in: directory.url)
        #expect(written.status == 0 && written.output.hasSuffix("1 policy, 2 pages changed.\n"), "\(written.errors)")
        #expect(try Self.text(directory, "pages/README.md").contains("| [team-label](team-label.md) |"))
        let arguments = ["docs", "-p", "documented", "--to", "pages", "--check"]
        #expect(try CommandRun(arguments, in: directory.url).status == 0)
        try directory.write("old\n", to: "pages/team-label.md")
        let stale = try CommandRun(arguments, in: directory.url)
        #expect(stale.status == 1 && stale.output.contains("differs pages/team-label.md\n"))
        #expect(try Self.text(directory, "pages/team-label.md") == "old\n")
    }

    @Test("docs names waivers, bindings' scopes, parameters and every kind of policy")
    func docsOfOtherKinds() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: limits, annotations: {policies.kyverno.io/title: "Limits | <b>"}}
            spec:
              paramKind: {apiVersion: v1, kind: ConfigMap}
              matchConstraints:
                namespaceSelector: {matchExpressions: [{key: env, operator: In, values: [a, b]}]}
                resourceRules:
                  - {apiGroups: [apps], apiVersions: ["*"], operations: ["*"], resources: ["*"], resourceNames: [x]}
              validations:
                - {expression: "object.spec.replicas > 1 || 'a```b' == ''", reason: Forbidden}
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: limits-prod}
            spec:
              policyName: limits
              paramRef: {name: limits, namespace: ops, parameterNotFoundAction: Allow}
              matchResources: {objectSelector: {matchLabels: {tier: web}}}
              validationActions: [Warn, Audit]
            ---
            apiVersion: policies.kyverno.io/v1
            kind: PolicyException
            metadata: {name: old, annotations: {policies.kyverno.io/description: SEC-1}}
            spec:
              policyRefs: [{name: limits, kind: ValidatingAdmissionPolicy}]
              expiresAt: "2099-01-01T00:00:00Z"

            """, to: "p.yaml")
        let run = try CommandRun(["docs", "-p", "p.yaml"], in: directory.url)
        #expect(run.status == 0, "\(run.errors)")
        for part in [
            "# Limits \\| &lt;b>\n", "- any operation on all resources of `apps` named `x`\n",
            "Only in namespaces with `env in (a,b)`.\n", "   ````cel\n", "Reason: Forbidden",
            "- `limits-prod`: `ops/limits`; without any: Allow\n",
            "- `limits-prod`: Warn, Audit, for objects with `tier=web`\n",
            "- `old` until 2099-01-01T00:00:00Z: SEC-1\n",
        ] { #expect(run.output.contains(part), "\(part) in \(run.output)") }
    }

    @Test("the manual page has every option and no mistakes of its language")
    func manual() throws {
        let directory = try TemporaryDirectory()
        let page = try CommandRun(["man"]).output
        try directory.write(page, to: "policy-check.1")
        for option in [
            "\\-\\-write\\-baseline", "\\-\\-kubernetes\\-version", "\\fB\\-p\\fR", "WAIVER ADD", "\\-\\-config",
        ] {
            #expect(page.contains(option), "\(option)")
        }
        #expect(!page.split(separator: "\n").contains { $0.hasPrefix("'") })
        let said = try SelectionTests.shell(
            """
            if command -v mandoc >/dev/null; then mandoc -T lint -W warning policy-check.1; echo "mandoc $?"; fi
            if command -v groff >/dev/null; then groff -man -ww -z policy-check.1; echo "groff $?"; fi
            """, in: directory)
        #expect(said.split(separator: "\n").allSatisfy { $0 == "mandoc 0" || $0 == "groff 0" }, "\(said)")
    }

    @Test("install puts the page, the completions and kubectl's name in place")
    func install() throws {
        let directory = try TemporaryDirectory()
        let root = CommandRun.root.path
        let bin = CommandRun.binary.deletingLastPathComponent().path
        let said = try SelectionTests.shell(
            """
            '\(root)/scripts/install.sh' '\(bin)' "$PWD/usr" && usr/bin/kubectl-policy_check --version
            test -s usr/share/man/man1/policy-check.1 && bash -n usr/share/bash-completion/completions/policy-check && echo bash
            if command -v kubectl >/dev/null; then PATH="$PWD/usr/bin:$PATH" kubectl policy-check --version; else echo 0.1.0; fi
            """, in: directory)
        #expect(said == "0.1.0\nbash\n0.1.0\n", "\(said)")
    }
}
