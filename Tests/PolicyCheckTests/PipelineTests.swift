import Foundation
import Testing

/// The files for continuous integration: what they run is run here, and their formats are checked where a checker is.
@Suite struct PipelineTests {
    /// A folder like the ones that the files are for: a bad Pod below deploy, and a test beside the policies.
    private static func folder() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write(Samples.policy(), to: "policies/team.yaml")
        try directory.write(Samples.bad, to: "deploy/bad.yaml")
        try directory.write(
            """
            apiVersion: cli.kyverno.io/v1alpha1
            kind: Test
            metadata: {name: team}
            policies: [../policies/team.yaml]
            resources: [../deploy/bad.yaml]
            results:
              - {policy: team-label, isValidatingAdmissionPolicy: true, kind: Pod, resources: [bad], result: fail}

            """, to: "tests/kyverno-test.yaml")
        return directory
    }

    /// A value of a file by a CEL expression, with policy-check's own reader.
    private static func strings(_ expression: String, in file: String) throws -> [String] {
        let path = file.hasPrefix("/") ? file : CommandRun.root.appendingPathComponent(file).path
        let run = try CommandRun(["eval", "--no-config", "--var", "file=@\(path)", expression])
        let value = try JSONSerialization.jsonObject(with: Data(run.output.utf8), options: .fragmentsAllowed)
        return try #require(value as? [String] ?? (value as? String).map { [$0] }, "\(run.errors)")
    }

    private static func run(
        _ script: String, _ variables: [String: String] = [:], in directory: TemporaryDirectory
    ) throws -> String {
        let exports = variables.map { "export \($0)='\($1)'\n" }.joined()
        return try SelectionTests.shell("\(exports)\n(\n\(script)\n)\necho \"exit $?\"", in: directory)
    }

    @Test("GitLab's template")
    func gitlab() throws {
        let directory = try Self.folder()
        let file = "deploy/ci/gitlab.yml"
        let script = try Self.strings("file['policy-check'].script", in: file).joined(separator: "\n")
        let names = try Self.strings("file.variables.map(n, n + '=' + file.variables[n])", in: file)
        let variables = Dictionary(
            uniqueKeysWithValues: names.map { ($0.components(separatedBy: "=")[0], $0.components(separatedBy: "=")[1]) }
        )
        let said = try Self.run(script, variables, in: directory)
        #expect(said.contains("error[team-label]") && said.hasSuffix("exit 1\n"), "\(said)")
        for report in ["quality.json", "policy.xml"] {
            let text = try String(contentsOf: directory.url.appendingPathComponent(report), encoding: .utf8)
            #expect(text.contains("team-label"))
        }
        _ = try SelectionTests.shell("git init -q . && git add . && git commit -qm one", in: directory)
        let changes = try Self.strings("file['policy-check-changes'].script", in: file).joined(separator: "\n")
        var more = variables
        more["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = "HEAD"
        let unchanged = try Self.run(changes, more, in: directory)
        #expect(unchanged.contains("changed-none") && unchanged.hasSuffix("exit 0\n"), "\(unchanged)")
    }

    @Test("GitHub's workflow")
    func github() throws {
        let directory = try Self.folder()
        let steps = try Self.strings(
            "file.jobs['policy-check'].steps.filter(s, 'run' in s).map(s, s.run)", in: "deploy/ci/github.yaml")
        #expect(steps.count == 2)
        let test = try Self.run(steps[0].replacing("test policies", with: "test tests"), in: directory)
        #expect(test.hasSuffix("exit 0\n"), "\(test)")
        let check = try Self.run(steps[1], ["GITHUB_STEP_SUMMARY": "summary.md"], in: directory)
        #expect(check.contains("\n::error file=deploy/bad.yaml,") && check.hasSuffix("exit 1\n"), "\(check)")
        #expect(FileManager.default.fileExists(atPath: directory.url.appendingPathComponent("policy.sarif").path))
        #expect(FileManager.default.fileExists(atPath: directory.url.appendingPathComponent("summary.md").path))
    }

    @Test("Argo CD's hook and plugin")
    func argo() throws {
        let directory = try Self.folder()
        let hook = try Self.strings(
            "file.spec.template.spec.containers[0].command", in: "deploy/ci/argocd-presync.yaml"
        ).map { $0.replacing("/policies", with: "policies").replacing("/manifests", with: "deploy") }
        #expect(try Self.run(hook.joined(separator: " "), in: directory).hasSuffix("exit 1\n"))
        guard try SelectionTests.shell("command -v kubectl", in: directory) != "" else { return }
        try directory.write("resources: [bad.yaml]\n", to: "deploy/kustomization.yaml")
        let plugin = try Self.strings("file.spec.generate.args[0]", in: "deploy/ci/argocd-plugin.yaml")[0]
        let variables = ["POLICIES": directory.url.appendingPathComponent("policies").path]
        let refused = try Self.run("cd deploy\nexec 3>&2 2>/dev/null\n\(plugin)", variables, in: directory)
        #expect(refused == "exit 1\n", "\(refused)")
        try directory.write(Samples.good, to: "deploy/bad.yaml")
        let given = try Self.run("cd deploy\n\(plugin)", variables, in: directory)
        #expect(given.contains("kind: Pod\n") && given.hasSuffix("exit 0\n"), "\(given)")
    }

    @Test("Tekton's task")
    func tekton() throws {
        let directory = try Self.folder()
        let file = "deploy/ci/tekton-task.yaml"
        let command = try Self.strings("file.spec.steps[0].command + file.spec.steps[0].args", in: file)
            .map {
                $0.replacing("$(params.policies)", with: "policies").replacing("$(params.paths[*])", with: "deploy")
            }
        #expect(!command.joined().contains("$("))
        #expect(try Self.run(command.joined(separator: " "), in: directory).hasSuffix("exit 1\n"))
    }

    @Test("what init writes for them")
    func starters() throws {
        let directory = try TemporaryDirectory()
        for pipeline in ["github", "gitlab"] {
            #expect(try CommandRun(["init", "--ci", pipeline], in: directory.url).status == 0)
        }
        let workflow = directory.url.appendingPathComponent(".github/workflows/policy-check.yaml").path
        let job = directory.url.appendingPathComponent(".gitlab/policy-check.yml").path
        let steps =
            try Self.strings("file.jobs['policy-check'].steps.filter(s, 'run' in s).map(s, s.run)", in: workflow)
            + Self.strings("file['policy-check'].script", in: job)
        #expect(steps.count == 4)
        for step in steps {
            let said = try Self.run(step, in: directory)
            #expect(said.hasSuffix("exit 0\n"), "\(step): \(said)")
        }
    }

    @Test("published schemas accept the files")
    func schemas() throws {
        let directory = try TemporaryDirectory()
        _ = try CommandRun(["init", "--ci", "github"], in: directory.url)
        let oracles =
            ProcessInfo.processInfo.environment["GUARDRAIL_ORACLES"] ?? "\(CommandRun.root.path)/.build/oracles"
        let said = try SelectionTests.shell(
            """
            PATH="$PATH:\(oracles)/bin"; root='\(CommandRun.root.path)'
            command -v check-jsonschema >/dev/null || { echo skipped; exit; }
            set -e
            check-jsonschema --builtin-schema vendor.gitlab-ci "$root/deploy/ci/gitlab.yml"
            check-jsonschema --builtin-schema vendor.github-workflows "$root/deploy/ci/github.yaml" .github/workflows/*.yaml
            check-jsonschema --builtin-schema vendor.github-actions "$root/action.yml"
            if command -v pre-commit >/dev/null; then
                pre-commit validate-manifest "$root/.pre-commit-hooks.yaml"; pre-commit validate-config .pre-commit-config.yaml
            fi
            echo accepted
            """, in: directory)
        if said == "skipped\n" { print("check-jsonschema is not installed (make oracles)") }
        #expect(said == "skipped\n" || said.hasSuffix("accepted\n"), "\(said)")
    }
}
