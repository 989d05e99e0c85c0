import Foundation
import Testing

/// Policies in archives and in git repositories.
@Suite struct BundleTests {
    private static func prepared() throws -> TemporaryDirectory {
        let directory = try Samples.directory()
        _ = try SelectionTests.shell(
            """
            set -e; export GIT_CONFIG_GLOBAL=/dev/null
            tar -czf policies.tar.gz policies; tar -czf policies.tgz -C policies .; tar -cf policies.tar policies
            mkdir links && ln -s ../policies/team.yaml links/team.yaml && tar -czf links.tgz links
            tar -czf none.tgz none; head -c 150 policies.tgz > cut.tgz; cp bad.yaml text.tgz
            cp warn.yaml up.yaml && tar -czPf up.tgz ../$(basename "$PWD")/up.yaml
            tar -czf truncated.tgz truncated.yaml
            git init -q repo && mkdir -p repo/a/rules && cp policies/team.yaml repo/a/rules/
            cd repo && git add . && git -c user.name=t -c user.email=t@example.com commit -qm one && git tag v1
            git checkout -q -b feature/x && cp ../warn.yaml a/rules/team.yaml
            git -c user.name=t -c user.email=t@example.com commit -qam two
            """, in: directory)
        return directory
    }

    static let cases: [(policy: String, status: Int32, says: String)] = [
        ("policies.tar.gz", 1, "policies.tar.gz/policies/team.yaml:14:"),
        ("policies.tgz", 1, "policies.tgz/team.yaml:14:"),
        ("policies.tar", 1, "(deny)"),
        ("links.tgz", 2, "error[archive-link]: `links.tgz`: `links/team.yaml` is a link"),
        ("none.tgz", 2, "error[archive-empty]"), ("cut.tgz", 2, "error[archive-truncated]"),
        ("text.tgz", 2, "error[archive-"), ("up.tgz", 2, "error[archive-path]"),
        ("missing.tgz", 2, "error[file-not-found]"), ("truncated.tgz", 2, "truncated.tgz/truncated.yaml"),
        // Deny in the tag, warn in the branch that is checked out.
        ("git+file://$PWD/repo@v1", 1, "(deny)"), ("git+file://$PWD/repo", 0, "(warn)"),
        ("git+file://$PWD/repo@feature/x#subdirectory=a/rules", 0, "(warn)"),
        ("git::repo//a/rules?ref=v1", 1, "git::repo//a/rules?ref=v1/a/rules/team.yaml:14:"),
        ("git::repo", 0, "(warn)"), ("git::file://$PWD/repo//a?ref=v1", 1, "(deny)"),
        ("git+file://$PWD/repo@v2", 2, "error[bundle-git]"), ("git+file://$PWD/missing", 2, "error[bundle-git]"),
        ("git::repo//b?ref=v1", 2, "error[bundle-git]"), ("git::repo//../x", 2, "leads out of the repository"),
        ("git+file://$PWD/repo@--output=x", 2, "is no branch, tag or commit"),
        ("git+ext://sh", 2, "error[bundle-address]"), ("git::--upload-pack=x", 2, "it names no repository"),
        ("git::repo?rev=v1", 2, "only `ref=` is known"),
    ]

    @Test("archives and commits are policies like any other, and what is wrong with them is said")
    func bundles() throws {
        let directory = try Self.prepared()
        for (policy, status, says) in Self.cases {
            let argument = policy.replacing("$PWD", with: directory.url.path)
            let run = try CommandRun(["-p", argument, "bad.yaml"], in: directory.url)
            #expect(run.status == status, "\(policy): \(run.output)\(run.errors)")
            #expect((run.output + run.errors).contains(says), "\(policy): \(run.output)\(run.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: directory.url.appendingPathComponent("x").path))
    }

    @Test("a clone is fetched where the repository is not a directory, and nothing is left behind")
    func remote() throws {
        let directory = try Self.prepared()
        // git takes this for a remote address, and the configuration turns it into the local one.
        let address = "https://git.example.com/repo"
        try directory.write("[url \"\(directory.url.path)/repo\"]\n  insteadOf = \(address)\n", to: "gitconfig")
        let variables = ["GIT_CONFIG_GLOBAL": directory.url.appendingPathComponent("gitconfig").path]
        let temporary = {
            try FileManager.default.contentsOfDirectory(atPath: "/tmp").filter {
                $0.hasPrefix("policy-check-") && $0.count == 19
            }
        }
        let before = try temporary()
        for (suffix, status) in [("@v1", 1), ("", 0), ("@nothing", 2)] as [(String, Int32)] {
            let run = try CommandRun(
                ["-p", "git+\(address)\(suffix)", "bad.yaml"], environment: variables, in: directory.url)
            #expect(run.status == status, "\(suffix): \(run.output)\(run.errors)")
        }
        #expect(try temporary().filter { !before.contains($0) } == [])
    }
}
