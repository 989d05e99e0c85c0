import Foundation
import Testing

@Suite struct ScriptTests {
    static let scripts = Repository.files(below: "scripts", suffix: ".sh") + [".ci/run"]

    @Test("scripts are executable, parse, and stop at errors", arguments: scripts)
    func script(path: String) throws {
        #expect(FileManager.default.isExecutableFile(atPath: Repository.root.appending(path: path).path))
        let text = try Repository.text(path)
        #expect(text.hasPrefix("#!/usr/bin/env bash\n") || text.hasPrefix("#!/bin/sh\n"))
        #expect(text.contains("\nset -"), "no `set -eu`")
        let result = try Shell().run("bash -n \(path)")
        #expect(result.status == 0, "\(result.output)")
    }

    @Test(".ci/run calls make test")
    func continuousIntegration() throws {
        #expect(try Repository.text(".ci/run").contains("make test"))
    }

    /// A machine made of fakes: `missing` packages, user `uid`, `sudo` or none.
    private func install(
        _ arguments: String, missing: [String], uid: Int = 0, sudo: Bool = true
    ) throws -> Shell.Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "guardrail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let names = missing.joined(separator: "|")
        var tools = [
            "dpkg-query": "for last; do :; done; case $last in \(names)) exit 1;; *) printf installed;; esac",
            "apt-get": "echo apt-get $DEBIAN_FRONTEND \"$@\"",
            "id": "echo \(uid)",
        ]
        if sudo { tools["sudo"] = "echo sudo; exec \"$@\"" }
        for (name, body) in tools {
            let file = directory.appending(path: name)
            try "#!/bin/sh\n\(body)\n".write(to: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
        // Only what the script needs besides the fakes, so that this machine's sudo and packages stay out of it.
        for tool in ["bash", "env", "sh"] {
            try FileManager.default.createSymbolicLink(
                at: directory.appending(path: tool), withDestinationURL: URL(filePath: "/usr/bin/\(tool)"))
        }
        return try Shell(environment: ["PATH": directory.path]).run("bash scripts/install-packages.sh \(arguments)")
    }

    @Test("where all packages are installed, nothing is done")
    func nothingMissing() throws {
        let result = try install("build", missing: ["none"])
        #expect(result.status == 0)
        #expect(result.output == "")
    }

    @Test("only missing packages are installed, as root without sudo")
    func asRoot() throws {
        let result = try install("build", missing: ["libre2-dev", "libyaml-dev"])
        #expect(result.status == 0)
        #expect(result.output.contains("apt-get noninteractive -q -o DPkg::Lock::Timeout=120 update\n"))
        #expect(result.output.hasSuffix(" install --yes --no-install-recommends libyaml-dev libre2-dev\n"))
        #expect(!result.output.contains("sudo"))
    }

    @Test("who is not root is asked by sudo")
    func asUser() throws {
        let result = try install("build", missing: ["libre2-dev"], uid: 1000)
        #expect(result.status == 0)
        #expect(result.output.contains("sudo\napt-get noninteractive"))
    }

    @Test("with neither root nor sudo the missing packages are named")
    func withoutSudo() throws {
        let result = try install("build", missing: ["libre2-dev"], uid: 1000, sudo: false)
        #expect(result.status == 1)
        #expect(result.output.contains("    apt-get install libre2-dev\n"))
    }

    @Test("a job that is not known is wrong usage", arguments: ["dance", ""])
    func unknownJob(arguments: String) throws {
        #expect(try install(arguments, missing: ["none"]).status == 2)
    }
}
