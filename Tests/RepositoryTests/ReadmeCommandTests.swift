import Foundation
import Testing

/// Every command that README.md shows is run here, and nothing is here that it does not show.
@Suite struct ReadmeCommandTests {
    static let proofs: [(command: String, proof: Proof)] = [
        ("make run", .makeTarget),
        ("make build", .makeTarget),
        (#"export PATH="$PWD/.build/release:$PATH""#, .environment),
        ("policy-check --policy policies testdata/manifests/good", .exits(0)),
        ("policy-check --policy policies - < testdata/manifests/bad/load-balancers.yaml", .exits(1)),
        (
            "policy-check --policy policies --output json testdata/manifests/bad/one-line-service-without-owner.yaml",
            .exits(1)
        ),
        ("scripts/make-certificates.sh run 127.0.0.1 localhost", .exits(0)),
        (
            "policy-webhook --policy policies --listen 127.0.0.1:8443 --tls-cert run/tls.crt --tls-key run/tls.key",
            .serves
        ),
        ("curl --cacert run/ca.crt https://127.0.0.1:8443/readyz", .asks("")),
        (
            "curl --cacert run/ca.crt -H 'Content-Type: application/json' "
                + "--data-binary @testdata/admission-reviews/03-public-load-balancer.json https://127.0.0.1:8443/validate",
            .asks("deny-public-load-balancer")
        ),
        ("policy-check test testdata/policy-tests", .exits(0)),
        ("policy-check lint policies", .exits(0)),
        ("policy-check admitted testdata/manifests/good/pod.yaml", .exits(0)),
    ]

    static let executables = ["policy-check", "policy-webhook"]
    static let isBuilt = executables.allSatisfy {
        FileManager.default.isExecutableFile(atPath: Repository.products.appending(path: $0).path)
    }

    @Test("README.md shows the commands that are proved here, in this order")
    func listIsComplete() throws {
        let shown = ShellBlocks(markdown: try Repository.text("README.md")).commands
        #expect(shown == Self.proofs.map(\.command))
    }

    @Test("the Makefile has the targets that README.md names")
    func makeTargets() throws {
        let makefile = try Repository.text("Makefile")
        for (command, proof) in Self.proofs where proof == .makeTarget {
            #expect(makefile.contains("\n\(command.dropFirst("make ".count)):"), "\(command)")
        }
    }

    // The certificates go to a directory of the test's own, so that a server started by hand keeps its own.
    @Test("the commands of README.md do what it says", .enabled(if: isBuilt, "the executables are not built"))
    func commandsWork() throws {
        let directory = "run/readme-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(at: Repository.root.appending(path: directory)) }
        let port = String(Int.random(in: 20000...29999))
        func adapted(_ command: String) -> String {
            command.replacing("8443", with: port).replacing("run/", with: "\(directory)/")
                .replacing(".sh run ", with: ".sh \(directory) ")
        }
        var server: Shell.Running?
        defer { _ = server?.terminate() }
        for (command, proof) in Self.proofs {
            switch proof {
            case .makeTarget, .environment:
                break
            case .exits(let status):
                let result = try Shell().run(adapted(command))
                #expect(result.status == status, "\(command)\n\(result.output)")
            case .serves:
                server = try Shell().start("exec \(adapted(command))")
                let ready = try Shell().run(
                    "curl -s --retry 50 --retry-delay 0 --retry-max-time 20 --retry-all-errors "
                        + "--cacert \(directory)/ca.crt https://127.0.0.1:\(port)/readyz")
                #expect(ready.status == 0, "\(command)\n\(ready.output)")
            case .asks(let expected):
                let result = try Shell().run(adapted(command))
                #expect(result.status == 0, "\(command)\n\(result.output)")
                #expect(expected.isEmpty || result.output.contains(expected), "\(command)\n\(result.output)")
            }
        }
        if let running = server {
            server = nil
            let end = running.terminate()
            #expect(end.status == 0, "SIGTERM: \(end.output)")
        }
    }

    @Test("continued lines are one command; other blocks are no commands")
    func blocks() {
        let markdown = """
            ```sh
            one \\
              two
            # a comment
            three
            ```
            ```
            output
            ```
            """
        #expect(ShellBlocks(markdown: markdown).commands == ["one two", "three"])
    }
}
