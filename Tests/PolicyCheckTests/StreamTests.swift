import Foundation
import Testing

/// Streams that are full, closed or read by nobody, for every command that prints.
@Suite struct StreamTests {
    /// A command, and what it exits with where nothing is wrong with the streams.
    static let commands: [(command: String, status: Int)] = [
        ("-p policies bad.yaml", 1), ("-p policies -v good.yaml", 0), ("-p policies -o json bad.yaml", 1),
        ("explain -p policies team-label bad.yaml", 0), ("diff policies warn.yaml bad.yaml", 1),
        ("eval 1+1", 0), ("lint policies", 0), ("waiver list -p policies", 0), ("waiver prune -p policies", 0),
        ("waiver add -p policies team-label bad.yaml --reason x --to -", 0), ("docs -p policies", 0),
        ("init new", 0), ("man", 0), ("completion bash", 0), ("--version", 0), ("--help", 0), ("test tests", 0),
    ]

    private static func folder() throws -> TemporaryDirectory {
        let directory = try Samples.directory()
        try directory.write(
            """
            apiVersion: cli.kyverno.io/v1alpha1
            kind: Test
            metadata: {name: team}
            policies: [../policies/team.yaml]
            resources: [../bad.yaml]
            results:
              - {policy: team-label, isValidatingAdmissionPolicy: true, kind: Pod, resources: [bad], result: fail}

            """, to: "tests/kyverno-test.yaml")
        return directory
    }

    private static func status(_ script: String, in directory: TemporaryDirectory) throws -> String {
        try SelectionTests.shell(script, in: directory)
    }

    @Test("a full disk is an error that says so", arguments: commands)
    func full(_ test: (command: String, status: Int)) throws {
        let said = try Self.status("policy-check \(test.command) > /dev/full; echo $?", in: Self.folder())
        #expect(said.hasSuffix("2\n") && said.contains("no space left on device"), "\(said)")
    }

    @Test("a closed standard output is an error, and no file is written in its place", arguments: commands)
    func closed(_ test: (command: String, status: Int)) throws {
        let directory = try Self.folder()
        let said = try Self.status("policy-check \(test.command) >&-; echo $?; cat policies/team.yaml", in: directory)
        #expect(said.contains("\n2\napiVersion") && said.contains("cannot write to `<stdout>`"), "\(said)")
        #expect(said.hasSuffix(Samples.policy()))
    }

    @Test("a reader that goes away changes nothing", arguments: commands)
    func pipe(_ test: (command: String, status: Int)) throws {
        let said = try Self.status("policy-check \(test.command) | true; echo ${PIPESTATUS[0]}", in: Self.folder())
        #expect(said == "\(test.status)\n", "\(said)")
    }

    @Test("without standard error the verdict is the same", arguments: commands)
    func silent(_ test: (command: String, status: Int)) throws {
        let said = try Self.status("policy-check \(test.command) 2>&- > out; echo $?; wc -c < out", in: Self.folder())
        let lines = said.split(separator: "\n")
        #expect(lines.first == "\(test.status)" && lines.last != "0", "\(said)")
        let failing = try Self.status("policy-check -p policies missing.yaml 2>/dev/full; echo $?", in: Self.folder())
        #expect(failing.hasSuffix("2\n"))
    }

    @Test("a closed standard input cannot be read")
    func input() throws {
        let said = try Self.status("policy-check -p policies - <&-; echo $?", in: Self.folder())
        #expect(said.contains("error[file-unreadable]: cannot read `<stdin>`") && said.hasSuffix("2\n"), "\(said)")
        let other = try Self.status("policy-check -p policies bad.yaml <&- > /dev/null; echo $?", in: Self.folder())
        #expect(other == "1\n", "\(other)")
    }

    @Test("a list of violators, an empty directory, no policy: nothing passes in silence")
    func nothingPassesInSilence() throws {
        let directory = try Self.folder()
        for (command, status, says) in [
            ("-p policies list.yaml", 1, "error[team-label]"), ("-p policies none", 2, "nothing checked"),
            ("-p none good.yaml", 2, "no policy was loaded"),
            ("-p policies service.yaml", 2, "no policy matches the object"),
            ("-p policies missing.yaml", 2, "file-not-found"), ("-p policies truncated.yaml", 2, "yaml-syntax"),
            ("-p policies -o jsn good.yaml", 2, "did you mean `json`"), ("lint none", 2, "no policy was loaded"),
            ("docs -p none", 2, "no policy was loaded"), ("waiver list -p none", 2, "no policy was loaded"),
            ("waiver list -p policies missing.yaml", 2, "file-not-found"),
            ("explain -p policies x good.yaml", 2, "there is no policy `x`"),
            ("explain -p policies team-label score.yaml", 2, "has no Kubernetes object"),
            ("diff policies warn.yaml none", 2, "nothing compared"), ("test none", 2, "test-none"),
            ("waiver", 2, "Usage"), ("--config missing.yaml good.yaml", 2, "file-not-found"),
        ] as [(String, Int, String)] {
            let said = try Self.status("policy-check \(command); echo $?", in: directory)
            #expect(said.hasSuffix("\n\(status)\n") && said.contains(says), "\(command): \(said)")
        }
    }
}
