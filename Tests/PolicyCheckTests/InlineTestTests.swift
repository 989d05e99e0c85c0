import Foundation
import Testing

@Suite("Tests in the file of their policy")
struct InlineTestTests {
    private static let stream =
        PolicyTestProject.policy + "\n---\n" + """
            apiVersion: cli.kyverno.io/v1alpha1
            kind: Test
            metadata: {name: tags}
            results:
            - {policy: tags, kind: Pod, resources: [good], result: pass}
            - {policy: tags, kind: Pod, resources: [bad], result: fail}
            ---
            apiVersion: cli.kyverno.io/v1alpha1
            kind: Test
            metadata: {name: updates}
            results:
            - {policy: tags, kind: Pod, resources: [bad], operation: UPDATE, result: skip}
            ---

            """ + PolicyTestProject.resources

    @Test("use its policies and objects, and are found in directories")
    func stream() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.stream, to: "policies/tags.yaml")
        try directory.write(PolicyTestProject.resources, to: "policies/unrelated.yaml")
        let run = try CommandRun(["test", ".", "--coverage"], in: directory.url)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(
            run.output.hasPrefix(
                "--- PASS: tags (./policies/tags.yaml) 2 checks\n--- PASS: updates (./policies/tags.yaml) 1 check\n"))
        #expect(run.output.contains("policies/tags.yaml:8:73: never true"), "\(run.output)")
    }

    @Test("are no policies and no objects to whoever reads the file as policies")
    func policies() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.stream, to: "tags.yaml")
        try directory.write(
            "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: x}]}}", to: "p.yaml")
        let run = try CommandRun(["check", "--policy", "tags.yaml", "p.yaml"], in: directory.url)
        #expect(run.status == 1, "\(run.errors)")
        #expect(run.output.contains("1 resource × 1 policy: 1 error"), "\(run.output)")
        // What could be a misspelt policy is none of the test's objects.
        try directory.write(
            Self.stream.replacingOccurrences(of: "kind: ValidatingPolicy", with: "kind: ValidatingPolcy"),
            to: "tags.yaml")
        let misspelt = try CommandRun(["check", "--policy", "tags.yaml", "p.yaml"], in: directory.url)
        #expect(misspelt.status == 3)
        #expect(misspelt.errors.contains("error[policy-unknown-kind]: `ValidatingPolcy`"))
    }

    @Test("may take values and users from their file too")
    func values() throws {
        let values = """
            \(Self.stream)
            ---
            apiVersion: cli.kyverno.io/v1alpha1
            kind: Values
            metadata: {name: v}
            globalValues: {request.operation: UPDATE}
            """.replacingOccurrences(of: "operation: UPDATE, result: skip", with: "result: skip")
        let directory = try TemporaryDirectory()
        try directory.write(values, to: "tags.yaml")
        let run = try CommandRun(["test", "--run", "updates"], in: directory.url)
        #expect(run.status == 0, "\(run.output)")
    }

    @Test("a document that no test uses is an error in a file of tests")
    func unused() throws {
        let project = try PolicyTestProject(
            "- {policy: tags, kind: Pod, resources: [good], result: pass}\n---\nkind: Pod\n")
        let run = try project.run()
        #expect(run.status == 2)
        #expect(run.errors.contains("error[test-kind]: the document is no test, and no test in this file uses it"))
    }
}
