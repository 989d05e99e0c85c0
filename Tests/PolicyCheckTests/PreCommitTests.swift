import Foundation
import Testing

/// The hooks of `.pre-commit-hooks.yaml` with the real `pre-commit`, where that is installed.
@Suite struct PreCommitTests {
    private static let tool: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/pre-commit" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    @Test(
        "pre-commit accepts the manifest and runs the hook",
        .enabled(if: tool != nil, "pre-commit is not on the PATH"))
    func hook() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Samples.policy(), to: "policies/team.yaml")
        try directory.write(Samples.bad, to: "bad.yaml")
        try directory.write(Samples.good, to: "good.yaml")
        let script = """
            set -e
            export PATH='\(CommandRun.binary.deletingLastPathComponent().path)':"$PATH" PRE_COMMIT_HOME="$PWD/.cache"
            export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com
            export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com
            '\(Self.tool ?? "pre-commit")' validate-manifest '\(CommandRun.root.path)/.pre-commit-hooks.yaml'
            git init -q .
            git add good.yaml policies
            try() { '\(Self.tool ?? "pre-commit")' try-repo hooks policy-check --files "$@" ; }
            mkdir hooks && cp '\(CommandRun.root.path)/.pre-commit-hooks.yaml' hooks/
            sed -i 's/--allow-empty/--allow-empty --policy policies/' hooks/.pre-commit-hooks.yaml
            git -C hooks init -q . && git -C hooks add . && git -C hooks commit -qm hooks
            try good.yaml && echo passed
            try bad.yaml good.yaml || echo "failed with $?"
            policy-check init --ci none . > init.log && git add policies policy-tests policy-check.yaml
            '\(Self.tool ?? "pre-commit")' try-repo hooks policy-test --files policies/require-team-label.yaml --verbose
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "exec 2>&1; \(script)"]
        process.currentDirectoryURL = directory.url
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(output.contains("\npassed\n"), "\(output)")
        #expect(output.contains("\nfailed with 1\n"), "\(output)")
        #expect(output.contains("1 test, 2 checks: 1 passed"), "\(output)")
        #expect(output.contains("error[team-label]: a Pod needs the label team"), "\(output)")
    }
}
