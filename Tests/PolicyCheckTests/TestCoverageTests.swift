import Foundation
import Testing

@Suite("policy-check test --coverage and outputs")
struct TestCoverageTests {
    private static let both = """
        - {policy: tags, kind: Pod, resources: [good], result: pass}
        - {policy: tags, kind: Pod, resources: [bad], result: fail}

        """

    @Test("counts outcomes and names what was never true or false")
    func table() throws {
        let run = try PolicyTestProject(Self.both).run("--coverage")
        #expect(run.status == 0, "\(run.errors)")
        let table = """

            policy  validations  conditions  branches  parts  coverage
            tags            2/2           -         -    3/4    83.3 %
                policy.yaml:8:73: never true: `c.image.endsWith(':latest')`
            coverage: 83.3 %, 5 of 6 outcomes

            """
        #expect(run.output.hasSuffix(table), "\(run.output)")
    }

    @Test("fails below --min only")
    func minimum() throws {
        let project = try PolicyTestProject(Self.both)
        #expect(try project.run("--min", "83.3").status == 0)
        let low = try project.run("--min", "84")
        #expect(low.status == 1)
        #expect(low.output.contains("at least 84 % is wanted"))
        #expect(try project.run("--min", "101").status == 2)
    }

    @Test("sees match conditions, variables, branches and each round of a loop")
    func parts() throws {
        let policy = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: p}
            spec:
              matchConstraints:
                resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
              matchConditions:
              - name: named
                expression: object.metadata.name.startsWith('w')
              variables:
              - name: images
                expression: object.spec.containers.map(c, c.image)
              - name: unused
                expression: "1"
              validations:
              - expression: >-
                  size(variables.images) > 1
                  ? variables.images.exists(i, i == 'a')
                  : has(object.spec.hostNetwork)
            """
        let resources = """
            apiVersion: v1
            kind: Pod
            metadata: {name: w1}
            spec: {containers: [{name: a, image: b}, {name: c, image: a}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: w2}
            spec: {containers: [{name: a, image: b}, {name: c, image: b}]}
            """
        let run = try PolicyTestProject(
            """
            - {policy: p, kind: Pod, resources: [w1], result: pass}
            - {policy: p, kind: Pod, resources: [w2], result: fail}

            """, policy: policy, resources: resources
        ).run("--coverage")
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("p               2/2         1/2       1/2"), "\(run.output)")
        for line in [
            "policy.yaml:9:17: never false: `object.metadata.name.startsWith('w')`",
            "policy.yaml:17:7: never false: `size(variables.images) > 1`",
            "policy.yaml:19:9: never evaluated: `has(object.spec.hostNetwork)`",
        ] {
            #expect(run.output.contains(line), "\(run.output)")
        }
        #expect(!run.output.contains("`i == 'a'`"))
        #expect(!run.output.contains("object.spec.containers.map"))
    }

    @Test("one verdict with coverage and without")
    func verdicts() throws {
        let results = "- {policy: tags, kind: Pod, resources: [good, bad], result: fail}\n"
        let plain = try PolicyTestProject(results).run()
        let measured = try PolicyTestProject(results).run("--coverage")
        #expect(measured.output.hasPrefix(plain.output))
        #expect(plain.status == measured.status)
    }

    @Test("writes JSON with checks, places and coverage")
    func json() throws {
        let results = "- {policy: tags, kind: ConfigMap, resources: [settings], result: fail}\n" + Self.both
        let run = try PolicyTestProject(results).run("--coverage", "-o", "json")
        let root = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(root["schemaVersion"] as? Int == 1)
        let test = try #require((root["tests"] as? [[String: Any]])?.first)
        #expect(test["status"] as? String == "failed")
        let check = try #require((test["checks"] as? [[String: Any]])?.first)
        #expect(check["warning"] as? String == "kyverno-nothing-matched")
        #expect(check["holds"] as? Bool == false)
        #expect((check["place"] as? [String: Any])?["line"] as? Int == 8)
        let coverage = try #require(root["coverage"] as? [String: Any])
        #expect(coverage["percent"] as? Double == 83.3)
        let policy = try #require((coverage["policies"] as? [[String: Any]])?.first)
        let missing = try #require((policy["missing"] as? [[String: Any]])?.first)
        #expect(missing["missing"] as? String == "never true")
        #expect((root["summary"] as? [String: Any])?["exitCode"] as? Int == 1)
    }

    @Test("writes several formats at once, each well-formed")
    func several() throws {
        let results = Self.both + "- {policy: tags, kind: Pod, resources: [\"<&>\"], result: pass}\n"
        let project = try PolicyTestProject(results)
        let run = try project.run("-o", "tap", "-o", "junit=out.xml", "-o", "markdown=out.md")
        #expect(
            run.output == """
                TAP version 13
                ok 1 - image-tags: tags good is pass
                ok 2 - image-tags: tags bad is fail
                not ok 3 - image-tags: tags <&> is pass
                # ./kyverno-test.yaml:10:41: unknown resource `<&>`
                1..3

                """)
        let xml = try Data(contentsOf: project.directory.url.appendingPathComponent("out.xml"))
        let text = String(decoding: xml, as: UTF8.self)
        #expect(
            text.contains(
                "<testsuite name=\"./kyverno-test.yaml\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\""))
        #expect(text.contains("tags &lt;&amp;&gt; is pass"))
        let page = try String(
            contentsOf: project.directory.url.appendingPathComponent("out.md"), encoding: .utf8)
        #expect(page.hasPrefix("### Policy tests: failed\n\n1 test, 3 checks: 0 passed, 1 failed\n"))
        #expect(try project.run("-o", "jsn").errors.contains("did you mean `json`?"))
        #expect(try project.run("-o", "json", "-o", "tap").status == 2)
    }

    @Test("runs only checks behind `//`")
    func filter() throws {
        let project = try PolicyTestProject(Self.both)
        #expect(try project.run("--run", "image//good").output.hasSuffix("ok  1 test, 1 check: 1 passed\n"))
        #expect(try project.run("--run", "//bad$").output.hasSuffix("ok  1 test, 1 check: 1 passed\n"))
        #expect(try project.run("--run", "//nobody").status == 2)
    }

    @Test("the same output whatever the number of threads")
    func jobs() throws {
        let directory = try TemporaryDirectory()
        try directory.write(PolicyTestProject.policy, to: "policy.yaml")
        try directory.write(PolicyTestProject.resources, to: "resources.yaml")
        for number in 0..<60 {
            let test = PolicyTestProject.header.replacingOccurrences(of: "image-tags", with: "t\(number)")
                .replacingOccurrences(of: "[policy.yaml]", with: "[../policy.yaml]")
                .replacingOccurrences(of: "[resources.yaml]", with: "[../resources.yaml]")
            try directory.write(test + Self.both, to: "\(number)/kyverno-test.yaml")
        }
        let one = try CommandRun(["test", ".", "--jobs", "1", "--coverage", "-v"], in: directory.url)
        let many = try CommandRun(["test", ".", "--jobs", "7", "--coverage", "-v"], in: directory.url)
        #expect(one.status == 0, "\(one.errors)")
        #expect(one.output == many.output)
        // One policy, whatever the number of tests that name it.
        #expect(one.output.hasSuffix("coverage: 83.3 %, 5 of 6 outcomes\n"))
    }
}
