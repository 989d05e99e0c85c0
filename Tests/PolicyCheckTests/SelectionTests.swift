import Foundation
import Testing

/// Which files are taken: patterns, what git ignores, what has changed, what is rendered.
@Suite struct SelectionTests {
    /// Runs a script with policy-check on the PATH, both streams in one.
    static func shell(_ script: String, in directory: TemporaryDirectory, path: String? = nil) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        let environment = """
            export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com
            export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com NO_COLOR=1
            check() { policy-check "$@"; echo "exit $?"; }
            """
        process.arguments = ["-c", "exec 2>&1\n\(environment)\n\(script)"]
        process.currentDirectoryURL = directory.url
        var variables = ProcessInfo.processInfo.environment
        let folder = CommandRun.binary.deletingLastPathComponent().path
        let rest = path ?? variables["PATH"] ?? "/usr/bin:/bin"
        variables["PATH"] = "\(folder):\(rest)"
        process.environment = variables
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return output
    }

    @Test("expands patterns, and a pattern that matches nothing is an error")
    func patterns() throws {
        let directory = try Samples.directory()
        for (pattern, status) in [("tree/**/bad.yaml", 1), ("b?d.yaml", 1), ("tree/a/*.y*ml", 0), ("tree/*/[b]*", 1)] {
            let run = try CommandRun(["-p", "policies", pattern], in: directory.url)
            #expect(run.status == status, "\(pattern): \(run.errors)\(run.output)")
        }
        let none = try CommandRun(["-p", "policies", "good.yaml", "no/*.yaml"], in: directory.url)
        #expect(none.status == 2 && none.errors.contains("error[pattern-unmatched]"))
    }

    @Test("leaves out of directories what git ignores, unless it is named")
    func gitignore() throws {
        let directory = try Samples.directory()
        try directory.write("b/\n", to: "tree/.gitignore")
        let output = try Self.shell(
            """
            git init -q .
            check -p policies -q tree
            check -p policies -q tree/b
            check -p policies -q tree/b/bad.yaml
            check -p policies -q --no-gitignore tree
            """, in: directory)
        let codes = output.split(separator: "\n").filter { $0.hasPrefix("exit") }
        #expect(codes == ["exit 0", "exit 1", "exit 1", "exit 1"], "\(output)")
    }

    @Test("takes only what differs from a commit")
    func changed() throws {
        let directory = try Samples.directory()
        let output = try Self.shell(
            """
            git init -q . && git add tree good.yaml policies && git commit -qm one
            check -p policies --changed tree
            echo '# new' >> tree/a/good.yml
            check -p policies --changed tree -v
            echo '# new' >> tree/b/bad.yaml
            check -p policies --changed=HEAD tree -q
            git commit -qam two
            check -p policies --changed tree -q
            check -p policies --changed=HEAD~1 tree -q
            check -p policies --changed=nope tree
            cp bad.yaml tree/untracked.yaml
            check -p policies --changed tree -q
            """, in: directory)
        let codes = output.split(separator: "\n").filter { $0.hasPrefix("exit") }
        #expect(
            codes == ["exit 0", "exit 0", "exit 1", "exit 0", "exit 1", "exit 2", "exit 1"], "\(output)")
        #expect(output.contains("note[changed-none]: no file of 3 has changed since `HEAD`"), "\(output)")
        #expect(output.contains("ok: tree/a/good.yml:1:1"), "\(output)")
        #expect(output.contains("error: --changed=nope: there is no such commit"), "\(output)")
        #expect(output.contains("tree/untracked.yaml"), "\(output)")
    }

    @Test("--changed outside a work tree is an error")
    func changedOutside() throws {
        let directory = try Samples.directory()
        let run = try CommandRun(["-p", "policies", "--changed", "good.yaml"], in: directory.url)
        #expect(run.status == 2 && run.errors.contains("this is no git work tree"))
    }

    private static let hasKubectl = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/kubectl") }

    @Test(
        "renders kustomizations and points into the file that they come from",
        .enabled(if: hasKubectl, "kubectl is not on the PATH"))
    func kustomize() throws {
        let directory = try Samples.directory()
        try directory.write("# a base\n" + Samples.bad, to: "app/base/pod.yaml")
        try directory.write("resources: [pod.yaml]\n", to: "app/base/kustomization.yaml")
        try directory.write(
            "namePrefix: p-\nbuildMetadata: [originAnnotations]\nresources: [../base]\n",
            to: "app/over/kustomization.yaml")
        let run = try CommandRun(["-p", "policies", "app"], in: directory.url)
        #expect(run.status == 1, "\(run.errors)")
        #expect(run.output.contains("--> app/base/pod.yaml:4:1   Pod default/p-bad"), "\(run.output)")
        #expect(run.output.contains("\n1 resource ×"), "\(run.output)")
        let raw = try CommandRun(["-p", "policies", "--render", "off", "app"], in: directory.url)
        #expect(raw.output.contains("Pod default/bad"), "\(raw.output)\(raw.errors)")
        try directory.write("resources: [missing.yaml]\n", to: "app/over/kustomization.yaml")
        let broken = try CommandRun(["-p", "policies", "app/over"], in: directory.url)
        #expect(broken.status == 2 && broken.errors.contains("error[render-failed]"), "\(broken.errors)")
    }

    @Test("renders charts with helm and points into the templates; without helm it says so")
    func helm() throws {
        let directory = try Samples.directory()
        try directory.write("apiVersion: v2\nname: web\nversion: 1.0.0\n", to: "deploy/chart/Chart.yaml")
        try directory.write(
            "{{- if true }}\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n{{- end }}\n",
            to: "deploy/chart/templates/pod.yaml")
        // Stands in for helm: prints what it would.
        try directory.write(
            "#!/bin/sh\nprintf -- '---\\n# Source: web/templates/pod.yaml\\napiVersion: v1\\nkind: Pod\\nmetadata:\\n  name: release\\n'\n",
            to: "bin/helm")
        let output = try Self.shell("chmod +x bin/helm; PATH=$PWD/bin:$PATH; check -p policies deploy", in: directory)
        #expect(output.contains("--> deploy/chart/templates/pod.yaml:4:1   Pod default/release"), "\(output)")
        #expect(output.contains("exit 1"), "\(output)")
        let without = try Self.shell("check -p policies deploy", in: directory, path: "/nonexistent")
        #expect(without.contains("error[render-no-tool]") && without.contains("exit 2"), "\(without)")
    }
}
