import Foundation
import Testing

@Suite("policy-check test --update")
struct TestUpdateTests {
    static let cases: [(before: String, after: String)] = [
        (
            "- {policy: tags, kind: Pod, resources: [bad], result: pass} # why\n",
            "- {policy: tags, kind: Pod, resources: [bad], result: fail} # why\n"
        ),
        (
            "- policy: tags  # the policy\n  kind: Pod\n  resources:\n  - good\n  result: 'fail'   # really?\n",
            "- policy: tags  # the policy\n  kind: Pod\n  resources:\n  - good\n  result: 'pass'   # really?\n"
        ),
        (
            "- policy: tags\n  result: fail\n  resources:\n  # first\n  - good # a\n  - bad # b\n  kind: Pod\n",
            "- policy: tags\n  result: fail\n  resources:\n  # first\n  - bad # b\n  kind: Pod\n"
                + "- policy: tags\n  result: pass\n  resources:\n  - good # a\n  kind: Pod\n"
        ),
        (
            "- {policy: tags, resources: [ good , \"bad\"\n    ], kind: Pod, result: pass} # x\n",
            "- {policy: tags, resources: [good], kind: Pod, result: pass} # x\n"
                + "- {policy: tags, resources: [\"bad\"], kind: Pod, result: fail} # x\n"
        ),
        (
            "- {policy: tags, kind: ConfigMap, resources: [settings], result: fail}",
            "- {policy: tags, kind: ConfigMap, resources: [settings], result: skip}"
        ),
        // Nobody knows what is meant: these stay.
        (
            "- {policy: tagz, kind: Pod, resources: [bad], result: pass}\n",
            "- {policy: tagz, kind: Pod, resources: [bad], result: pass}\n"
        ),
        (
            "- {policy: tags, kind: Pod, resources: [bat, bad], result: pass}\n",
            "- {policy: tags, kind: Pod, resources: [bat], result: pass}\n"
                + "- {policy: tags, kind: Pod, resources: [bad], result: fail}\n"
        ),
        ("- {policy: tags, kind: Pod, result: pass}\n", "- {policy: tags, kind: Pod, result: pass}\n"),
        (
            "  [{policy: tags, kind: Pod, resources: [good, bad], result: pass}]\n",
            "  [{policy: tags, kind: Pod, resources: [good, bad], result: pass}]\n"
        ),
    ]

    @Test("changes expectations and nothing else", arguments: cases)
    func updates(before: String, after: String) throws {
        let project = try PolicyTestProject(before)
        let run = try project.run("--update")
        #expect(run.status == 1, "\(run.output)\(run.errors)")
        #expect(try project.results == after, "\(run.output)\(run.errors)")
        let again = try project.run("--update")
        #expect(again.output.hasSuffix("nothing to update\n"))
        #expect(try project.results == after)
    }

    @Test("shows the difference first, and only that with --dry-run")
    func difference() throws {
        let before =
            "- {policy: tags, kind: Pod, resources: [good], result: pass}\n"
            + "- {policy: tags, kind: Pod, resources: [bad], result: pass}\n"
        let project = try PolicyTestProject(before)
        let run = try project.run("--update", "--dry-run")
        let difference = """
            --- ./kyverno-test.yaml
            +++ ./kyverno-test.yaml
            @@ -6,4 +6,4 @@
             resources: [resources.yaml]
             results:
             - {policy: tags, kind: Pod, resources: [good], result: pass}
            -- {policy: tags, kind: Pod, resources: [bad], result: pass}
            +- {policy: tags, kind: Pod, resources: [bad], result: fail}
            1 file would be updated

            """
        #expect(run.output.hasSuffix(difference), "\(run.output)")
        #expect(try project.results == before)
    }

    @Test("leaves what cannot be evaluated to its author, and says so")
    func errors() throws {
        let policy = PolicyTestProject.policy.replacingOccurrences(of: "object.spec.containers", with: "object.spec.x")
        let before = "- {policy: tags, kind: Pod, resources: [bad], result: fail}\n"
        let project = try PolicyTestProject(before, policy: policy)
        let run = try project.run("--update")
        #expect(run.output.contains("expected fail, got error"))
        #expect(run.errors.contains("warning[test-update]: the check of tags bad is not updated"))
        #expect(try project.results == before)
    }

    @Test("does nothing in continuous integration unless told to")
    func continuousIntegration() throws {
        let before = "- {policy: tags, kind: Pod, resources: [bad], result: pass}\n"
        let project = try PolicyTestProject(before)
        let refused = try project.run("--update", environment: ["CI": "true"])
        #expect(refused.status == 2)
        #expect(refused.errors.contains("give --update-in-ci"))
        #expect(try project.results == before)
        _ = try project.run("--update", "--update-in-ci", environment: ["CI": "true"])
        #expect(try project.results != before)
    }

    @Test("keeps the file's mode, and a link a link")
    func mode() throws {
        let project = try PolicyTestProject("- {policy: tags, kind: Pod, resources: [bad], result: pass}\n")
        let url = project.directory.url
        let file = url.appendingPathComponent("kyverno-test.yaml")
        let moved = url.appendingPathComponent("real.txt")
        try FileManager.default.moveItem(at: file, to: moved)
        try FileManager.default.createSymbolicLink(at: file, withDestinationURL: moved)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: moved.path)
        _ = try project.run("--update")
        #expect(try project.results.contains("result: fail"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file.path) == moved.path)
        let attributes = try FileManager.default.attributesOfItem(atPath: moved.path)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
    }
}
